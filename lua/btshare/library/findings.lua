-- What looks have found and the library has yet to act on: of each name the newest, in order of arrival, and never so
-- many at once that they cost memory or hold the loop.
local task = require "btshare.task"

local most_at_once = 100 -- as many share one commit; more would only wait in memory

---@class btshare.Findings
---@field private spawn fun(fn: function, ...): btshare.task.job
---@field private act fun(entry: core.tree.Entry, is_trusted: boolean)
---@field private by_name table<string, {entry: core.tree.Entry, is_trusted: boolean}>
---@field private names string[] in order; a name stays in it when it is dropped
---@field private first integer
---@field private running integer
---@field private is_draining boolean
---@field private go_on fun()? wakes who waits for one to end
local Findings = {}
Findings.__index = Findings

local findings = {}

---@param act fun(entry: core.tree.Entry, is_trusted: boolean) called in a task; while it waits it counts as under way
---@param spawn fun(fn: function, ...): btshare.task.job starts the tasks
---@return btshare.Findings
function findings.new(act, spawn)
  return setmetatable({
    act = act, spawn = spawn, by_name = {}, names = {}, first = 1, running = 0, is_draining = false,
  }, Findings)
end

local function take(self)
  local name = self.names[self.first]
  if not name then
    self.names, self.first = {}, 1
    return nil
  end
  self.names[self.first] = false
  self.first = self.first + 1
  local item = self.by_name[name]
  self.by_name[name] = nil
  return true, item
end

local function begin(self, item)
  self.running = self.running + 1
  self.spawn(self.act, item.entry, item.is_trusted):on_end(function()
    self.running = self.running - 1
    if self.go_on then self.go_on() end
  end)
end

local function drain(self)
  local is_there, item = take(self)
  while is_there do
    if item then
      begin(self, item)
      while self.running >= most_at_once do
        task.await(function(resume) self.go_on = resume end)
      end
      task.breathe()
    end
    is_there, item = take(self)
  end
  self.is_draining = false
end

---Acts on an entry when its turn comes.
---@param entry core.tree.Entry
---@param is_trusted boolean whether a difference in times alone is known to be harmless
function Findings:put(entry, is_trusted)
  local before = self.by_name[entry.name]
  self.by_name[entry.name] = { entry = entry, is_trusted = is_trusted and (not before or before.is_trusted) }
  if not before then
    self.names[#self.names + 1] = entry.name
  end
  if not self.is_draining then
    self.is_draining = true
    self.spawn(drain, self)
  end
end

---Forgets what was found under a name: it is not there any more.
---@param name string
function Findings:drop(name)
  self.by_name[name] = nil
end

---Forgets everything.
function Findings:clear()
  self.by_name = {}
end

return findings
