-- A start that opens nothing: what is wrong with a configuration that reads well.
local catalog = require "btshare.catalog"
local config = require "btshare.config"
local configured = require "btshare.plugin.configured"
local doors = require "btshare.doors"
local events = require "btshare.events"
local exit = require "btshare.exit"
local layout = require "btshare.library.layout"
local mistakes = require "btshare.config.mistakes"
local plugin = require "btshare.plugin"
local plugin_services = require "btshare.plugin_services"
local reach = require "btshare.reach"

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

local function joined(...)
  local list = {}
  for _, part in ipairs { ... } do table.move(part, 1, #part, #list + 1, list) end
  return list
end

-- Whether the console would be open to others.
local function check_console(settings)
  local possible, message, code = doors.check_console(settings.console)
  if possible then return {} end
  return { { line = (settings.places.console or {}).line, message = message, exit = code } }
end

-- What is wrong with plugins, but for what follows from another mistake of the same line.
local function look_at_plugins(settings, around, list)
  local has_one = {}
  for _, mistake in ipairs(list) do has_one[mistake.line or false] = true end
  local manager = around.manager or rehearsal.manager(settings, around.paths)
  for _, mistake in ipairs(configured.look(manager, settings)) do
    if not mistake.line or not has_one[mistake.line] then list[#list + 1] = mistake end
  end
end

-- A console that would be open to others is told apart from all else; what only the command line says is no
-- configuration's mistake.
local function exit_code_of(list)
  local code
  for _, mistake in ipairs(list) do
    local own = mistake.exit or exit.configuration
    if own == exit.not_here then return own end
    if not code or own == exit.configuration then code = own end
  end
  return code or exit.ok
end

---@class btshare.rehearsal.Around: btshare.library.Around
---@field manager btshare.plugin.manager? of a running instance
---@field plugins_too boolean? whether plugins are looked at also where nothing else is wrong

---@class btshare.rehearsal.Found
---@field mistakes string[] "FILE:LINE: message", in order of the lines
---@field exit_code integer with which a start would end
---@field notes string[] likewise: what ends no start, and should be known
---@field untold string[] those of them that nobody tells by himself
---@field roots {path: string, only: string?}[] what would be shared

---Reads the configuration, and finds all that would end a start with it, as far as that is known without opening
---anything. A start loads the plugins itself, and finds what is wrong with them then.
---@param file string? config.lua
---@param flags btshare.config.options
---@param around btshare.rehearsal.Around
---@return btshare.config.settings? settings none where something is wrong
---@return btshare.rehearsal.Found
function rehearsal.read(file, flags, around)
  local settings, list = config.read(file, flags)
  local found = layout.look(settings, around)
  list = joined(list, found.mistakes, check_console(settings))
  if around.plugins_too or #list > 0 then look_at_plugins(settings, around, list) end
  return #list == 0 and settings or nil, {
    mistakes = mistakes.texts(file, list), exit_code = exit_code_of(list), roots = found.roots,
    notes = mistakes.texts(file, joined(found.awaited, found.notes)), untold = mistakes.texts(file, found.notes),
  }
end

return rehearsal
