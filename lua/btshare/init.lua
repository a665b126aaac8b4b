-- A running BTshare: started, reloaded, stopped.
local catalog = require "btshare.catalog"
local configured = require "btshare.plugin.configured"
local events = require "btshare.events"
local handlers = require "btshare.config.handlers"
local host = require "core.host"
local log = require "btshare.log"
local reading = require "btshare.reading"
local service = require "btshare.service"
local start = require "btshare.start"
local task = require "btshare.task"
local uv = require "luv"
local watch = require "btshare.plugin.watch"

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
---@field rows btshare.Rows
---@field listing btshare.Listing
---@field api btshare.api.Table
---@field settings btshare.Settings
---@field uploads btshare.Uploads
---@field inbox string? the folder for what others send
---@field why_no_inbox string?
---@field boxes btshare.Boxes
---@field box_intake btshare.boxes.Intake
---@field box_care btshare.boxes.Care
---@field library btshare.Library
---@field downloads btshare.Downloads
---@field downloads_folder string? where they are saved; nil, and why, where this process may write to none
---@field why_no_downloads string?
---@field plugins table the plugin manager
---@field public btshare.Listener
---@field console btshare.Listener
---@field control btshare.Listener
---@field api btshare.api.Table
---@field sign_in btshare.SignIn
---@field trusted_proxies table<string, true> by address
---@field trackers (fun(share: btshare.Share, link: string?, grant: string?): string)[] paths to announce at
---@field web_seeds fun(share: btshare.Share, where: string?, link: string?, grant: string?): string[] paths (BEP 19)
---@field pages btshare.Pages the public pages, and what they say where something cannot be had
---@field http_traffic btshare.http.Traffic
---@field deliveries btshare.Delivery of shares
---@field file_deliveries btshare.Delivery of single files of folders
---@field transfers btshare.Transfers
---@field entrance btshare.Entrance
---@field access btshare.Access
---@field file_counts btshare.FileCounts
---@field guests btshare.Guests
---@field stays btshare.Stays
---@field budget btshare.Budget
---@field recipients btshare.Recipients
---@field history btshare.History
---@field activity btshare.Activity
---@field live btshare.Live
---@field ahead btshare.Ahead
---@field connections btshare.Connections
---@field addresses {console: string, public: string}
---@field roots_wanted table[] folders to share, of config.lua and the command line
---@field roots_expected {path: string, only: string?}[] the same, resolved, and what was added earlier
---@field written btshare.Written
---@field is_named table<string, true> paths on the command line
---@field sandbox string what Landlock does for us, in words
---@field started_at integer loop time, milliseconds
---@field is_started boolean whether all shares are known
---@field instance btshare.Instance

---@class btshare.Instance
---@field events table
---@field services btshare.Services
---@field private jobs table<btshare.task.job, true> a start or reload under way
---@field private reloading btshare.task.mutex one at a time
---@field private changing btshare.task.mutex held by who changes settings
---@field private unwatch fun()? ends the watch on the files of plugins
local Instance = {}
Instance.__index = Instance

