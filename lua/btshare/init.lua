-- The order of things: start, reload, stop, and nothing else.
local config = require "btshare.config"
local catalog = require "btshare.catalog"
local events = require "btshare.events"
local hasher = require "core.hasher"
local host = require "core.host"
local library = require "btshare.library"
local links = require "btshare.links"
local log = require "btshare.log"
local doors = require "btshare.doors"
local downloads = require "btshare.routes.downloads"
local plugin = require "btshare.plugin"
local plugin_services = require "btshare.plugin_services"
local protect = require "btshare.protect"
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
---@field shares btshare.Shares
---@field library btshare.Library
---@field plugins table the plugin manager
---@field public btshare.Listener
---@field console btshare.Listener
---@field control btshare.Listener
---@field trackers (fun(share: btshare.Share): string)[] paths on the public listener where shares are announced
---@field web_seeds fun(share: btshare.Share, where: string?, link: string?): string[] paths, see shares.web_seed
---@field http_traffic btshare.http.Traffic
---@field deliveries btshare.Delivery
---@field addresses {console: string, public: string}
---@field sandbox string what Landlock does for us, in words
---@field started_at integer loop time, milliseconds
---@field instance btshare.Instance

---@class btshare.Instance
---@field events table
---@field services btshare.Services
local Instance = {}
Instance.__index = Instance

btshare.exit = { failed = 1, usage = 2, refused = 5, port = 71, lock = 73, configuration = 78 }

local default_plugins = { "tracker", "expiry" }

-- What config.lua names and what is on by default, as far as it is not switched off.
local function wanted_plugins(settings)
  local wanted, named = {}, {}
  for _, item in ipairs(settings.plugins) do
    named[item.name] = true
    if item.options ~= false then
      wanted[#wanted + 1] = item
    end
  end
  for _, name in ipairs(default_plugins) do
    if not named[name] then
      wanted[#wanted + 1] = { name = name, options = {} }
    end
  end
  return wanted
end

-- A plugin that cannot load ends the start: BTshare must not run without its password plugin over a typo (law 8).
local function load_plugins(services, settings)
  for _, item in ipairs(wanted_plugins(settings)) do
    local loaded, message = services.plugins:load(item.name, item.options)
    if not loaded then
      return nil, message, btshare.exit.configuration
    end
  end
  return true
end

-- Each plugin is swapped only for one that has loaded; what is no longer wanted goes last.
local function reload_plugins(services, settings)
  local mistakes, keep, running = {}, {}, {}
  for _, item in ipairs(services.plugins:list()) do
    running[item.name] = true
  end
  for _, item in ipairs(wanted_plugins(settings)) do
    keep[item.name] = true
    local method = running[item.name] and services.plugins.reload or services.plugins.load
    local loaded, message = method(services.plugins, item.name, item.options)
    if not loaded then
      mistakes[#mistakes + 1] = message
    end
  end
  for name in pairs(running) do
    if not keep[name] then
      services.plugins:unload(name)
    end
  end
  return #mistakes > 0 and mistakes or nil
end

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

function steps.folders(services)
  for _, name in ipairs { "state", "cache" } do
    local path = services.paths[name]
    local made, message = make_folder(path)
    if not made then
      return nil, path .. ": cannot be made: " .. message
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

function steps.store(services)
  local opened, message, code = store.open(services.paths.state .. "/btshare.db", function(why)
    log.error("%s; nothing is stored any more, please restart BTshare", why)
  end)
  if not opened then
    return nil, message, code == "busy" and btshare.exit.lock or btshare.exit.failed
  end
  services.store = opened
  services.closers[#services.closers + 1] = function() opened:close() end
  if message then
    services.events:tell("notice", { level = "warning", message = message })
  end
  services.links, message = links.open(opened, services.paths.state .. "/key")
  return services.links and true, message
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
  downloads.add(services.public.router, services)
  services.closers[#services.closers + 1] = function() services.library:close() end
  services.engine:on("file-error", function(event)
    services.library:on_file_error(event.info_hash, event.path, event.message)
  end)
  services.engine:on("add-failed", function(event)
    local share = services.shares.by_hash[event.info_hash]
    if share then services.shares:fail(share, event.message) end
  end)
end

function steps.plugins(services)
  services.plugins = plugin.manager(plugin_services.make(services))
  services.closers[#services.closers + 1] = function()
    for _, item in ipairs(services.plugins:list()) do services.plugins:unload(item.name) end
  end
  return load_plugins(services, services.config)
end

function steps.control(services)
  return doors.open_control(services)
end

function steps.roots(services)
  for _, wanted in ipairs(services.roots_wanted) do
    local root, message, code = services.library:add_root(wanted.path, services.library:options_for(wanted))
    if not root and code == "exists" then
      services.events:tell("notice", { level = "warning", message = wanted.path .. ": named twice; shared once" })
    elseif not root then
      return nil, message, code == "invalid" and btshare.exit.usage or btshare.exit.failed
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

local order = { "folders", "lock", "protect", "store", "hasher", "doors", "domain", "plugins", "roots", "control" }

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
    closers = {}, addresses = {}, started_at = uv.now(), roots_wanted = {},
  }
  for _, folder in ipairs(options.folders or {}) do
    services.roots_wanted[#services.roots_wanted + 1] = { path = folder }
  end
  for _, share in ipairs(settings.shares) do
    services.roots_wanted[#services.roots_wanted + 1] = share
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

local function hook_config(services, settings)
  for _, handler in ipairs(settings.handlers or {}) do
    services.events:on(handler.event, handler.fn, nil, "config.lua")
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
  local instance = setmetatable({ services = services, events = services.events, options = options }, Instance)
  services.instance = instance
  hook_config(services, settings)
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
    services.library:start()
  end)
end

---Reads config.lua again. What can change while running does: limits, torrent settings, plugins, ignore, shares.
---@return string[]? mistakes nothing has changed
function Instance:reload_now()
  local settings, mistakes = load_config(self.options)
  if not settings then
    return mistakes
  end
  local services = self.services
  local applied, message = services.engine:reconfigure(settings)
  if not applied then
    return { message }
  end
  mistakes = reload_plugins(services, settings)
  if mistakes then
    return mistakes
  end
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
