-- What somebody wants to receive: a magnet, a .torrent, or the link of another BTshare.
local crypto = require "core.crypto"

local source = {}

---@class btshare.Source
---@field kind "magnet"|"torrent"|"link"
---@field uri string? of a magnet or a link
---@field torrent string? bytes
---@field info_hash string? of a magnet: v1, or the first 40 digits of v2
---@field name string? as far as it can be told
---@field is_findable boolean whether it names anybody to ask: without, only the DHT can help

local longest = 16384 -- bytes of a magnet or link

local alphabet = {}
for index = 1, 32 do alphabet[("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"):byte(index)] = index - 1 end

-- Old magnets write the 20 bytes of the hash in base 32 (RFC 4648).
local function from_base32(text)
  local bits, count, bytes = 0, 0, {}
  for index = 1, #text do
    local value = alphabet[text:byte(index)]
    if not value then return nil end
    bits, count = (bits << 5 | value) & 0xffff, count + 5
    if count >= 8 then
      count = count - 8
      bytes[#bytes + 1] = string.char(bits >> count & 0xff)
    end
  end
  return table.concat(bytes)
end

local function decode(text)
  return (text:gsub("+", " "):gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

local function hash_of(topic)
  local hash = topic:match("^urn:btih:(%w+)$")
  if hash and #hash == 40 and not hash:find("%X") then return hash:lower() end
  if hash and #hash == 32 then
    local bytes = from_base32(hash:upper())
    return bytes and crypto.hex(bytes)
  end
  hash = topic:match("^urn:btmh:1220(%x+)$")
  return hash and #hash == 64 and hash:sub(1, 40):lower() or nil
end

local function magnet(uri)
  local found = { kind = "magnet", uri = uri, is_findable = false }
  for name, value in uri:sub(#"magnet:?" + 1):gmatch("([^&=]+)=([^&]*)") do
    value = decode(value)
    local kind = name:gsub("%.%d+$", "") -- several of a kind are numbered
    if kind == "xt" then
      -- v1 names it wherever there is one.
      if not found.info_hash or value:find("^urn:btih:") then found.info_hash = hash_of(value) or found.info_hash end
    elseif kind == "dn" then
      found.name = value
    elseif kind == "tr" or kind == "x.pe" then
      found.is_findable = true
    end
  end
  if not found.info_hash then
    return nil, "magnet: names no torrent", "invalid"
  end
  return found
end

---@param text string "magnet:?…" or "http(s)://…"
---@return btshare.Source? source
---@return string? message
---@return string? code "invalid"
function source.parse(text)
  text = text:match("^%s*(.-)%s*$")
  if #text > longest or text:find("[%c ]") then
    return nil, "source: not a magnet or a link", "invalid"
  elseif text:lower():find("^magnet:%?") then
    return magnet(text)
  elseif text:lower():find("^https?://[^/?#]*@") then
    return nil, "source: has a password in it, which others would see; give it by itself", "invalid"
  elseif text:lower():find("^https?://[^/]+/") then
    return { kind = "link", uri = text, is_findable = true }
  end
  return nil, "source: must be a magnet, a .torrent or the link of another BTshare", "invalid"
end

local function unescape(segment)
  local text = segment:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end)
  return utf8.len(text) and not text:find("[%c/]") and text or segment
end

-- "http://paul@nas.example:8702/s/films/Heat.mkv?x" is "nas.example/…/Heat.mkv".
local function short(link)
  local host, path = link:match("^%w+://([^/?#]+)([^?#]*)")
  if not host then return link end
  host = host:gsub("^.*@", ""):gsub(":%d*$", "")
  local before, last = path:match("^(.-)([^/]+)/*$")
  if not last then return host end
  return host .. (before:find("[^/]") and "/…/" or "/") .. unescape(last)
end

---What to call it before its name is known.
---@param found btshare.Source
---@return string
function source.name(found)
  return found.name or found.info_hash or found.uri and short(found.uri) or "torrent"
end

return source
