-- What the specs of plugins share: a manager with two folders, a bus, and notes of all that plugins do.
local catalog = require "btshare.catalog"
local events = require "btshare.events"
local helper = require "helper"
local log = require "btshare.log"
local plugin = require "btshare.plugin"
local uv = require "luv"

local plugin_bench = {}

---@class PluginBench
---@field user string folder
---@field shipped string folder
---@field bus btshare.events
---@field manager btshare.plugin.manager
---@field logged string[] "LEVEL TEXT"
---@field routes table<string, {handler: function, owner: string}>
---@field seen any[] what plugins noted by `shares.note`
---@field notices table[]
---@field now number seconds, of the manager's clock
local Bench = {}
Bench.__index = Bench

function plugin_bench.open()
  local self = setmetatable({
    user = helper.folder(), shipped = helper.folder(), logged = {}, routes = {}, seen = {}, notices = {}, now = 0,
    bus = events.new(catalog),
  }, Bench)
  local routes = self.routes
  log.set_writer(function(level, text) table.insert(self.logged, level .. " " .. text) end)
  self.ignore_notices = self.bus:on("notice", function(event) table.insert(self.notices, event) end)
  self.manager = plugin.manager {
    events = self.bus,
    folders = { self.user, self.shipped },
    services = { shares = { note = function(word) table.insert(self.seen, word) end, list = {} } },
    routes = function(pattern, handler, owner)
      assert(not routes[pattern], "the route is there already")
      routes[pattern] = { handler = handler, owner = owner }
      return function() routes[pattern] = nil end
    end,
    store = function(owner, name) return { name = owner .. "/" .. name } end,
    clock = function() return self.now end,
  }
  return self
end

---Raises where plugins have left anything behind.
function Bench:close()
  self.manager:close()
  self.ignore_notices()
  log.set_writer(nil)
  helper.remove(self.user)
  helper.remove(self.shipped)
  uv.run("nowait")
  uv.walk(function(handle) assert(handle:is_closing(), "a handle is left") end)
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

function Bench:ask()
  return self.bus:ask("share-open", {})
end

return plugin_bench
