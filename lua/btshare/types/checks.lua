-- Checks of single values. A check takes a value and returns the checked value, or nil and a message that
-- continues "x must be …".
local suggest = require "btshare.suggest"
local uv = require "luv"

---@alias btshare.types.check fun(value: any): any, string?

---@class btshare.types.checks
local checks = {}

local units = {
  [""] = 1, k = 1000, m = 1000 ^ 2, g = 1000 ^ 3, t = 1000 ^ 4,
  ki = 1024, mi = 1024 ^ 2, gi = 1024 ^ 3, ti = 1024 ^ 4,
}
local spans = { s = 1, m = 60, h = 3600, d = 86400, w = 604800 }

-- Checks of what must not be shown.
local secrets = setmetatable({}, { __mode = "k" })

---@return string|nil value
---@return string? message
function checks.string(value)
  if type(value) == "string" then return value end
  return nil, "must be a text"
end

---A text that is not to be seen: the log and `config show` say "(secret)" in its place.
---@return string|nil value
---@return string? message
function checks.secret(value)
  if type(value) == "string" and value ~= "" then return value end
  return nil, 'must be a text that is not empty, or file "PATH"'
end
secrets[checks.secret] = true

---Whether what passes a check is not to be seen.
---@param check btshare.types.check
---@return boolean
function checks.is_secret(check) return secrets[check] == true end

---@return integer|nil value
---@return string? message
function checks.integer(value)
  local whole = type(value) == "number" and math.tointeger(value)
  if whole then return whole end
  return nil, "must be a whole number"
end

---@return number|nil value
---@return string? message
function checks.number(value)
  if type(value) == "number" and value == value and math.abs(value) < math.huge then return value end
  return nil, "must be a number"
end

---@return boolean|nil value
---@return string? message
function checks.boolean(value)
  if type(value) == "boolean" then return value end
  return nil, "must be true or false"
end

---One of these words.
---@param names string[]
---@return btshare.types.check
function checks.choice(names)
  local quoted = {}
  for index, name in ipairs(names) do quoted[index] = ('"%s"'):format(name) end
  local message = "must be " .. table.concat(quoted, " or ")
  return function(value)
    for _, name in ipairs(names) do
      if value == name then return value end
    end
    return nil, message .. (type(value) == "string" and suggest.phrase(value, names) or "")
  end
end

local function show(bound)
  return type(bound) == "string" and ('"%s"'):format(bound) or tostring(bound)
end

local function out_of_bounds(low, high)
  if low and high then return ("must be from %s to %s"):format(show(low), show(high)) end
  return low and "must be at least " .. show(low) or "must be at most " .. show(high)
end

---What passes `check` and lies between two bounds, themselves included, that are written as the value is:
---`between(period, "1m", "7d")`. One of them may be nil.
---@param check btshare.types.check of something that has an order
---@param low any
---@param high any
---@return btshare.types.check
function checks.between(check, low, high)
  local lowest, highest = low, high
  if low ~= nil then lowest = assert(check(low)) end
  if high ~= nil then highest = assert(check(high)) end
  if low == nil and high == nil then error("types.between: there is no bound", 2) end
  return function(value)
    local checked, message = check(value)
    if checked == nil then return nil, message end
    if (lowest == nil or checked >= lowest) and (highest == nil or checked <= highest) then return checked end
    return nil, out_of_bounds(low, high)
  end
end

---A list whose elements pass `check`.
---@param check btshare.types.check
---@return btshare.types.check
function checks.list(check)
  local function check_list(value)
    if type(value) ~= "table" then return nil, "must be a list in braces" end
    local checked = {}
    for key in pairs(value) do
      if math.type(key) ~= "integer" or key < 1 or key > #value then
        return nil, ("must be a list, and '%s' is a name"):format(tostring(key))
      end
    end
    for index, element in ipairs(value) do
      local result, message = check(element)
      if result == nil then return nil, ("%s (number %d of the list)"):format(message, index) end
      checked[index] = result
    end
    return checked
  end
  secrets[check_list] = secrets[check]
  return check_list
end

---Values by names of their own, { ["film.mkv"] = … }, each of which passes `check`.
---@param check btshare.types.check
---@return btshare.types.check
function checks.map(check)
  local function check_map(value)
    if type(value) ~= "table" then return nil, "must be a table in braces" end
    local checked = {}
    for name, element in pairs(value) do
      if type(name) ~= "string" then return nil, ("must have a name for each value, and %s has none"):format(name) end
      local result, message = check(element)
      if result == nil then return nil, ("%s (of '%s')"):format(message, name) end
      checked[name] = result
    end
    return checked
  end
  secrets[check_map] = secrets[check]
  return check_map
