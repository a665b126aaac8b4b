-- What each handle stands for, out of its plugin's reach.
local instances = {}

local known = setmetatable({}, { __mode = "k" }) ---@type table<table, btshare.plugin.instance>

---@param handle btshare.plugin.handle
---@param instance btshare.plugin.instance
function instances.keep(handle, instance)
  known[handle] = instance
end

---@param handle btshare.plugin.handle
---@param method string for the message
---@return btshare.plugin.instance
function instances.of(handle, method)
  return known[handle] or error(("plugin:%s must be called with a colon"):format(method), 3)
end

return instances
