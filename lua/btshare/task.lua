-- Tasks: straight-line code that waits without blocking the loop. All coroutines are made through here.
local fifo = require "btshare.task.fifo"
local job = require "btshare.task.job"
local mutex = require "btshare.task.mutex"
local overtime = require "btshare.task.overtime"
local queue = require "btshare.task.queue"
local uv = require "luv"

---@class btshare.task
local task = {}

local no_options = {} ---@type btshare.task.options

---Starts `fn(...)` at once as a task; comes back when it first waits, or has ended. An error goes to
---the log with its traceback.
---@param fn function
---@return btshare.task.job
function task.spawn(fn, ...)
  return task.spawn_with(no_options, fn, ...)
end

---As `spawn`, with options.
---@param options btshare.task.options
---@param fn function
---@return btshare.task.job
function task.spawn_with(options, fn, ...)
  local spawned = job.new(options, fn, ...)
  spawned:start()
  return spawned
end

---Ends every task of a group where it waits.
---@param group table<btshare.task.job, true> as of the options
function task.cancel(group)
  local jobs = {}
  for member in pairs(group) do jobs[#jobs + 1] = member end
  -- First those that wait in a queue: the end of another would let them begin.
  for _, member in ipairs(jobs) do
    if member.state == "new" then member:cancel() end
  end
  for _, member in ipairs(jobs) do member:cancel() end
end

---Calls `begin(resume)`, then waits until `resume(...)` is called, now or later, and returns what it
---was given. Only the first call of `resume` counts. Only inside a task.
---@param begin fun(resume: fun(...))
---@return any ...
function task.await(begin)
  local current = job.current() or error("task.await: only a task can wait", 2)
  return current:await(begin)
end

---Waits. The time is monotonic: setting the clock changes nothing.
---@param milliseconds integer
function task.sleep(milliseconds)
  local current = job.current() or error("task.sleep: only a task can wait", 2)
  local timer = uv.new_timer()
  local _ <close> = task.on_close(function() timer:close() end)
  current:await(function(resume)
    uv.update_time() -- the loop's idea of now is as old as the callback that runs
    timer:start(math.ceil(milliseconds), 0, function() resume() end)
  end)
end

-- Tasks that yielded share one idle handle, which is there only while they are. While an idle handle
-- is active the loop polls without waiting, and serves its timers and sockets before the next turn.
-- They go on in order, as many as fit in a turn; those in the background when nobody else waits, but
-- one of them each turn.
local turn_milliseconds = 5
local idle
local yielded, patient = fifo.new(), fifo.new()

-- How long this turn of the loop has lasted, in milliseconds.
local function turn_age()
  return uv.hrtime() // 1000000 - uv.now()
end

-- Resumes those that wait now; whoever yields again waits for the next turn.
local function resume_waiting(line, count)
  while count > 0 and turn_age() < turn_milliseconds do
    line:take()()
    count = count - 1
  end
end

local function resume_yielded()
  local hurried, others = yielded:length(), patient:length()
  if hurried > 0 then yielded:take()() end
  resume_waiting(yielded, hurried - 1)
  if others > 0 then patient:take()() end
  if yielded:length() == 0 then resume_waiting(patient, others - 1) end
  if yielded:length() + patient:length() == 0 then
    idle:close()
    idle = nil
  end
end

---Lets the loop turn once: timers and sockets get their turn before this task goes on.
function task.yield()
  local current = job.current() or error("task.yield: only a task can wait", 2)
  current:await(function(resume)
    if not idle then
      idle = uv.new_idle()
      idle:start(resume_yielded)
    end
    local line = current:is_patient() and patient or yielded
    line:put(resume)
  end)
end

---Yields if this turn of the loop has lasted a while: for work that comes in large numbers.
---@param milliseconds integer? that a turn may last; more for what somebody waits for, never above 20
function task.breathe(milliseconds)
  if turn_age() >= (milliseconds or turn_milliseconds) then
    task.yield()
  end
end

---@return boolean
function task.is_inside() return job.current() ~= nil end

---Who is watched, for the option `watch` of all its tasks.
---@param options btshare.task.watch.options
---@return btshare.task.watch
function task.watch(options) return overtime.new(options) end

---Looks more closely at who is watched from now on. Starts a thread.
function task.watch_closely() overtime.start() end

---Whether an error is the one that ends a task which ran too long.
---@param problem any
---@return boolean
function task.is_overtime(problem) return overtime.is(problem) end

---A value for `local x <close>`: calls `fn` when the block is left, also by an error or because the
---task was cancelled.
---@param fn function
function task.on_close(fn)
  return setmetatable({}, { __close = function() fn() end })
end

---A queue of which at most `limit` jobs run at once, in order of arrival.
---@param limit integer
---@param options btshare.task.options? for the tasks of its jobs
---@return btshare.task.queue
function task.queue(limit, options)
  return queue.new(limit, options or no_options)
end

---A lock that one task at a time holds: `local held <close> = mutex:lock()`.
---@return btshare.task.mutex
function task.mutex()
  return mutex.new()
end

return task
