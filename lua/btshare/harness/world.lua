-- What a plugin's tests have in place of a BTshare: the real loader, events and routes, and nothing else that is real.
local clock = require "btshare.harness.clock"
local events = require "btshare.events"
local examples = require "btshare.harness.examples"
local files = require "btshare.harness.files"
local guard = require "btshare.plugin.guard"
local log = require "btshare.log"
local outside = require "btshare.harness.outside"
local plugin = require "btshare.plugin"
local requests = require "btshare.harness.requests"
local services = require "btshare.harness.services"
local shares = require "btshare.harness.shares"
local task = require "btshare.task"
local uv = require "luv"

---@class btshare.harness.World
---@field name string of the plugin
---@field path string of its file
---@field clock btshare.harness.Clock
---@field bus btshare.events
---@field shares btshare.harness.Shares
---@field outside btshare.harness.Outside
---@field requests btshare.harness.Requests
---@field manager btshare.plugin.manager
---@field lines {level: string, text: string}[] of the log
---@field errors string[] of the plugin, with their tracebacks, that no test has taken yet
---@field told {name: string, event: table}[] facts that were told
---@field handled table<string, boolean> names of events that the plugin handles
---@field plays table<string, function> functions of services that the test plays itself
---@field private undo_strikes fun()
---@field is_loaded boolean?
---@field refusal string? why it could not be loaded
---@field was_tried boolean? whether it was loaded, or would have been
---@field private stores table<string, table<string, any>>
local World = {}
World.__index = World

local world = {}

-- Real time for which an answer of the system is waited for, in nanoseconds.
local patience = 500 * 1000000

-- A store that is gone with the test; `set` waits, as the real one does.
local function open_store(values)
  return {
    get = function(name) return values[name] end,
    set = function(name, value)
      if task.is_inside() then task.yield() end
      values[name] = value
      return true
    end,
  }
end

local function watched_bus(self, catalog)
  local bus = events.new(catalog)
  local on, tell = bus.on, bus.tell
  function bus.on(...)
    local _, name, _, _, owner = ...
    if owner then self.handled[name] = true end
    return on(...)
  end
  function bus.tell(of, name, event)
    table.insert(self.told, { name = name, event = event })
    return tell(of, name, event)
  end
  return bus
end

local function note(self)
  local prefix = "plugin " .. self.name .. ": "
  return function(level, text)
    local own = text:sub(1, #prefix) == prefix and text:sub(#prefix + 1) or text
    table.insert(self.lines, { level = level, text = own })
  end
end

-- Each error of a plugin is a strike, whatever the loader then makes of it.
local function watch_strikes(self)
  local strike = guard.strike
  self.undo_strikes = function() guard.strike = strike end
  guard.strike = function(of, traceback, ...)
    table.insert(self.errors, traceback)
    return strike(of, traceback, ...)
  end
end

---@param path string of the plugin's file, absolute
---@param bundled table<string, table>? further services
---@return btshare.harness.World
function world.open(path, bundled)
  local folder, name = path:match("^(.*)/([^/]+)%.lua$")
  local self = setmetatable({
    name = name, path = path, clock = clock.new(), lines = {}, errors = {}, told = {}, handled = {}, stores = {},
    plays = {},
    outside = outside.new(), requests = requests.new(),
  }, World)
  self.catalog = require "btshare.catalog"
  self.bus = watched_bus(self, self.catalog)
  self.shares = shares.new(self)
  local own = self.outside:services()
  own.shares = self.shares.service
  for service, members in pairs(bundled or {}) do own[service] = members end
  self.manager = plugin.manager {
    events = self.bus, catalog = self.catalog, folders = { folder }, services = services.make(self, own),
    routes = function(...) return self.requests:add(...) end,
    store = function(_, store_name) return open_store(self:values(store_name)) end,
    clock = function() return self.clock.now end,
    now = function() return math.floor(self.clock.now) end,
  }
  self.clock:install()
  log.set_writer(note(self))
  watch_strikes(self)
  return self
end

---What the plugin keeps by `plugin:store(name)`.
---@param name string
---@return table<string, any>
function World:values(name)
  self.stores[name] = self.stores[name] or {}
  return self.stores[name]
end

---@param options table?
---@return true|nil loaded
---@return string? message
function World:load(options)
  if self.is_loaded then return nil, "it is loaded already" end
  self.was_tried = true
  local loaded, message, code, mistakes = self.manager:load(self.name, options or {})
  self.is_loaded, self.refusal = loaded, message
  return loaded, message, code, mistakes
end

local function instance_of(self)
  local entry = self.manager.entries[self.name]
  return entry and entry.instance
end

-- Tasks of the plugin that wait for something else than a time that a test can bring.
local function is_busy(self)
  local instance = instance_of(self)
  if not instance then return false end
  local alive = 0
  for _ in pairs(instance.guard.group) do alive = alive + 1 end
  return alive > self.clock:sleepers()
end

---Waits until the plugin has done what it can do without time going on. Call in a task.
function World:settle()
  local deadline = uv.hrtime() + patience
  while is_busy(self) and uv.hrtime() < deadline do task.yield() end
end

---@param name string
---@param given table?
---@return table event whole
function World:event(name, given)
  local event, message = examples.event(name, self.catalog[name], given or {}, self)
  return event or error(message, 3)
end

---Ends all, and gives the system its time back.
function World:close()
  self.manager:close()
  files.remove(self.outside)
  self.undo_strikes()
  self.clock:uninstall()
  log.set_writer(nil)
end

return world
