-- The time in a plugin's tests: stands still until a test moves it on, and timers run by it.
--
-- While it is installed, `uv.new_timer`, `os.time` and `os.date` are its own; what measures how long code really runs
-- (`uv.hrtime`) is left alone. One at a time, in a process of which the rest needs no timers.
local uv = require "luv"

---@class btshare.harness.Clock
---@field now number seconds since 1970
---@field private timers btshare.harness.Timer[] those that run
---@field private count integer of timers that were started, which decides between two that are due at the same time
---@field private genuine {new_timer: function, time: function, date: function}?
local Clock = {}
Clock.__index = Clock

---@class btshare.harness.Timer
---@field due number? seconds since 1970, while it runs
---@field period number seconds, 0: once
local Timer = {}
Timer.__index = Timer

local clock = {}

-- A Monday at noon, on the clocks of whoever runs the test.
local beginning = { year = 2026, month = 1, day = 5, hour = 12, min = 0, sec = 0 }

---@return btshare.harness.Clock
function clock.new()
  return setmetatable({ now = os.time(beginning), timers = {}, count = 0 }, Clock)
end

function Timer:start(timeout, period, fn)
  self:stop()
  local owner = self.clock
  owner.count = owner.count + 1
  self.number, self.fn = owner.count, fn
  self.due, self.period = owner.now + timeout / 1000, period / 1000
  table.insert(owner.timers, self)
  return 0
end

function Timer:stop()
  self.due = nil
  local timers = self.clock.timers
  for index, timer in ipairs(timers) do
    if timer == self then
      table.remove(timers, index)
      break
    end
  end
  return 0
end

function Timer:again() return self:start(self.period * 1000, self.period * 1000, self.fn) end
function Timer:set_repeat(period) self.period = period / 1000 end
function Timer:get_repeat() return math.floor(self.period * 1000) end
function Timer:is_active() return self.due ~= nil end
function Timer:is_closing() return self.is_closed == true end
function Timer:unref() return self end
function Timer:ref() return self end

function Timer:close(fn)
  self:stop()
  self.is_closed = true
  if fn then fn() end
end

---Puts itself in place of the system's time.
function Clock:install()
  self.genuine = { new_timer = uv.new_timer, time = os.time, date = os.date }
  local genuine = self.genuine
  uv.new_timer = function() return setmetatable({ clock = self, period = 0 }, Timer) end
  -- luacheck: push globals os.time os.date
  os.time = function(moment)
    if moment then return genuine.time(moment) end
    return math.floor(self.now)
  end
  os.date = function(format, moment)
    return genuine.date(format or "%c", moment or math.floor(self.now))
  end
  -- luacheck: pop
end

function Clock:uninstall()
  if not self.genuine then return end
  uv.new_timer = self.genuine.new_timer
  os.time, os.date = self.genuine.time, self.genuine.date -- luacheck: globals os.time os.date
  self.genuine = nil
end

---@return number[] periods of the timers that run again and again, in seconds, sorted
function Clock:periods()
  local periods = {}
  for _, timer in ipairs(self.timers) do
    if timer.period > 0 then periods[#periods + 1] = timer.period end
  end
  table.sort(periods)
  return periods
end

---@return integer count of timers that run once: tasks that sleep
function Clock:sleepers()
  local count = 0
  for _, timer in ipairs(self.timers) do
    if timer.period == 0 then count = count + 1 end
  end
  return count
end

local function earliest(timers, until_when)
  local first
  for _, timer in ipairs(timers) do
    if timer.due <= until_when and (not first or timer.due < first.due
      or timer.due == first.due and timer.number < first.number) then
      first = timer
    end
  end
  return first
end

---Lets time pass: timers run in the order in which they are due, `settle` after each.
---@param seconds number
---@param settle fun() waits until what a timer began has come to rest
function Clock:advance(seconds, settle)
  local target = self.now + seconds
  local timer = earliest(self.timers, target)
  while timer do
    self.now = math.max(self.now, timer.due)
    if timer.period > 0 then
      timer.due = timer.due + timer.period
    else
      timer:stop()
    end
    timer.fn()
    settle()
    timer = earliest(self.timers, target)
  end
  self.now = target
end

---The next moment at which the clocks here show a time of day, or a date and a time.
---@param text string "23:30" or "2026-03-01 23:30"
---@return number? moment seconds since 1970
---@return string? message
function Clock:moment(text)
  local year, month, day, hour, minute = text:match("^(%d%d%d%d)-(%d%d)-(%d%d) (%d%d?):(%d%d)$")
  local has_date = year ~= nil
  if not has_date then
    hour, minute = text:match("^(%d%d?):(%d%d)$")
    if not hour then return nil, ("'%s' is no time such as \"23:30\" or \"2026-03-01 23:30\""):format(text) end
    local today = os.date("*t", math.floor(self.now))
    year, month, day = today.year, today.month, today.day
  end
  local wanted = { year = tonumber(year), month = tonumber(month), day = tonumber(day), hour = tonumber(hour),
    min = tonumber(minute), sec = 0 }
  local moment = os.time(wanted)
  if not has_date and moment < self.now then
    wanted.day = wanted.day + 1
    moment = os.time(wanted)
  end
  if moment < self.now then return nil, ("'%s' is over; time only goes on"):format(text) end
  return moment
end

return clock
