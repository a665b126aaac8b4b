-- A setting's value in a configuration, and as JSON: keys with a dot are inside a table, addresses are texts, and of
-- the patterns to ignore the owner's own are those that come after ours.
local schema = require "btshare.config.schema"

local values = {}

local function split(key)
  local outer, inner = key:match("^(%w+)%.(.+)$")
  return outer or key, inner
end

local function join(address)
  return (address.address:find(":", 1, true) and "[%s]:%d" or "%s:%d"):format(address.address, address.port)
end

local function own_patterns(all)
  local ours = #schema.defaults().ignore
  return table.move(all, ours + 1, #all, 1, {})
end

---@param config btshare.config.settings
---@param definition btshare.settings.Definition
---@return any value as JSON has it, nil where there is none
function values.get(config, definition)
  local outer, inner = split(definition.key)
  local value = config[outer]
  if inner then value = (value or {})[inner] end
  if definition.type == "address" and value then return join(value) end
  if definition.key == "ignore" then return own_patterns(value) end
  return value
end

---Puts a checked value into a configuration. The table that it is in must be the configuration's own: see `copy`.
---@param config btshare.config.settings
---@param definition btshare.settings.Definition
---@param value any as config.lua has it
function values.set(config, definition, value)
  local outer, inner = split(definition.key)
  if inner then
    config[outer][inner] = value
  elseif definition.key == "ignore" then
    local ours = schema.defaults().ignore
    config.ignore = table.move(value, 1, #value, #ours + 1, ours)
  else
    config[outer] = value
  end
end

---@param config btshare.config.settings
---@return btshare.config.settings copy in which `set` changes nothing of the other
function values.copy(config)
  local made = {}
  for name, value in pairs(config) do made[name] = value end
  for _, name in ipairs { "limits", "torrent" } do
    made[name] = {}
    for inner, value in pairs(config[name]) do made[name][inner] = value end
  end
  return made
end

---@param one any
---@param other any
---@return boolean
function values.equal(one, other)
  if type(one) ~= "table" or type(other) ~= "table" then return one == other end
  for key, value in pairs(one) do
    if not values.equal(value, other[key]) then return false end
  end
  for key in pairs(other) do
    if one[key] == nil then return false end
  end
  return true
end

return values
