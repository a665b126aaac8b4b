-- A lock that one task at a time holds, in order of arrival.
local job = require "btshare.task.job"

---@class btshare.task.mutex
---@field package holder table? the place that has the lock
---@field package waiting table[] places
local mutex = {}
mutex.__index = mutex

---@return btshare.task.mutex
function mutex.new()
  return setmetatable({ waiting = {} }, mutex)
end

-- A place whose task was cancelled may stand in the line still, or have been given the lock already.
local function leave(self, place)
  place.is_gone = true
  if self.holder ~= place then return end
  repeat
    self.holder = table.remove(self.waiting, 1)
  until not self.holder or not self.holder.is_gone
  if self.holder then self.holder.resume() end
end

local function on_close(fn)
  return setmetatable({}, { __close = fn })
end

---Waits for the lock: `local held <close> = mutex:lock()` holds it until the block is left, also by an
---error or because the task was cancelled.
---@return table held
function mutex:lock()
  local current = job.current() or error("mutex:lock: only a task can wait", 2)
  local place, has_it = {}, false
  local function give_back() leave(self, place) end
  if not self.holder then
    self.holder = place
  else
    local _ <close> = on_close(function()
      if not has_it then give_back() end
    end)
    current:await(function(resume)
      place.resume = resume
      table.insert(self.waiting, place)
    end)
    has_it = true
  end
  return on_close(give_back)
end

---@return boolean
function mutex:is_locked() return self.holder ~= nil end

return mutex
