-- Checks for values that people write: in config.lua, in a plugin's options, in a request. A check takes a
-- value and returns the checked value, or nil and a message that continues "x must be …".
local suggest = require "btshare.suggest"
local uv = require "luv"

---@alias btshare.types.check fun(value: any): any, string?

---@class btshare.types
local types = {}

local units = {
  [""] = 1, k = 1000, m = 1000 ^ 2, g = 1000 ^ 3, t = 1000 ^ 4,
  ki = 1024, mi = 1024 ^ 2, gi = 1024 ^ 3, ti = 1024 ^ 4,
}
local spans = { s = 1, m = 60, h = 3600, d = 86400, w = 604800 }

---@return string|nil value
---@return string? message
function types.string(value)
  if type(value) == "string" then return value end
  return nil, "must be a text"
end

---@return integer|nil value
---@return string? message
function types.integer(value)
  local whole = type(value) == "number" and math.tointeger(value)
  if whole then return whole end
  return nil, "must be a whole number"
end

---@param low integer
---@param high integer
---@return btshare.types.check
function types.integer_between(low, high)
  return function(value)
    local whole = types.integer(value)
    if whole and whole >= low and whole <= high then return whole end
    return nil, ("must be a whole number from %d to %d"):format(low, high)
  end
end

---@return number|nil value
---@return string? message
function types.number(value)
  if type(value) == "number" and value == value and math.abs(value) < math.huge then return value end
  return nil, "must be a number"
end

---@return boolean|nil value
---@return string? message
function types.boolean(value)
  if type(value) == "boolean" then return value end
  return nil, "must be true or false"
end

---@param names string[]
---@return btshare.types.check
function types.enum(names)
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

---A list whose elements pass `check`.
---@param check btshare.types.check
---@return btshare.types.check
function types.list(check)
  return function(value)
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
end

---A count of bytes: 1500, "2M" (k M G T count by 1000), "2MiB" (Ki Mi Gi Ti by 1024).
---@return integer|nil bytes
---@return string? message
function types.size(value)
  local bytes
  if type(value) == "number" then
    bytes = math.tointeger(value)
  elseif type(value) == "string" then
    local digits, unit = value:match("^%s*(%d+%.?%d*)%s*(%a*)%s*$")
    local factor = unit and units[unit:lower():gsub("b$", "")]
    bytes = factor and math.tointeger(tonumber(digits) * factor // 1)
  end
  if bytes and bytes >= 0 then return bytes end
  return nil, 'must be a number of bytes such as 500000, "2M" or "1.5GiB"'
end

---A span of time in seconds: 90, "90s", "30m", "2h", "30d", "1w".
---@return number|nil seconds
---@return string? message
function types.duration(value)
  local seconds
  if type(value) == "number" then
    seconds = types.number(value)
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
function types.address(value)
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
function types.path(value)
  if type(value) == "string" and value ~= "" and not value:find("\0", 1, true) then return value end
  return nil, "must be a path"
end

---A path made absolute: `~` is `home`, and what is relative is so to `base`.
---@param home string?
---@param base string
---@return btshare.types.check
function types.path_from(home, base)
  return function(value)
    local path, message = types.path(value)
    if not path then return nil, message end
    if home and (path == "~" or path:sub(1, 2) == "~/") then return home .. path:sub(2) end
    if path:sub(1, 1) == "/" then return path end
    return base .. "/" .. path
  end
end

-- What `fields` needs to know besides a check.
local rule = {}

---For `fields`: checked by `check`; where it is absent, `value` is.
---@param check btshare.types.check
---@param value any
function types.default(check, value)
  return setmetatable({ check = check, default = value }, rule)
end

---For `fields`: checked by `check`, and may not be left out.
---@param check btshare.types.check
function types.required(check)
  return setmetatable({ check = check, is_required = true }, rule)
end

-- A default is a check too: the value must be of its kind.
local function check_like(default)
  local kind = math.type(default) or type(default)
  if kind == "table" then
    local first = default[1]
    if first ~= nil then return types.list(check_like(first)) end
    return function(value)
      if type(value) == "table" then return value end
      return nil, "must be a table"
    end
  end
  local check = ({ integer = types.integer, float = types.number, string = types.string,
    boolean = types.boolean })[kind]
  return check or error("types: a " .. kind .. " can be no default", 0)
end

local function as_rule(wanted)
  if getmetatable(wanted) == rule then return wanted end
  if type(wanted) == "function" then return { check = wanted } end
  return { check = check_like(wanted), default = wanted }
end

---Checks a table of named values. In `schema` a function is a check, whose value may be absent; anything
---else is a default, whose kind the value must have. See `default` and `required` for the rest.
---@param schema table<string, any>
---@param values table<string, any>
---@param what string? what the names are called in messages ("option")
---@return table|nil checked with the defaults filled in
---@return string[]? messages of all mistakes, sorted
function types.fields(schema, values, what)
  what = what or "option"
  local checked, messages = {}, {}
  local function complain(name, message)
    messages[#messages + 1] = ("%s '%s' %s"):format(what, tostring(name), message)
  end
  for name, wanted in pairs(schema) do
    local wish = as_rule(wanted)
    local value = values[name]
    if value == nil then value = wish.default end
    if value ~= nil then
      local result, message = wish.check(value)
      if result == nil then complain(name, message or "is refused") end
      checked[name] = result
    elseif wish.is_required then
      complain(name, "must be given")
    end
  end
  for name in pairs(values) do
    if schema[name] == nil then complain(name, "is unknown" .. suggest.phrase(name, schema)) end
  end
  table.sort(messages)
  if #messages > 0 then return nil, messages end
  return checked
end

return types