end

---A moment in local time, "2026-12-24 18:00", or the beginning of a day, "2026-12-24".
---@return integer|nil seconds since 1970
---@return string? message
function checks.moment(value)
  local text = type(value) == "string" and value or ""
  local year, month, day, rest = text:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)(.*)$")
  local hour, minute = (rest or ""):match("^[ T](%d%d):(%d%d)$")
  if year and (rest == "" or hour) then
    local seconds = os.time {
      year = year, month = month, day = day, hour = hour or 0, min = minute or 0,
    }
    -- What does not exist, such as the 31st of February, is another day.
    if seconds and os.date("%Y-%m-%d", seconds) == text:sub(1, 10) then return seconds end
  end
  return nil, 'must be a day or a moment such as "2026-12-24" or "2026-12-24 18:00"'
end

local function read_bytes(text)
  local digits, unit = text:match("^%s*(%d+%.?%d*)%s*(%a*)%s*$")
  local factor = unit and units[unit:lower():gsub("b$", "")]
  return factor and math.tointeger(tonumber(digits) * factor // 1)
end

---A count of bytes: 1500, "2M" (k M G T count by 1000), "2MiB" (Ki Mi Gi Ti by 1024).
---@return integer|nil bytes
---@return string? message
function checks.size(value)
  local bytes
  if type(value) == "number" then
    bytes = math.tointeger(value)
  elseif type(value) == "string" then
    bytes = read_bytes(value)
  end
  if bytes and bytes >= 0 then return bytes end
  return nil, 'must be a number of bytes such as 500000, "2M" or "1.5GiB"'
end

---Bytes a second: 500000, "2M", "1.5MiB/s".
---@return integer|nil bytes a second
---@return string? message
function checks.rate(value)
  local bytes = checks.size(type(value) == "string" and value:gsub("%s*/%s*s%s*$", "") or value)
  if bytes then return bytes end
  return nil, 'must be bytes a second such as 500000, "2M" or "1.5MiB/s"'
end

---A span of time in seconds: 90, "90s", "30m", "2h", "30d", "1w".
---@return number|nil seconds
---@return string? message
function checks.period(value)
  local seconds
  if type(value) == "number" then
    seconds = checks.number(value)
  elseif type(value) == "string" then
    local digits, unit = value:match("^%s*(%d+%.?%d*)%s*(%a)%s*$")
    local factor = unit and spans[unit]
    seconds = factor and tonumber(digits) * factor
  end
  if seconds and seconds >= 0 then return math.tointeger(seconds) or seconds end
  return nil, 'must be a span of time such as "90s", "30m", "2h", "30d" or "1w"'
end

local function is_ipv4(text)
  local parts = { text:match("^(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)$") }
  for _, part in ipairs(parts) do
    if tonumber(part) > 255 then return false end
  end
  return #parts == 4
end

-- "numerichost" asks nobody: the system only reads the text.
local function is_ipv6(text)
  if not text:find(":", 1, true) or text:find("[^%x:.]") then return false end
  return uv.getaddrinfo(text, nil, { family = "inet6", numerichost = true }) ~= nil
end

---An address to listen on: "127.0.0.1:8701", "[::1]:0".
---@return {address: string, port: integer}|nil address
---@return string? message
function checks.address(value)
  local text = type(value) == "string" and value or ""
  local inside, port = text:match("^%[(.*)%]:(%d%d?%d?%d?%d?)$")
  local is_valid = inside and is_ipv6(inside)
  if not inside then
    inside, port = text:match("^([^:]+):(%d%d?%d?%d?%d?)$")
    is_valid = inside and is_ipv4(inside)
  end
  if is_valid and tonumber(port) <= 65535 then return { address = inside, port = math.tointeger(port) } end
  return nil, 'must be an IP address and a port such as "127.0.0.1:8701" or "[::1]:8701"'
end

---@return string|nil path
---@return string? message
function checks.path(value)
  if type(value) == "string" and value ~= "" and not value:find("\0", 1, true) then return value end
  return nil, "must be a path"
end

---A path made absolute: `~` is `home`, and what is relative is so to `base`.
---@param home string?
---@param base string
---@return btshare.types.check
function checks.path_from(home, base)
  return function(value)
    local path, message = checks.path(value)
    if not path then return nil, message end
    if home and (path == "~" or path:sub(1, 2) == "~/") then return home .. path:sub(2) end
    if path:sub(1, 1) == "/" then return path end
    return base .. "/" .. path
  end
end

return checks
