-- plugin:options: what config.lua gave, checked by what the plugin says there is.
local instances = require "btshare.plugin.handle.instances"
local log = require "btshare.log"
local types = require "btshare.types"

---@class btshare.plugin.handle
local methods = {}

-- What must not be seen is seen nowhere in the log, whatever line it gets into.
local function hide(instance, value)
  if type(value) == "string" then
    instance.scope:own(log.hide(value))
  elseif type(value) == "table" then
    for _, element in pairs(value) do hide(instance, element) end
  end
end

---Says what options there are and returns them as config.lua gave them. `schema` maps names to defaults,
---whose kind a value must have, or to checks of `btshare.types`.
---@param schema table<string, any>
---@return table options
function methods:options(schema)
  local instance = instances.of(self, "options")
  if type(schema) ~= "table" then error("plugin:options: a table is wanted", 2) end
  instance.has_options = true
  local checked, messages, names = types.fields(schema, instance.given_options)
  if not checked then
    instance.mistakes = {}
    for index, message in ipairs(messages) do
      instance.mistakes[index] = { option = names[index], message = message }
    end
    error(table.concat(messages, "; "), 0)
  end
  instance.secret_options = types.secret_names(schema)
  for name in pairs(instance.secret_options) do hide(instance, checked[name]) end
  return checked
end

return methods
