-- The order of things: start, reload, stop, and nothing else.
local config = require "btshare.config"
local catalog = require "btshare.catalog"
local configured = require "btshare.plugin.configured"
local events = require "btshare.events"
local hasher = require "core.hasher"
local host = require "core.host"
local library = require "btshare.library"
local links = require "btshare.links"
local log = require "btshare.log"
local doors = require "btshare.doors"
local places = require "btshare.library.places"
local plugin = require "btshare.plugin"
local plugin_services = require "btshare.plugin_services"
local protect = require "btshare.protect"
local reachability = require "btshare.reachability"
local service = require "btshare.service"
local shares = require "btshare.shares"
local store = require "btshare.store"
local task = require "btshare.task"
local uv = require "luv"

local btshare = {}

---@class btshare.Services what the parts of a running BTshare know of one another
---@field host core.host
---@field log table
---@field config table
---@field paths table directories
---@field events table
---@field store btshare.Store
---@field links btshare.Links
---@field engine btshare.Engine
---@field hasher core.hasher.Hasher
---@field reach btshare.Reach
---@field reachability btshare.Reachability
---@field shares btshare.Shares
---@field library btshare.Library
---@field plugins table the plugin manager
---@field public btshare.Listener
---@field console btshare.Listener
---@field control btshare.Listener
---@field trackers (fun(share: btshare.Share): string)[] paths on the public listener where shares are announced
---@field addresses {console: string, public: string}
---@field roots_wanted table[] folders to share, of config.lua and the command line
---@field is_named table<string, true> paths on the command line
---@field sandbox string what Landlock does for us, in words
---@field started_at integer loop time, milliseconds
---@field instance btshare.Instance

---@class btshare.Instance
---@field events table
---@field services btshare.Services
local Instance = {}
Instance.__index = Instance

btshare.exit = { failed = 1, usage = 2, missing = 3, refused = 5, port = 71, lock = 73, configuration = 78 }

-- Of the codes with which a folder is refused.
local exit_of_root = { invalid = btshare.exit.usage, missing = btshare.exit.missing }

-- Each step gets the services made so far and adds its own; the first that fails ends the start.
local steps = {}

-- Folders of our own are nobody else's business: 0700.
local make_folder
function make_folder(path)
  local parent = path:match("^(.+)/[^/]+$")
  if parent and not uv.fs_stat(parent) then
    local made, message = make_folder(parent)
    if not made then return nil, message end
  end
  local made, message, name = uv.fs_mkdir(path, 448)
  return made or name == "EEXIST" or nil, message
end

-- Before anything is written: nothing of ours may end up in a shared folder.
function steps.places(services)
  for _, wanted in ipairs(services.roots_wanted) do
    local path = uv.fs_realpath(wanted.path)
    local possible, message = true, nil
    if path then
      possible, message = places.check(path, services.paths.state)
    end
    if not possible then
      return nil, message, btshare.exit.usage
    end
  end
end

function steps.folders(services)
  for _, name in ipairs { "state", "cache" } do
    local path = services.paths[name]
    local made, message = make_folder(path)
    if not made then
      return nil, path .. ": cannot be made: " .. message:gsub("^%u+: ([^:]+).*", "%1")
    end
  end
  return true
end

function steps.lock(services)
  local locked, message, code = host.lock(services.paths.state .. "/lock")
  if not locked then
    return nil, message, code == "exists" and btshare.exit.lock or btshare.exit.failed
  end
end

function steps.protect(services)
  local message, exit_code
  services.sandbox, message, exit_code = protect.start(services.paths, services.config)
  return services.sandbox and true, message, exit_code
end

local function tell_repair(services, message)
  if message then
    services.events:tell("notice", { level = "warning", message = message })
  end
end

