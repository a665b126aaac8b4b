-- What the specs of plugins share: a manager with two folders, a bus, and notes of all that plugins do.
local catalog = require "btshare.catalog"
local events = require "btshare.events"
local helper = require "helper"
local log = require "btshare.log"
local plugin = require "btshare.plugin"
local task = require "btshare.task"
local uv = require "luv"

local plugin_bench = {}

---@class PluginBench
---@field user string folder
---@field shipped string folder
---@field bus btshare.events
---@field manager btshare.plugin.manager
---@field logged string[] "LEVEL TEXT"
---@field routes table<string, {handler: function, owner: string, about: table}>
---@field seen any[] what plugins noted by `shares.note`
---@field notices table[]
---@field now number seconds, of the manager's clock
---@field time integer what plugins take for the time
local Bench = {}
Bench.__index = Bench

function plugin_bench.open()
  local self = setmetatable({
    user = helper.folder(), shipped = helper.folder(), logged = {}, routes = {}, seen = {}, notices = {}, now = 0,
    time = 1700000000,
    bus = events.new(catalog),
  }, Bench)
  local routes = self.routes
  log.set_writer(function(level, text) table.insert(self.logged, level .. " " .. text) end)
  self.ignore_notices = self.bus:on("notice", function(event) table.insert(self.notices, event) end)
  self.manager = plugin.manager {
    events = self.bus,
    folders = { self.user, self.shipped },
    services = { shares = { note = function(word) table.insert(self.seen, word) end, list = {} } },
    routes = function(pattern, handler, owner, about)
      local key = (about.on == "console" and "console " or "") .. pattern
      assert(not routes[key], "the route is there already")
      routes[key] = { handler = handler, owner = owner, about = about }
      return function() routes[key] = nil end
    end,
    now = function() return self.time end,
    store = function(owner, name) return { name = owner .. "/" .. name } end,
    clock = function() return self.now end,
  }
  return self
end

-- What was ended may take a moment to end.
function Bench.is_tidy()
  local deadline = uv.hrtime() + 5e9
  repeat
    uv.run("nowait")
    local is_left = false
    uv.walk(function(handle) is_left = is_left or not handle:is_closing() end)
    if not is_left then return true end
    uv.sleep(2)
  until uv.hrtime() > deadline
end

---Raises where plugins have left anything behind.
function Bench:close()
  self.manager:close()
  self.ignore_notices()
  log.set_writer(nil)
  helper.remove(self.user)
  helper.remove(self.shipped)
  assert(self:is_tidy(), "a handle is left")
  for name in pairs(catalog) do assert(not self.bus:has(name), name .. " is still handled") end
  assert(not next(self.routes), "a route is left")
end

local head = 'local plugin = ...\nlocal shares = require "btshare.shares"\n'

---@param name string
---@param text string what follows the two lines that every plugin here begins with
---@param folder string? default: the user's
function Bench:write(name, text, folder)
  helper.write((folder or self.user) .. "/" .. name .. ".lua", head .. text)
end

function Bench:load(name, text, options)
  self:write(name, text)
  return self.manager:load(name, options)
end

---Asks a route as its listener does.
---@param route string "GET /x", or "console GET /x"
---@param request table? over an empty one
---@param parameters table<string, any>?
---@return core.http.Reply
function Bench:request(route, request, parameters)
  local whole = { method = "GET", segments = {}, query = "", headers = {}, body = "", address = "192.0.2.1" }
  for name, value in pairs(request or {}) do whole[name] = value end
  local answer
  task.spawn(function() answer = self.routes[route].handler(whole, parameters or {}) end)
  helper.wait_for(function() return answer end, 10, "the answer of " .. route)
  return answer
end

---What a plugin named "api" gets by `require "btshare.NAME"`.
---@param name string
---@return table
function Bench:api(name)
  if not self.manager.entries.api then assert(self:load("api", "")) end
  return require("btshare.plugin.helpers." .. name).new(self.manager.entries.api.instance)
end

---Runs something in a task and waits for its end.
---@param fn function
---@return any ... what it returned
function Bench.wait(_, fn, ...)
  local job = task.spawn(fn, ...)
  helper.wait_for(function() return job:has_ended() end, 20, "the task")
  return select(2, job:wait())
end

function Bench:ask()
  return self.bus:ask("share-open", {})
end

return plugin_bench
