-- A start that opens nothing: what is wrong with a configuration that reads well.
local catalog = require "btshare.catalog"
local configured = require "btshare.plugin.configured"
local doors = require "btshare.doors"
local events = require "btshare.events"
local exit = require "btshare.exit"
local places = require "btshare.library.places"
local plugin = require "btshare.plugin"
local plugin_services = require "btshare.plugin_services"
local reach = require "btshare.reach"
local uv = require "luv"

local rehearsal = {}

local function nothing() end

local function empty_list()
  return {}
end

-- A BTshare that shares nothing, for plugins that look around while they are loaded.
local function empty_services(settings, paths)
  local values = { get = nothing, set = function() return true end }
  return {
    config = settings, paths = paths, events = events.new(catalog), trackers = {}, reach = reach.new {},
    shares = { by_id = {}, list = empty_list, describe = nothing, ends = { overdue = empty_list } },
    links = { find = nothing, token = function() return "" end },
    store = { for_plugin = function() return values end },
  }
end

---Plugins that open nothing.
---@param settings btshare.config.settings
---@param paths table directories
---@return btshare.plugin.manager
function rehearsal.manager(settings, paths)
  return plugin.manager(plugin_services.make(empty_services(settings, paths)))
end

local function placed(settings, line, message)
  return line and ("%s:%d: %s"):format(settings.file, line, message) or message
end

-- In the order of a start, each with its exit code there.
local checks = {
  { exit.usage, function(settings, paths, complain)
    for _, share in ipairs(settings.shares) do
      local path = uv.fs_realpath(share.path) -- what is not there is waited for
      local possible, message = true, nil
      if path then possible, message = places.check(path, paths.state) end
      if not possible then complain(placed(settings, share.line, "share: " .. message)) end
    end
  end },
  { exit.not_here, function(settings, _, complain)
    local possible, message = doors.check_console(settings.console)
    if not possible then complain(placed(settings, (settings.places.console or {}).line, message)) end
  end },
  { exit.configuration, function(settings, paths, complain)
    local manager = rehearsal.manager(settings, paths)
    local _, mistakes = configured.check(manager, settings)
    for _, mistake in ipairs(mistakes or {}) do complain(mistake) end
  end },
}

---What would end a start with these settings, as far as that is known without opening anything.
---@param settings btshare.config.settings
---@param paths table directories
---@return string[] mistakes
---@return integer exit_code that the start would end with
function rehearsal.run(settings, paths)
  local mistakes, exit_code = {}, exit.ok
  for _, check in ipairs(checks) do
    check[2](settings, paths, function(mistake)
      mistakes[#mistakes + 1] = mistake
      if exit_code == exit.ok then exit_code = check[1] end
    end)
  end
  return mistakes, exit_code
end

return rehearsal