function steps.store(services)
  local opened, message, code = store.open(services.paths.state .. "/btshare.db", function(level, trouble)
    services.events:tell("notice", { level = level, message = trouble })
  end)
  if not opened then
    return nil, message, code == "busy" and btshare.exit.lock or btshare.exit.failed
  end
  services.store = opened
  services.closers[#services.closers + 1] = function() opened:close() end
  tell_repair(services, message)
  services.links, message = links.open(opened, services.paths.state .. "/key")
  if services.links then
    tell_repair(services, message)
    return true
  end
  return nil, message
end

function steps.hasher(services)
  local opened, message = hasher.open()
  services.hasher = opened
  services.closers[#services.closers + 1] = function() opened:close() end
  return opened and true, message
end

function steps.doors(services)
  return doors.open(services)
end

function steps.domain(services)
  services.shares = shares.new(services)
  services.library = library.new(services)
  services.closers[#services.closers + 1] = function() services.library:close() end
  services.engine:on("file-error", function(event)
    services.library:on_file_error(event.info_hash, event.path, event.message)
  end)
  services.engine:on("add-failed", function(event)
    local share = services.shares.by_hash[event.info_hash]
    if share then services.shares:fail(share, event.message) end
  end)
end

function steps.reachability(services)
  local opened = reachability.new(services)
  services.reachability = opened
  services.closers[#services.closers + 1] = function() opened:close() end
end

function steps.plugins(services)
  services.plugins = plugin.manager(plugin_services.make(services))
  services.closers[#services.closers + 1] = function()
    for _, item in ipairs(services.plugins:list()) do services.plugins:unload(item.name) end
  end
  local loaded, mistakes = configured.load(services.plugins, services.config)
  return loaded, mistakes, btshare.exit.configuration
end

function steps.control(services)
  return doors.open_control(services)
end

function steps.roots(services)
  for _, wanted in ipairs(services.roots_wanted) do
    local root, message, code = services.library:add_root(wanted.path, services.library:options_for(wanted))
    if not root and code ~= "exists" then
      return nil, message, exit_of_root[code]
    end
  end
  for _, row in ipairs(services.store:query("SELECT path, only FROM roots WHERE only IS NOT NULL")) do
    local _, message, code = services.library:add_root(row.path, services.library:options_for { only = row.only })
    if message and code ~= "exists" then
      services.events:tell("notice", { level = "warning", message = message })
    end
  end
  if #services.library.roots == 0 then
    return nil, "nothing to share: name a folder, or write share \"~/Public\" into config.lua", btshare.exit.usage
  end
end

local order = {
  "places", "folders", "lock", "protect", "store", "hasher", "doors", "domain", "reachability", "plugins", "roots",
  "control",
}

local function load_config(options)
  local file = options.config_file or options.paths.config_file
  if not options.config_file and not uv.fs_stat(file) then
    file = nil -- none is needed
  end
  return config.load(file, {
    home = uv.os_homedir(), console = options.console, public = options.public, port = options.port,
    name = options.name,
  })
end

local function make_services(options, settings)
  local services = {
    host = host, log = log, config = settings, paths = options.paths, events = events.new(catalog), trackers = {},
    closers = {}, addresses = {}, started_at = uv.now(), roots_wanted = {}, is_named = {},
  }
  -- config.lua first: what it says of a folder holds also when the folder is named on the command line.
  for _, share in ipairs(settings.shares) do
    services.roots_wanted[#services.roots_wanted + 1] = share
  end
  for _, folder in ipairs(options.folders or {}) do
    services.roots_wanted[#services.roots_wanted + 1] = { path = folder }
    services.is_named[folder] = true
  end
  return services
end

local function run_steps(services)
  for _, name in ipairs(order) do
    local done, message, exit_code = steps[name](services)
    if done == nil and message then
      return nil, message, exit_code or btshare.exit.failed
    end
  end
  return true
end

-- The handlers of config.lua; those of an earlier reading go.
local function hook_config(instance, settings)
  for _, undo in ipairs(instance.undo_handlers) do undo() end
  instance.undo_handlers = {}
  for index, handler in ipairs(settings.handlers) do
    instance.undo_handlers[index] = instance.events:on(handler.event, handler.fn, nil, "config.lua")
  end
end

---Starts BTshare. Opening everything waits for the disk, so it goes on after this returns: then `started` is told, or
---`on_failed` called. Nothing of it stays open after a failure.
---@param options table {folders, paths, config_file, console, public, port, name}
---@param on_instance fun(instance: btshare.Instance) called before anything is told
---@param on_failed fun(message: string|string[], exit_code: integer) several messages: mistakes in config.lua
function btshare.start(options, on_instance, on_failed)
  local settings, mistakes = load_config(options)
  if not settings then
    on_failed(mistakes, btshare.exit.configuration)
    return
  end
  local services = make_services(options, settings)
  local instance = setmetatable({
    services = services, events = services.events, options = options, undo_handlers = {},
  }, Instance)
  services.instance = instance
  services.closers[1] = service.follow(services.events)
  hook_config(instance, settings)
  on_instance(instance)
  task.spawn(function()
    local done, message, exit_code = run_steps(services)
    if instance.is_stopping then return end
    if not done then
      instance:close()
      on_failed(message, exit_code)
      return
    end
    services.events:tell("started", {
      console = services.addresses.console, public = services.addresses.public, port = services.reach.torrent_port,
    })
    services.reachability:start()
    services.library:start()
  end)
end

-- Settings that count at start only.
local fixed = { "console", "public", "port", "map_ports", "obfuscation", "sandbox" }

local function is_same(one, other)
  if type(one) == "table" and type(other) == "table" then
    return one.address == other.address and one.port == other.port
  end
  return one == other
end

local function tell_fixed(self, settings)
  for _, name in ipairs(fixed) do
    if not is_same(settings[name], self.services.config[name]) then
      self.events:tell("notice", { level = "warning", message = name .. ": counts from the next start on" })
    end
  end
end

---Reads config.lua again. What can change while running does: limits, torrent settings, plugins, handlers, ignore,
---shares. Call in a task.
---@return string[]? mistakes of the file: nothing has changed; of plugins: they run on as they were
function Instance:reload_now()
  local settings, mistakes = load_config(self.options)
  if not settings then
    return mistakes
  end
  local services = self.services
  local done, message = configured.reload(services.plugins, settings)
  if not done then
    return message
  end
  done, message = services.engine:reconfigure(settings)
  if not done then
    return { message }
  end
  tell_fixed(self, settings)
  hook_config(self, settings)
  services.config = settings
  services.library:reload(settings.shares)
  services.events:tell("reloaded", {})
end

---As `reload_now`, in a task of its own; mistakes are told as notices.
function Instance:reload()
  task.spawn(function()
    for _, mistake in ipairs(self:reload_now() or {}) do
      self.events:tell("notice", { level = "error", message = mistake })
    end
  end)
end

---Begins the clean stop; the loop ends by itself when all is closed. Idempotent.
---@param reason string
function Instance:stop(reason)
  if self.is_stopping then return end
  self.is_stopping = true
  self.events:tell("stopping", { reason = reason })
  self:close()
end

---@private
function Instance:close()
  local closers = self.services.closers
  for index = #closers, 1, -1 do
    host.call(closers[index])
  end
  self.services.closers = {}
end

return btshare
