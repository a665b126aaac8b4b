-- Watches what people wrote: whoever holds the loop up is named, and ended after a while, so that no mistake in a
-- script stops the rest. Who is inside a C function, a long `string.find` for one, is named once that returns.
local log = require "btshare.log"
local watchdog = require "core.watchdog"

---@class btshare.task.watch
---@field name string what messages call who is watched
---@field package source string? "@PATH" of its file; what that has called is never ended halfway
---@field package seconds number
---@field package on_held fun(seconds: number, place: string?, is_ended: boolean)?
---@field package owner core.watchdog.Owner
---@field package place string? where it was found when it had run for long
---@field package is_ended boolean? it was ended there
local overtime = {}
overtime.__index = overtime

local default_seconds, default_bytes = 2, 256 << 20
local held_nanoseconds = 100000000

-- The error has a type of its own so that the pcall of a plugin can let it through.
local kind = { __tostring = function(self) return self.message end }

local running -- whose code does, innermost first

-- Where a watched task is in its own file, and what it has called from there. `level` is where it was interrupted.
local function place(source, level)
  local frame, called = debug.getinfo(level, "Sln"), nil
  local innermost = frame
  while source and frame and frame.source ~= source do
    called = frame.name
    level = level + 1
    frame = debug.getinfo(level, "Sln")
  end
  frame = frame or innermost
  if not frame or frame.currentline <= 0 then return nil end
  return ("%s:%d"):format(frame.short_src, frame.currentline), called
end

-- Code of its own is ended anywhere; what that has called only before it begins and when it is done.
local function may_end(source, level, is_between)
  local function is_own(frame) return frame and frame.source == source end
  return not source or is_own(debug.getinfo(level + 1, "S"))
    or is_between and is_own(debug.getinfo(level + 2, "S"))
end

local function look(_, is_over, is_between)
  local watch = running
  if not watch then return end
  local where, called = place(watch.source, 3)
  watch.place = where and (called and ("%s in '%s'"):format(where, called) or where) or watch.place
  if not is_over or not may_end(watch.source, 2, is_between) then return end
  watch.is_ended = true
  local message = ("%s ran for more than %g s"):format(watch.name, watch.seconds)
  error(setmetatable({ message = where and where .. ": " .. message or message }, kind), 0)
end

---@class btshare.task.watch.options
---@field name string what messages call who is watched
---@field source string? "@PATH" of its file
---@field seconds number? that it may run without waiting, 2 if absent
---@field bytes integer? of memory that it may hold, 256 MiB if absent
---@field on_held (fun(seconds: number, place: string?, is_ended: boolean))? it has held everything up for over 0.1 s

---@param options btshare.task.watch.options
---@return btshare.task.watch
function overtime.new(options)
  watchdog.on_look(look)
  local seconds = options.seconds or default_seconds
  return setmetatable({
    name = options.name, source = options.source, seconds = seconds, on_held = options.on_held,
    owner = watchdog.owner(options.name, seconds, options.bytes or default_bytes),
  }, overtime)
end

local function settle(self, below, taken, ...)
  running = below
  if taken > held_nanoseconds and self.on_held then
    self.on_held(taken / 1e9, self.place, self.is_ended or false)
  end
  self.place, self.is_ended = nil, nil
  return ...
end

---Calls `fn(thread, ...)`, which resumes or closes it, and watches it meanwhile.
---@param thread thread
---@param fn fun(thread: thread, ...): ...
---@return any ... what `fn` returned
function overtime:run(thread, fn, ...)
  local below = running
  running = self
  return settle(self, below, self.owner:run(thread, fn, thread, ...))
end

---@return integer bytes that its code holds, and what of it waits for the collector
function overtime:memory() return self.owner:memory() end

---Has a thread of its own look at the clock: it finds also what is inside a C function. To be called once the program
---has given up its rights, which all its threads must share.
function overtime.start()
  local started, message = watchdog.start()
  if not started then log.warning("%s: a plugin that holds everything up may not be named", message) end
end

---Whether an error is the one that ended a coroutine.
---@param problem any
---@return boolean
function overtime.is(problem) return getmetatable(problem) == kind end

return overtime
