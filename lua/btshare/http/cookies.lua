-- The Cookie header, read (RFC 6265 §5.4), and Set-Cookie, written for log-ins.
local cookies = {}

---@param header string?
---@param name string
---@return string? value of the first of that name
function cookies.get(header, name)
  for pair in (header or ""):gmatch("[^;,]+") do
    local found, value = pair:match("^%s*([^=%s]+)%s*=%s*(.-)%s*$")
    if found == name then return value end
  end
end

---@param name string
---@param value string "" takes it back
---@param options {seconds: integer, is_secure: boolean}
---@return string header no script reads it, no other site sends it
function cookies.set(name, value, options)
  return ("%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s"):format(
    name, value, options.seconds, options.is_secure and "; Secure" or "")
end

return cookies
