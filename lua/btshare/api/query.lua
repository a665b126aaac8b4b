-- The query of a request: decoded, converted and checked by the schemas of its route.
local schema = require "btshare.api.schema"
local suggest = require "btshare.suggest"

local query = {}

local function decode(text)
  if text:gsub("%%%x%x", ""):find("%%") then return nil, "has a % that nothing follows" end
  local decoded = text:gsub("+", " "):gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end)
  if not utf8.len(decoded) or decoded:find("\0", 1, true) then return nil, "must be UTF-8" end
  return decoded
end

local function split(text)
  local values = {}
  for part in text:gmatch("[^&]+") do
    local raw_name, raw_value = part:match("^([^=]*)=?(.*)$")
    local name, message = decode(raw_name)
    local value
    if name then value, message = decode(raw_value) end
    if not value then return nil, ("query.%s: %s"):format(raw_name:sub(1, 40), message) end
    if values[name] then return nil, ("query.%s: is there twice"):format(name:sub(1, 40)) end
    values[name] = value
  end
  return values
end

---@param schemas table<string, btshare.api.schema>? nil: the route takes none
---@param text string as sent, without "?"
---@return table<string, any>|nil values the defaults among them
---@return string? message
---@return string? member
function query.read(schemas, text)
  local given, message = split(text)
  if not given then return nil, message end
  schemas = schemas or {}
  for name in pairs(given) do
    if not schemas[name] then
      return nil, ("query.%s: is unknown%s"):format(name:sub(1, 40), suggest.phrase(name, schemas)), "query." .. name
    end
  end
  local values = {}
  for name, of in pairs(schemas) do
    if given[name] then
      local value, why, member = schema.convert(of, given[name], "query." .. name)
      if value == nil then return nil, why, member end
      values[name] = value
    elseif of.default ~= nil then
      values[name] = of.default
    elseif not schema.is_optional(of) then
      return nil, ("query.%s: must be given"):format(name), "query." .. name
    end
  end
  return values
end

return query
