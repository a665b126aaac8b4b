-- What a file is by its first bytes, of the few kinds that a browser may show in place (security S18): pictures, sound,
-- films and plain text. Whatever could be markup or a program is none of them.
local magic = {}

magic.bytes = 4096 -- that tell

---@class btshare.Shown
---@field type string media type
---@field kind "image"|"audio"|"video"|"text"

local starts = {
  { "\x89PNG\r\n\x1A\n", "image/png" }, { "\xFF\xD8\xFF", "image/jpeg" }, { "GIF87a", "image/gif" },
  { "GIF89a", "image/gif" }, { "fLaC", "audio/flac" }, { "ID3", "audio/mpeg" },
}
local brands = { -- ISO/IEC 14496-12, `ftyp`
  avif = "image/avif", avis = "image/avif", ["M4A "] = "audio/mp4", ["M4B "] = "audio/mp4", ["M4V "] = "video/mp4",
  mp41 = "video/mp4", mp42 = "video/mp4", isom = "video/mp4", iso2 = "video/mp4", iso4 = "video/mp4",
  iso5 = "video/mp4", iso6 = "video/mp4", avc1 = "video/mp4", dash = "video/mp4",
}
local riffs = { WEBP = "image/webp", WAVE = "audio/wav" }

-- MPEG-1 or 2, layer III.
local function is_mp3(bytes)
  local first, second = bytes:byte(1, 2)
  return first == 0xFF and second ~= nil and second & 0xE6 == 0xE2
end

local function media_type(bytes)
  for _, start in ipairs(starts) do
    if bytes:sub(1, #start[1]) == start[1] then return start[2] end
  end
  if bytes:sub(1, 4) == "RIFF" then return riffs[bytes:sub(9, 12)] end
  if bytes:sub(5, 8) == "ftyp" then return brands[bytes:sub(9, 12)] end
  if bytes:sub(1, 4) == "\x1A\x45\xDF\xA3" then
    return bytes:sub(1, 64):find("webm", 1, true) and "video/webm" or nil
  end
  if bytes:sub(1, 4) == "OggS" then
    return bytes:sub(1, 200):find("theora", 1, true) and "video/ogg" or "audio/ogg"
  end
  return is_mp3(bytes) and "audio/mpeg" or nil
end

local never = {
  svg = true, svgz = true, html = true, htm = true, xhtml = true, xht = true, xml = true, xsl = true, js = true,
  mjs = true, pdf = true,
}

-- UTF-8 without controls, cut anywhere, that is not the beginning of markup or of a PDF.
local function is_text(name, bytes)
  if never[(name:match("%.(%w+)$") or ""):lower()] then return false end
  local _, wrong = utf8.len(bytes)
  if wrong and wrong < #bytes - 2 or bytes:find("[%z\1-\8\14-\31\127]") then return false end
  return not bytes:gsub("^\xEF\xBB\xBF", ""):find("^%s*<") and bytes:sub(1, 5) ~= "%PDF-"
end

---@param name string
---@param bytes string the first of the file, `magic.bytes` of them if there are so many
---@return btshare.Shown? shown nil where it is only to be saved
function magic.look(name, bytes)
  local found = media_type(bytes)
  if found then return { type = found, kind = found:match("^%a+") } end
  if bytes ~= "" and is_text(name, bytes) then return { type = "text/plain; charset=utf-8", kind = "text" } end
end

local likely = {}
for ending in ([[avif csv flac gif jpeg jpg log m4a m4v md mp3 mp4 oga ogg ogv opus png srt txt wav webm webp]])
  :gmatch "%w+" do
  likely[ending] = true
end

---Whether a file may well be one of these kinds, as far as its name tells: nothing is opened for it.
---@param name string
---@param size integer bytes
---@return boolean
function magic.is_likely(name, size)
  return size > 0 and likely[(name:match("%.(%w+)$") or ""):lower()] == true
end

return magic
