-- Content-Disposition for any file name (RFC 6266): a plain form for old clients, the exact one for all others.
local disposition = {}

-- RFC 8187 attr-char; everything else is percent-encoded.
local unsafe = "[^%w!#$&+%-.^_`|~]"

---Percent-encodes all but unreserved characters (RFC 3986 §2.3): for one segment of a path.
---@param name string
---@return string segment
function disposition.segment(name)
  return (name:gsub("[^%w%-._~]", function(byte) return ("%%%02X"):format(byte:byte()) end))
end

---@param name string any bytes
---@return string value "attachment; …"
function disposition.attachment(name)
  local plain = name:gsub("[\xC0-\xF7][\x80-\xBF]*", "_"):gsub('[^ -~]', "_"):gsub('["\\%%]', "_")
  local exact = name:gsub(unsafe, function(byte) return ("%%%02X"):format(byte:byte()) end)
  return ('attachment; filename="%s"; filename*=UTF-8\'\'%s'):format(plain, exact)
end

return disposition
