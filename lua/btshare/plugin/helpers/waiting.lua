-- What the helpers that wait have in common: so many at once for each plugin, and an end with the one who waits.
local task = require "btshare.task"

local waiting = {}

---@class btshare.plugin.Waiting
---@field private queue btshare.task.queue
---@field private name string
local Waiting = {}
Waiting.__index = Waiting

---@param instance btshare.plugin.instance
---@param name string of the helper, for messages
---@param most integer that run at once
---@return btshare.plugin.Waiting
function waiting.new(instance, name, most)
  return setmetatable({ queue = task.queue(most, instance.guard.task_options), name = name }, Waiting)
end

---Runs `fn(...)` when its turn comes, and waits for it. It ends where it waits when its caller does.
---@param fn function
---@return any ... its results
function Waiting:run(fn, ...)
  if not task.is_inside() then error(self.name .. ": only handlers and tasks can wait", 3) end
  local job = self.queue:add(fn, ...)
  local _ <close> = task.on_close(function() job:cancel() end)
  local results = table.pack(job:wait())
  if results[1] then return table.unpack(results, 2, results.n) end
  return nil, results[2], "failed"
end

return waiting
