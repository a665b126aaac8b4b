-- `Content-Disposition` for any file name (RFC 6266, RFC 8187).
local disposition = {}

-- Bytes that are no UTF-8 become U+FFFD one by one; control characters, of C1 and of writing direction too, "_".
local function tidy(name)
  local parts, at = {}, 1
  while at <= #name do
    local _, bad = utf8.len(name, at)
    parts[#parts + 1] = name:sub(at, (bad or #name + 1) - 1)
    if not bad then break end
    parts[#parts + 1] = "\u{FFFD}"
    at = bad + 1
  end
  local text = table.concat(parts):gsub("[%c/\\]", "_"):gsub("\u{80}", "_")
  text = text:gsub("\xC2[\x80-\x9F]", "_")
  text = text:gsub("\xE2\x80[\x8E\x8F\xAA-\xAE]", "_"):gsub("\xE2\x81[\xA6-\xA9]", "_")
  return text
end

local function ascii(name)
  return (name:gsub(utf8.charpattern, function(character)
    return (#character > 1 or character:find('["%%]')) and "_" or nil
  end))
end

local function percent(name)
  return (name:gsub("[^%w!#$&+.^_`|~-]", function(byte) return ("%%%02X"):format(byte:byte()) end))
end

---Percent-encodes all but unreserved characters (RFC 3986 §2.3): for one segment of a path.
---@param name string
---@return string segment
function disposition.segment(name)
  return (name:gsub("[^%w._~-]", function(byte) return ("%%%02X"):format(byte:byte()) end))
end

---@param name string bytes as the file system has them
---@return string value
function disposition.attachment(name)
  local text = tidy(name)
  if text == "" then text = "download" end
  return ('attachment; filename="%s"; filename*=UTF-8\'\'%s'):format(ascii(text), percent(text))
end

return disposition
