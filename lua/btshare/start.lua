-- The steps of a start, in their order: each opens something, and says how it is closed.
local access = require "btshare.shares.access"
local activity = require "btshare.activity"
local ahead = require "btshare.shares.ahead"
local box_care = require "btshare.boxes.care"
local box_intake = require "btshare.boxes.intake"
local boxes = require "btshare.boxes"
local budget = require "btshare.budget"
local configured = require "btshare.plugin.configured"
local connections = require "btshare.connections"
local doors = require "btshare.doors"
local downloads = require "btshare.downloads"
local exit = require "btshare.exit"
local file_counts = require "btshare.shares.file_counts"
local guests = require "btshare.shares.guests"
local hasher = require "core.hasher"
local history = require "btshare.history"
local host = require "core.host"
local hung = require "btshare.plugin.hung"
local library = require "btshare.library"
local listing = require "btshare.shares.listing"
local live = require "btshare.live"
local news_progress = require "btshare.news.progress"
local news_transfers = require "btshare.news.transfers"
local place = require "btshare.downloads.place"
local plugin = require "btshare.plugin"
local plugin_services = require "btshare.plugin_services"
local protect = require "btshare.protect"
local reachability = require "btshare.reachability"
local recipients = require "btshare.recipients"
local rows = require "btshare.shares.rows"
local seeding = require "btshare.shares.seeding"
local shares = require "btshare.shares"
local sign_in = require "btshare.sign_in"
local sources = require "btshare.live.sources"
local start_store = require "btshare.start.store"
local stays = require "btshare.shares.stays"
local transfers = require "btshare.transfers"
local uploads = require "btshare.uploads"
local uv = require "luv"

local start = {}

-- Of the codes with which a folder is refused.
local exit_of_root = { invalid = exit.usage, missing = exit.missing }

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
      return nil, path .. ": cannot be made: " .. message:gsub("^%u+: ([^:]+).*", "%1")
    elseif (uv.fs_stat(path) or {}).type ~= "directory" then -- or a link that leads nowhere
      return nil, path .. (name == "state" and ": not a folder; choose another one with --state" or ": not a folder")
    end
  end
  return true
end

function steps.lock(services)
  local locked, message, code = host.lock(services.paths.state .. "/lock")
  if code == "exists" then
    return nil, services.paths.state .. ": another btshare runs with this state; add to it with btshare add, or " ..
      "give this one a folder of its own with --state", exit.second_instance
  elseif not locked then
    return nil, message, exit.failed
  end
end

function steps.protect(services)
  services.downloads_folder, services.why_no_downloads =
    place.usual("downloads", services.config.downloads, services.paths.downloads, services.roots_expected)
  services.inbox, services.why_no_inbox =
    boxes.folder(services.config.inbox, services.downloads_folder, services.roots_expected)
  services.written.downloads, services.written.inbox = services.downloads_folder, services.inbox
  local message, exit_code
  services.sandbox, message, exit_code =
    protect.start(services.paths, services.config, services.downloads_folder, services.inbox)
  return services.sandbox and true, message, exit_code
end

steps.store = start_store

function steps.sign_in(services)
  services.sign_in = sign_in.new(services.store)
  services.sign_in:on_ended(function(kind, id)
    if services.live then services.live:cut(kind .. "/" .. id) end
  end)
end

function steps.uploads(services)
  services.uploads = uploads.new(services.config)
  services.written.uploads = services.uploads.folder
end

function steps.boxes(services)
  services.boxes = boxes.new(services, services.inbox, services.why_no_inbox)
  services.box_intake = box_intake.new(services.boxes)
  services.box_care = box_care.new(services.boxes, services.box_intake)
  services.box_care:load()
  services.closers[#services.closers + 1] = function() services.box_care:close() end
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
  services.rows = rows.new(services)
  services.listing = listing.new(services)
  services.library = library.new(services)
  services.transfers = transfers.new(function(transfer)
    return services.entrance:is_valid(transfer.share, transfer.pass)
  end)
  services.access = access.new(services)
  services.file_counts = file_counts.new(services)
  services.guests = guests.new(services)
  services.stays = stays.new(services)
  services.recipients = recipients.new(services)
  news_transfers.follow(services)
  local progress = news_progress.new(services)
  services.history = history.new(services)
  services.activity = activity.new(services)
  services.live = live.new()
  sources.connect(services.live, services)
  services.budget = budget.new(services)
  services.connections = connections.new(services)
  services.ahead = ahead.new(services)
  services.closers[#services.closers + 1] = function()
    services.ahead:close()
    progress:close()
    services.live:close()
    services.history:close()
    services.activity:close()
    services.connections:close()
    services.recipients:close()
    services.stays:close()
    services.guests:close()
    services.access:close()
    services.file_counts:close()
    services.transfers:close()
    services.library:close()
    services.shares:close()
  end
  services.engine:on("file-error", function(event)
    services.library:on_file_error(event.info_hash, event.path, event.message)
  end)
  services.engine:on("removed", function(event) -- a download may have had the torrent of a share
    if not services.shares.by_hash[event.info_hash] then seeding.pass_on(services.shares, event.info_hash) end
  end)
  services.engine:on("add-failed", function(event)
    local share = services.shares.by_hash[event.info_hash]
    if share then services.shares:fail(share, event.message) end
  end)
end

function steps.downloads(services)
  services.downloads = downloads.new(services, {
    folder = services.downloads_folder, why = services.why_no_downloads,
    roots = function() return services.library.roots end, may_discover = not services.reach:is_loopback_only(),
  })
  services.downloads:load()
  services.closers[#services.closers + 1] = function() services.downloads:close() end
end

function steps.reachability(services)
  local opened = reachability.new(services)
  services.reachability = opened
  services.closers[#services.closers + 1] = function() opened:close() end
end

local function open_hung(services)
  local opened, message = hung.open(services.paths.state .. "/holding", services.store:for_plugin " hung")
  if message then services.log.warning("%s: a plugin that hangs may not be known at the next start", message) end
  local held = opened.held
  if held and not opened:is_out(held.name) then
    local notice = "plugin %s held everything up when BTshare was ended; the third time in a row it is set aside"
    services.events:tell("notice", { level = "warning", message = notice:format(held.name) })
  end
  return opened
end

function steps.plugins(services)
  local options = plugin_services.make(services)
  options.hung = open_hung(services)
  services.plugins = plugin.manager(options)
  services.closers[#services.closers + 1] = function()
    for _, item in ipairs(services.plugins:list()) do services.plugins:unload(item.name) end
  end
  local loaded, mistakes = configured.load(services.plugins, services.config)
  return loaded, mistakes, exit.configuration
end

function steps.care(services)
  services.box_care:start()
  services.store:start()
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
    return nil, "nothing to share: name a folder, or write share \"~/Public\" into config.lua", exit.usage
  end
end

local order = {
  "folders", "lock", "protect", "store", "uploads", "boxes", "sign_in", "hasher", "doors", "domain",
  "downloads", "reachability", "plugins", "care", "roots", "control",
}

---Opens everything. Call in a task.
---@param services btshare.Services
---@return true|nil started
---@return string|string[]? message several: mistakes of config.lua
---@return integer? exit_code
function start.run(services)
  for _, name in ipairs(order) do
    local done, message, exit_code = steps[name](services)
    if done == nil and message then
      return nil, message, exit_code or exit.failed
    end
  end
  return true
end

return start
