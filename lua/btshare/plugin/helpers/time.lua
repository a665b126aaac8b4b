-- btshare.time for plugins: the time of day, which a test of a plugin can set.
local time = {}

---@param instance btshare.plugin.instance
function time.new(instance)
  local api = {}

  function api.now() return instance.now() end

  return api
end

return time
