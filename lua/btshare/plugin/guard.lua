-- Runs a plugin's code so that its mistakes cost only itself: each call a watched task, each error a strike.
local task = require "btshare.task"
local uv = require "luv"

---@class btshare.plugin.guard
---@field group table<btshare.task.job, true> tasks of the plugin that are alive
---@field package name string
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
---@field name string
---@field source string "@PATH" of the plugin's file
---@field log btshare.log.voice
---@field on_out fun(message: string) it has made too many errors
---@field clock (fun(): number)? seconds, monotonic

---@param options btshare.plugin.guard.options
---@return btshare.plugin.guard
function guard.new(options)
  local self = setmetatable({
    name = options.name, log = options.log, on_out = options.on_out, clock = options.clock or monotonic,
    group = {}, strikes = {},
  }, guard)
  ---How all tasks of the plugin are started.
  self.task_options = {
    watch = true,
    name = "plugin " .. options.name,
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
