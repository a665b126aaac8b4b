-- A queue of tasks of which only so many run at once.
local fifo = require "btshare.task.fifo"
local job = require "btshare.task.job"

---@class btshare.task.queue
---@field package limit integer
---@field package options btshare.task.options
---@field package running integer
---@field package waiting btshare.task.fifo of btshare.task.job
---@field package is_advancing boolean
local queue = {}
queue.__index = queue

---@param limit integer
---@param options btshare.task.options
---@return btshare.task.queue
function queue.new(limit, options)
  if math.type(limit) ~= "integer" or limit < 1 then
    error("task.queue: the limit must be a whole number from 1", 3)
  end
  return setmetatable({
    limit = limit, options = options, running = 0, waiting = fifo.new(), is_advancing = false,
  }, queue)
end

-- Jobs that never wait end while they are started: the flag keeps them from starting one another
-- ever deeper.
local function advance(self)
  if self.is_advancing then return end
  self.is_advancing = true
  while self.running < self.limit and self.waiting:length() > 0 do
    local next_job = self.waiting:take()
    if next_job.state == "new" then
      self.running = self.running + 1
      next_job:on_end(function()
        self.running = self.running - 1
        advance(self)
      end)
      next_job:start()
    end
  end
  self.is_advancing = false
end

---Has `fn(...)` run when its turn comes, at once if there is room.
---@param fn function
---@return btshare.task.job job which can be waited for, or cancelled
function queue:add(fn, ...)
  local added = job.new(self.options, fn, ...)
  self.waiting:put(added)
  advance(self)
  return added
end

---@return integer count of jobs that wait or run
function queue:size()
  local count = self.running
  for waiting in self.waiting:each() do
    if waiting.state == "new" then count = count + 1 end
  end
  return count
end

return queue
