-- The handle that a plugin is given: `local plugin = ...`. All its methods are made of `bind`.
local instances = require "btshare.plugin.handle.instances"
local log = require "btshare.log"
local suggest = require "btshare.suggest"
local types = require "btshare.types"
local uv = require "luv"

---@class btshare.plugin.handle
---@field name string
local methods = {}

for _, subject in ipairs { "options", "routes", "panels", "commands" } do
  for name, method in pairs(require("btshare.plugin.handle." .. subject)) do methods[name] = method end
end

---Does something and remembers how to undo it: `open()` returns a function that does. While the plugin
---is loaded this is only noted, and done once the whole file has run without an error; later it is done
---at once. All that is bound is undone, last in first out, when the plugin goes.
---@param open fun(): fun()
---@return fun() release undoes it earlier
function methods:bind(open)
  local instance = instances.of(self, "bind")
  if type(open) ~= "function" then error("plugin:bind: a function is wanted", 2) end
  return instance:bind(open)
end

---Handles an event of the catalogue. A question is answered with `false, reason, code`, or not at all;
---an error in the handler is a no.
---@param name string
---@param fn fun(event: table): any
---@param priority number? higher comes first; 0 if absent
---@return fun() release
function methods:on(name, fn, priority)
  local instance = instances.of(self, "on")
  if type(fn) ~= "function" then error("plugin:on: a function is wanted", 2) end
  if priority ~= nil and type(priority) ~= "number" then error("plugin:on: the priority must be a number", 2) end
  local entry = instance.catalog[name]
  if not entry then
    local phrase = suggest.phrase(tostring(name), instance.catalog)
    error(("event '%s' is unknown%s"):format(tostring(name), phrase), 2)
  end
  local guard = instance.guard
  local handler = guard:handler(entry.kind, fn)
  if entry.kind == "question" then instance.questions[name] = math.max(instance.questions[name] or -math.huge,
    priority or 0) end
  return instance:bind(function()
    return instance.events:on(name, handler, priority, instance.owner, guard.task_options)
  end)
end

---Calls `fn` again and again, the first time after one period; never twice at once.
---@param period number|string seconds, or "90s", "2h"
---@param fn function
---@return fun() release
function methods:every(period, fn)
  local instance = instances.of(self, "every")
  local seconds, message = types.period(period)
  if not seconds or seconds <= 0 then error("plugin:every: the period " .. (message or "must be above 0"), 2) end
  if type(fn) ~= "function" then error("plugin:every: a function is wanted", 2) end
  return instance:bind(function()
    local timer, job = uv.new_timer(), nil
    local milliseconds = math.max(1, math.ceil(seconds * 1000))
    timer:start(milliseconds, milliseconds, function()
      if not job or job:has_ended() then job = instance.guard:spawn(fn) end
    end)
    return function() timer:close() end
  end)
end

---A place of the plugin's own in which it keeps what must outlive it.
---@param name string
function methods:store(name)
  local instance = instances.of(self, "store")
  if not instance.store then error("plugin:store: there is no store", 2) end
  return instance.store(instance.name, name)
end

---Has `fn()` called when the plugin goes.
---@param fn function
---@return fun() release
function methods:defer(fn)
  local instance = instances.of(self, "defer")
  if type(fn) ~= "function" then error("plugin:defer: a function is wanted", 2) end
  return instance:bind(function() return fn end)
end

---@param level btshare.log.level
---@param format string
function methods:log(level, format, ...)
  local instance = instances.of(self, "log")
  if not log.is_level(level) then error(("plugin:log: '%s' is no level"):format(tostring(level)), 2) end
  instance.log[level](format, ...)
end

local handle = {}

---@param instance btshare.plugin.instance
---@return btshare.plugin.handle
function handle.new(instance)
  local new = setmetatable({ name = instance.name }, {
    __index = function(_, name)
      if methods[name] then return methods[name] end
      error(("plugin:%s is unknown%s"):format(tostring(name), suggest.phrase(tostring(name), methods)), 2)
    end,
    __metatable = false,
  })
  instances.keep(new, instance)
  return new
end

return handle