local function make_services(options, settings, shared)
  local services = {
    host = host, log = log, config = settings, paths = options.paths, events = events.new(catalog), trackers = {},
    closers = {}, addresses = {}, started_at = uv.now(), roots_wanted = {}, is_named = {}, is_started = false,
    roots_expected = shared, written = {},
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

-- Which names and which proxies the console believes.
local function set_trust(services, settings)
  services.trusted_proxies = {}
  for _, address in ipairs(settings.trusted_proxies) do services.trusted_proxies[address] = true end
  for _, socket in ipairs(services.console and services.console.sockets or {}) do
    socket:set_hosts(settings.allowed_hosts)
  end
end

-- The handlers of config.lua; those of an earlier reading go.
local function hook_config(instance, settings)
  if instance.undo_handlers then instance.undo_handlers() end
  instance.undo_handlers = handlers.hook(instance.events, settings)
end

-- Whether the files of plugins are watched, as the configuration says now.
local function watch_plugins(instance, settings)
  if instance.unwatch then instance.unwatch() end
  instance.unwatch = nil
  local plugins = instance.services.plugins
  if settings.plugins_watch and plugins then
    instance.unwatch = watch.open(plugins.folders, function(name) return plugins:has(name) end, function()
      instance:reload()
    end)
  end
end

local function tell_notes(services, notes)
  for _, note in ipairs(notes) do services.events:tell("notice", { level = "warning", message = note }) end
end

---Starts BTshare. Opening everything waits for the disk, so it goes on after this returns: then `started` is told, or
---`on_failed` called. Nothing of it stays open after a failure.
---@param options table {folders, paths, config_file, console, public, port, name}
---@param on_instance fun(instance: btshare.Instance) called before anything is told
---@param on_failed fun(message: string|string[], exit_code: integer) several messages: mistakes in config.lua
function btshare.start(options, on_instance, on_failed)
  local settings, found = reading.read(options, {})
  if not settings then
    on_failed(found.mistakes, found.exit_code)
    return
  end
  local services = make_services(options, settings, found.roots)
  local instance = setmetatable({
    services = services, events = services.events, options = options, jobs = {}, reloading = task.mutex(),
    changing = task.mutex(),
  }, Instance)
  services.instance = instance
  services.closers[1] = service.follow(services.events)
  hook_config(instance, settings)
  set_trust(services, settings)
  on_instance(instance)
  tell_notes(services, found.untold)
  task.spawn_with({ group = instance.jobs }, function()
    local done, message, exit_code = start.run(services)
    if not done then
      instance:close()
      on_failed(message, exit_code)
      return
    end
    services.is_started = true
    watch_plugins(instance, settings)
    services.events:tell("started", {
      console = services.addresses.console, key_url = services.sign_in:key_url(services.addresses.console),
      public = services.addresses.public, port = services.reach.torrent_port,
      only_here = services.reach:why_here_only(),
    })
    services.shares:tell_restored()
    services.reachability:start()
    services.library:start()
    services.downloads:start()
  end)
end

---Reads config.lua again. What can change while running does: limits, torrent settings, plugins, handlers, ignore,
---shares. Call in a task.
---@return string[]? mistakes of the file, of folders or of plugins: nothing has changed
---@return string[]? notes where it has: what does not count yet, and folders that are not there
function Instance:reload_now()
  local _ <close> = self.reloading:lock()
  local services = self.services
  local settings, found = reading.read(self.options, {
    kept = services.library:added(), written = services.written, manager = services.plugins,
  })
  if not settings then
    return found.mistakes
  end
  local merged = services.settings:over(settings)
  local plugins, wrong = configured.prepare(services.plugins, merged)
  if not plugins then
    return wrong
  end
  local done, message = services.engine:reconfigure(merged)
  if not done then
    plugins.discard()
    return { message }
  end
  plugins.commit()
  local late = reading.late(merged, services.config)
  for _, untold in ipairs { late, found.untold } do tell_notes(services, untold) end
  hook_config(self, settings)
  set_trust(services, merged)
  watch_plugins(self, merged)
  services.settings.base, services.config = settings, merged
  services.library:reload(merged.shares)
  services.events:tell("reloaded", {})
  return nil, table.move(found.notes, 1, #found.notes, #late + 1, late)
end

---Changes settings, as the console asks: stored, and in force at once where they can be. Call in a task.
---@param wanted table<string, any> by key; null takes back what was set in the console
---@return true|nil done
---@return string? message
---@return string? code see btshare.Settings.plan, or of an error
---@return string? key
function Instance:change_settings(wanted)
  local _ <close> = self.changing:lock()
  local services = self.services
  local settings = services.settings
  local chosen, message, code, key = settings:plan(wanted)
  if not chosen then
    return nil, message, code, key
  end
  local former, changed = services.config, settings:over(settings.base, chosen)
  local done
  done, message = services.engine:reconfigure(changed)
  if not done then
    return nil, message, "refused"
  end
  done, message, code = settings:keep(chosen)
  if not done then
    services.engine:reconfigure(former)
    return nil, message, code
  end
  services.config = changed
  if table.concat(former.ignore, "\n") ~= table.concat(changed.ignore, "\n") then
    services.library:reload(changed.shares)
  end
  services.events:tell("reloaded", {})
  return true
end

---As `reload_now`, in a task of its own; mistakes are told as notices.
function Instance:reload()
  task.spawn_with({ group = self.jobs }, function()
    for _, mistake in ipairs(self:reload_now() or {}) do
      self.events:tell("notice", { level = "error", message = mistake })
    end
  end)
end

---Begins the clean stop; the loop ends by itself when all is closed. Idempotent.
---@param reason string
---@param exit_code integer? where it is not the one of a clean end
function Instance:stop(reason, exit_code)
  if self.is_stopping then return end
  self.is_stopping = true
  task.cancel(self.jobs)
  self.events:tell("stopping", { reason = reason, exit_code = exit_code })
  local downloads = self.services.downloads
  if not downloads or not next(downloads.by_id) then return self:finish(reason) end
  task.spawn(function()
    downloads:save_all()
    self:finish(reason)
  end)
end

-- Nobody is let in any more, while those who are told still work.
---@private
function Instance:finish(reason)
  local public = self.services.public
  if public then host.call(public.close, public) end
  self.events:tell("stopped", { reason = reason })
  self:close()
end

---@private
function Instance:close()
  watch_plugins(self, {})
  local closers = self.services.closers
  for index = #closers, 1, -1 do
    host.call(closers[index])
  end
  self.services.closers = {}
end

return btshare
