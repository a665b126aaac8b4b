-- Runs the code of a plugin or of a handler so that its mistakes cost only itself: each call a watched task, each
-- error a strike.
local task = require "btshare.task"
local uv = require "luv"

---@class btshare.plugin.guard
---@field group table<btshare.task.job, true> tasks of its owner that are alive
---@field package owner string
---@field package log btshare.log.voice
---@field package strikes number[] seconds, of the errors that still count
---@field package on_out fun(message: string)
local guard = {}
guard.__index = guard

local strikes_allowed = 3
local strikes_kept = 600 -- seconds

local function monotonic()
  return uv.hrtime() / 1e9
end

---@class btshare.plugin.guard.options
---@field owner string "plugin NAME"
---@field source string "@PATH" of its file
---@field log btshare.log.voice
---@field on_out fun(message: string) it has made too many errors
---@field clock (fun(): number)? seconds, monotonic

---@param options btshare.plugin.guard.options
---@return btshare.plugin.guard
function guard.new(options)
  local self = setmetatable({
    owner = options.owner, log = options.log, on_out = options.on_out, clock = options.clock or monotonic,
    group = {}, strikes = {},
  }, guard)
  ---How all its tasks are started.
  self.task_options = {
    watch = true,
    name = options.owner,
    source = options.source,
    group = self.group,
    on_error = function(traceback, message) self:strike(traceback, message) end,
  }
  return self
end

---Counts an error; the third within ten minutes is one too many.
---@param traceback string
---@param message string
function guard:strike(traceback, message)
  self.log.error("%s", traceback)
  local now, recent = self.clock(), {}
  for _, time in ipairs(self.strikes) do
    if now - time < strikes_kept then recent[#recent + 1] = time end
  end
  recent[#recent + 1] = now
  self.strikes = recent
  if #recent >= strikes_allowed then self.on_out(message) end
end

---@return integer count of errors in the last ten minutes
function guard:strike_count()
  local count, now = 0, self.clock()
  for _, time in ipairs(self.strikes) do
    if now - time < strikes_kept then count = count + 1 end
  end
  return count
end

---Runs `fn(...)` in a task of the plugin and waits for it. Must be inside a task if `fn` waits.
---@param fn function
---@return boolean succeeded
---@return any ... its results, or the message of its error
function guard:call(fn, ...)
  return task.spawn_with(self.task_options, fn, ...):wait()
end

---Runs `fn(...)` in a task of the plugin.
---@param fn function
---@return btshare.task.job
function guard:spawn(fn, ...)
  return task.spawn_with(self.task_options, fn, ...)
end

---Runs `fn(...)`, which must neither fail nor wait. An error is the caller's to report: no strike.
---@param fn function
---@return any|nil result
---@return string? message
function guard:run_now(fn, ...)
  local own = self.task_options
  local options = { watch = true, name = own.name, source = own.source, on_error = function() end }
  local job = task.spawn_with(options, fn, ...)
  if not job:has_ended() then
    job:cancel()
    return nil, "it waits while it is loaded; only its handlers and tasks may wait"
  end
  local succeeded, result, message = job:wait()
  if not succeeded then return nil, result end
  return { result, message }
end

---@param fn fun(event: table): boolean?, string?, string?
---@return fun(event: table): boolean?, string?, string? handler of a question: an error is a no
function guard:question_handler(fn)
  return function(event)
    local succeeded, answer, reason, code = self:call(fn, event)
    if not succeeded then return false, self.owner .. " failed while it was asked", "failed" end
    return answer, reason, code
  end
end

---@param fn fun(event: table)
---@return fun(event: table) handler of a fact
function guard:fact_handler(fn)
  return function(event) self:spawn(fn, event) end
end

---What stands in for the handlers of questions of an owner that is switched off: were it not asked any more, whoever
---makes the password plugin fail three times would open every share.
---@return fun(): boolean, string, string
function guard:refusal()
  return function() return false, self.owner .. " is switched off because of its errors", "busy" end
end

---Tells the owner of this BTshare that it was switched off.
---@param events btshare.events
---@param message string of the last error
function guard:tell_out(events, message)
  local notice = ("%s was switched off after repeated errors, the last one: %s"):format(self.owner, message)
  self.log.warning("%s", notice)
  events:tell("notice", { level = "error", message = notice })
end

---The `task` module as the plugin sees it: what it starts is guarded too.
---@return table
function guard:task_view()
  return {
    spawn = function(fn, ...) return self:spawn(fn, ...) end,
    queue = function(limit) return task.queue(limit, self.task_options) end,
    await = task.await, sleep = task.sleep, yield = task.yield, is_inside = task.is_inside,
    mutex = task.mutex, on_close = task.on_close,
  }
end

---Ends all tasks of the plugin.
function guard:cancel()
  task.cancel(self.group)
end

return guard
