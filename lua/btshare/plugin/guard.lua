-- Runs the code of a plugin or of a handler so that its mistakes cost only itself: each call a watched task, each
-- error a strike.
local task = require "btshare.task"
local uv = require "luv"

---@class btshare.plugin.guard
---@field group table<btshare.task.job, true> tasks of its owner that are alive
---@field held {count: integer, longest: number, place: string?}? how often it held everything up, and the worst of it
---@field package owner string
---@field package source string
---@field package undo_watch btshare.task.watch?
---@field package log btshare.log.voice
---@field package watch btshare.task.watch
---@field package strikes number[] seconds, of the errors that still count
---@field package said table<string, {at: number, count: integer}> what is in the log already, by message
---@field package on_out fun(message: string)
local guard = {}
guard.__index = guard

local strikes_allowed = 10
local strikes_kept = 3600 -- seconds
local bytes_allowed, bytes_to_undo = 128 << 20, 8 << 20
-- A failure that leaves more behind than this has it collected at once, before the others run out of room.
local bytes_left = 16 << 20

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
    owner = options.owner, source = options.source, log = options.log, on_out = options.on_out,
    clock = options.clock or monotonic,
    group = {}, strikes = {}, said = {},
  }, guard)
  self.watch = task.watch {
    name = options.owner, source = options.source, bytes = bytes_allowed,
    on_held = function(...) self:on_held(...) end,
  }
  ---How all its tasks are started, also those in which it is told facts.
  self.task_options = {
    watch = self.watch,
    group = self.group,
    on_error = function(traceback, message) self:strike(traceback, message) end,
  }
  return self
end

-- How often a message came while it was not said again: said when it is due once more, or for the last time.
local function say_count(self, message, entry)
  if entry.count > 1 then self.log.error("%d times: %s", entry.count, message) end
end

-- Whether a message is to be said: the same one is said once an hour. Others stand in `said` no longer than that.
local function is_news(self, message)
  local now = self.clock()
  for text, entry in pairs(self.said) do
    if now - entry.at >= strikes_kept then
      say_count(self, text, entry)
      self.said[text] = nil
    end
  end
  local entry = self.said[message]
  if entry then
    entry.count = entry.count + 1
  else
    self.said[message] = { at = now, count = 1 }
  end
  return entry == nil
end

local function forget_old_strikes(self)
  local now = self.clock()
  while self.strikes[1] and now - self.strikes[1] >= strikes_kept do table.remove(self.strikes, 1) end
end

-- Lua says no more than that there is no memory: where, and how much there was, helps more.
local function explain(message, traceback)
  if message ~= "not enough memory" then return message end
  local place = traceback:match("\n%s*([^\n]-%.lua:%d+): in")
  return ("%snot enough memory: a plugin may hold %d MiB"):format(place and place .. ": " or "", bytes_allowed >> 20)
end

---Counts an error; the tenth within an hour is one too many.
---@param traceback string
---@param message string
function guard:strike(traceback, message)
  local explained = explain(message, traceback)
  if explained ~= message then traceback = explained .. traceback:sub(#message + 1) end
  if is_news(self, explained) then self.log.error("%s", traceback) end
  forget_old_strikes(self)
  table.insert(self.strikes, self.clock())
  if self:memory() > bytes_left then collectgarbage() end
  if #self.strikes >= strikes_allowed then self.on_out(explained) end
end

---@return integer count of errors in the last hour
function guard:strike_count()
  forget_old_strikes(self)
  return #self.strikes
end

---@package
---@param seconds number
---@param place string? in its file; nil where it did nothing any more once it had run for long: then others had the
---processor, and it is not to blame
---@param is_ended boolean then it is an error, which says so itself
function guard:on_held(seconds, place, is_ended)
  if not place then return end
  local held = self.held or { count = 0, longest = 0 }
  self.held = held
  held.count = held.count + 1
  if seconds > held.longest then held.longest, held.place = seconds, place end
  local at = " at " .. place
  if not is_ended and is_news(self, "held everything up" .. at) then
    self.log.warning("held everything up for %.2f s%s", seconds, at)
  end
end

---@return integer bytes that were allocated while its code ran and have not been freed
function guard:memory()
  return self.watch:memory()
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

local function run_watched(watch, fn, ...)
  local traceback
  local options = { watch = watch, on_error = function(trace) traceback = trace end }
  local job = task.spawn_with(options, fn, ...)
  if not job:has_ended() then
    job:cancel()
    return nil, "it waits while it is loaded; only its handlers and tasks may wait"
  end
  local succeeded, result, message = job:wait()
  if not succeeded then return nil, explain(result, traceback) end
  return { result, message }
end

---Runs `fn(...)`, which must neither fail nor wait. An error is the caller's to report: no strike.
---@param fn function
---@return any|nil result
---@return string? message
function guard:run_now(fn, ...)
  return run_watched(self.watch, fn, ...)
end

---As `run_now`, for what undoes something: it has memory of its own, since who takes all must not be kept from going.
---@param fn function
---@return any|nil result
---@return string? message
function guard:undo_now(fn, ...)
  self.undo_watch = self.undo_watch or task.watch { name = self.owner, source = self.source, bytes = bytes_to_undo }
  return run_watched(self.undo_watch, fn, ...)
end

-- A reason is a text, or texts by language; anything else that a plugin gives is not shown to anybody.
local function reason_of(value)
  if type(value) == "string" then return value end
  if type(value) ~= "table" then return nil end
  local texts = {}
  for language, text in next, value do
    if type(language) == "string" and type(text) == "string" then texts[language] = text end
  end
  return next(texts) and texts or nil
end

---@param kind "question"|"fact"
---@param fn fun(event: table): boolean?, string?, string?
---@return fun(event: table): boolean?, string?, string? handler an error in a question is a no
function guard:handler(kind, fn)
  if kind == "fact" then return fn end -- told in a task with `task_options`
  return function(event)
    local succeeded, answer, reason, code = self:call(fn, event)
    if not succeeded then return false, self.owner .. " failed while it was asked", "failed" end
    return answer, reason_of(reason), type(code) == "string" and code or nil
  end
end

---What stands in for the handlers of questions of an owner that is set aside: were it not asked any more, whoever
---makes the password plugin fail ten times would open every share.
---@return fun(): boolean, string, string
function guard:refusal()
  return function() return false, self.owner .. " is set aside", "busy" end
end

---Says how often each error came, now that it is set aside.
---@param message string of the last error
---@return string notice for the owner of this BTshare
function guard:say_out(message)
  for text, entry in pairs(self.said) do say_count(self, text, entry) end
  self.said = {}
  return ("%s was set aside after %d errors in an hour, the last one: %s"):format(self.owner, #self.strikes, message)
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
