-- One task: a coroutine that is started once, waits as often as it likes, and ends in one of three ways.
local log = require "btshare.log"

---@class btshare.task.options
---@field watch btshare.task.watch? ends the task with an error once it ran too long without waiting
---@field on_error (fun(traceback: string, message: string))? instead of the log
---@field group table<btshare.task.job, true>? a set in which the task is while it lives
---@field is_patient boolean? nobody waits for it: where many tasks have yielded, it goes on after the others

---@class btshare.task.job
---@field state "new"|"alive"|"ended"|"failed"|"cancelled"
---@field package options btshare.task.options
---@field package coroutine thread
---@field package arguments table? of the function, packed, until it is started
---@field package results table what the function returned, packed
---@field package message string? why it failed
---@field package traceback string?
---@field package waiters function[]? called at the end
---@field package is_cancelling boolean? it ends when it next waits
local job = {}
job.__index = job

local jobs = setmetatable({}, { __mode = "k" }) ---@type table<thread, btshare.task.job>

---@return btshare.task.job? current the task that runs now
function job.current()
  return jobs[coroutine.running()]
end

---A task that has not started.
---@param options btshare.task.options
---@param fn function
---@return btshare.task.job
function job.new(options, fn, ...)
  local thread = coroutine.create(fn)
  local self = setmetatable({ state = "new", options = options, coroutine = thread, arguments = table.pack(...) }, job)
  jobs[thread] = self
  if options.group then options.group[self] = true end
  return self
end

local function finish(self, state)
  self.state = state
  jobs[self.coroutine] = nil
  if self.options.group then self.options.group[self] = nil end
  local waiters = self.waiters
  if not waiters then return end
  self.waiters = nil
  for _, resume in ipairs(waiters) do resume() end
end

-- Has something done to the coroutine, under the eyes of who watches it.
local function with(self, fn, ...)
  local watch = self.options.watch
  if watch then return watch:run(self.coroutine, fn, ...) end
  return fn(self.coroutine, ...)
end

local function fail(self, problem)
  self.message = tostring(problem)
  self.traceback = debug.traceback(self.coroutine, self.message)
  with(self, coroutine.close)
  local reported, other = true, nil
  if self.options.on_error then
    reported, other = pcall(self.options.on_error, self.traceback, self.message)
  else
    log.error("%s", self.traceback)
  end
  if not reported then log.error("%s", other) end
  finish(self, "failed")
end

-- What it closes may end others that it waits for: they no longer wake it.
local function close(self)
  self.state = "cancelled"
  local fine, problem = with(self, coroutine.close)
  if not fine then log.error("%s", problem) end
  finish(self, "cancelled")
end

local nothing = table.pack()

-- What came of resuming the coroutine.
local function settle(self, succeeded, ...)
  if coroutine.status(self.coroutine) == "suspended" then
    if self.is_cancelling then close(self) end
  elseif succeeded then
    self.results = select("#", ...) == 0 and nothing or table.pack(...)
    finish(self, "ended")
  else
    fail(self, (...))
  end
end

local function run(self, ...)
  settle(self, with(self, coroutine.resume, ...))
end

-- Resuming never nests: a task that is resumed while another one runs has its turn when that one
-- waits or ends. So a chain of a thousand tasks that wake one another needs no C stack, and what a
-- task sees does not change under it between two waits. Starting does nest, since it is "at once".
local depth, ready, first = 0, {}, 1

local function enter(self, ...)
  depth = depth + 1
  run(self, ...)
  depth = depth - 1
  if depth > 0 then return end
  if #ready == 0 then return end
  while first <= #ready do
    local entry = ready[first]
    ready[first] = false
    first = first + 1
    if entry.job.state == "alive" then
      depth = 1
      run(entry.job, table.unpack(entry, 1, entry.n))
      depth = 0
    end
  end
  ready, first = {}, 1
end

local function step(self, ...)
  if self.state ~= "alive" then return end
  if depth == 0 then return enter(self, ...) end
  local entry = table.pack(...)
  entry.job = self
  ready[#ready + 1] = entry
end

---Runs a new task until it first waits, or ends.
function job:start()
  if self.state ~= "new" then return end
  self.state = "alive"
  local arguments = self.arguments
  self.arguments = nil
  enter(self, table.unpack(arguments, 1, arguments.n))
end

---Calls `begin(resume)`, then waits until `resume(...)` is called, now or later.
---@param begin fun(resume: fun(...))
---@return any ... what `resume` was given
function job:await(begin)
  local results, is_waiting
  begin(function(...)
    if results then return end
    results = table.pack(...)
    if is_waiting then step(self, ...) end
  end)
  if not results then
    is_waiting = true
    return coroutine.yield()
  end
  return table.unpack(results, 1, results.n)
end

---Calls `fn` when the task has ended, however; at once if it has.
---@param fn function
function job:on_end(fn)
  if self:has_ended() then return fn() end
  self.waiters = self.waiters or {}
  table.insert(self.waiters, fn)
end

---Waits for the end.
---@return boolean succeeded
---@return any ... what the function returned, or the message and the traceback of its error
function job:wait()
  if not self:has_ended() then
    local waiter = job.current() or error("task:wait: only a task can wait", 2)
    waiter:await(function(resume) self:on_end(resume) end)
  end
  if self.state == "ended" then return true, table.unpack(self.results, 1, self.results.n) end
  if self.state == "failed" then return false, self.message, self.traceback end
  return false, "cancelled", ""
end

---@return boolean
function job:is_patient() return self.options.is_patient == true end

---@return boolean
function job:has_ended() return self.state ~= "new" and self.state ~= "alive" end

---Ends the task where it waits (its `<close>` variables are closed), or when it next waits.
function job:cancel()
  if self:has_ended() then return end
  if coroutine.status(self.coroutine) == "suspended" then
    close(self)
  else
    self.is_cancelling = true
  end
end

return job
