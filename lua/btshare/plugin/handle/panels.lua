-- plugin:panel: what a plugin shows in the console.
local instances = require "btshare.plugin.handle.instances"
local panel = require "btshare.plugin.panel"

---@class btshare.plugin.handle
local methods = {}

---Shows a panel in the console: { slot, title, kind, data = fn, actions = { name = fn } }. `data(context)` is asked
---whenever the panel is shown, and may wait. See btshare.plugin.Panel.
---@param description table
---@return fun() release
function methods:panel(description)
  local instance = instances.of(self, "panel")
  if type(description) ~= "table" then error("plugin:panel: a table is wanted", 2) end
  local checked, message = panel.check(description)
  if not checked then error("plugin:panel: " .. message, 2) end
  return instance:bind(function()
    for _, other in ipairs(instance.panels) do
      if other.id == checked.id then return nil, ("plugin:panel: there is a panel %s already"):format(checked.id) end
    end
    table.insert(instance.panels, checked)
    return function()
      for index, candidate in ipairs(instance.panels) do
        if candidate == checked then return table.remove(instance.panels, index) end
      end
    end
  end)
end

return methods
