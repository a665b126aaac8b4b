-- What plugins get by `require` besides what the program tells of itself: helpers that wait without blocking, and some
-- that need not wait. Each is made for one loaded form of a plugin.
local helpers = {}

local subjects = { "fs", "http", "json", "mail", "process", "reply", "time" }

---@param instance btshare.plugin.instance
---@return table<string, table> helpers by the name behind "btshare."
function helpers.for_instance(instance)
  local made = {}
  for _, subject in ipairs(subjects) do
    made[subject] = require("btshare.plugin.helpers." .. subject).new(instance)
  end
  return made
end

return helpers
