-- Plugins: finds, loads, swaps and unloads them, and switches off those that keep failing.
local commands = require "btshare.plugin.commands"
local instance = require "btshare.plugin.instance"
local panels = require "btshare.plugin.panels"
local routes = require "btshare.plugin.routes"
local suggest = require "btshare.suggest"
local uv = require "luv"

local plugin = {}

---@class btshare.plugin.options
---@field events btshare.events
---@field catalog table<string, btshare.catalog.entry>? of all events, if not the program's
---@field folders string[] where plugins are looked for, first come first served: the user's, the shipped
---@field services table<string, table>? what plugins get by `require "btshare.NAME"`; types and task are there anyway
---@field routes btshare.plugin.add_route? adds a route, returns its undo
---@field store (fun(plugin: string, name: string): any)? opens a plugin's store
---@field clock (fun(): number)? seconds, monotonic
---@field now (fun(): integer)? what plugins take for the time, seconds since 1970

---@class btshare.plugin.entry
---@field name string
---@field options table
---@field instance btshare.plugin.instance
---@field routes btshare.plugin.routes
---@field state "running"|"off"
---@field reason string? why it is off
---@field package release fun()? of the noes that stand in for it while it is off

---@class btshare.plugin.manager
---@field commands btshare.plugin.Commands
---@field package entries table<string, btshare.plugin.entry>
local manager = {}
manager.__index = manager
for name, method in pairs(panels) do manager[name] = method end

---@param options btshare.plugin.options
---@return btshare.plugin.manager
function plugin.manager(options)
  return setmetatable({
    events = options.events, catalog = options.catalog or require "btshare.catalog", folders = options.folders,
    services = options.services or {}, store = options.store, clock = options.clock,
    add_route = options.routes or function() error("plugin:route: there are no routes", 0) end,
    entries = {}, commands = commands.new(), now = options.now,
  }, manager)
end

local function names_in(folders)
  local names = {}
  for _, folder in ipairs(folders) do
    local listing = uv.fs_scandir(folder)
    while listing do
      local name = uv.fs_scandir_next(listing)
      if not name then break end
      names[#names + 1] = name:match("^(.+)%.lua$")
    end
  end
  return names
end

local function find(self, name)
  if type(name) ~= "string" or not name:find("^%w[%w_-]*$") then
    return nil, ("plugin '%s': a name has letters, digits, '-' and '_'"):format(tostring(name)), "invalid"
  end
  for _, folder in ipairs(self.folders) do
    local path = folder .. "/" .. name .. ".lua"
    if uv.fs_stat(path) then return path end
  end
  local phrase = suggest.phrase(name, names_in(self.folders))
  local places = table.concat(self.folders, " or ")
  return nil, ("plugin '%s': there is no %s.lua in %s%s"):format(name, name, places, phrase), "missing"
end

-- All that the plugin opened goes, but the questions that it answered are answered with no until it is
-- loaded again or unloaded.
local function switch_off(self, entry, failed, message)
  if entry.instance ~= failed or entry.state == "off" then return end
  entry.state, entry.reason = "off", message
  local undos = {}
  for name, priority in pairs(failed.questions) do
    undos[#undos + 1] = self.events:on(name, failed.guard:refusal(), priority, failed.owner)
  end
  entry.release = function()
    for _, undo in ipairs(undos) do undo() end
  end
  failed:close()
  failed.guard:tell_out(self.events, message)
end

-- Finds, records and opens; what is running is not touched.
local function prepare(self, entry, options)
  local path, message, code = find(self, entry.name)
  if not path then return nil, message, code end
  local new = instance.new(entry.name, path, options, {
    events = self.events, catalog = self.catalog, services = self.services, routes = entry.routes,
    store = self.store, clock = self.clock, commands = self.commands, now = self.now,
    on_out = function(failed, problem) switch_off(self, entry, failed, problem) end,
  })
  local done
  done, message, code = new:record()
  if done then done, message, code = new:open() end
  if done then return new end
  new:close()
  return nil, ("plugin '%s': %s"):format(entry.name, message), code, new.mistakes
end

---Whether a plugin could be loaded, as far as that is known without opening what it opens.
---@param name string
---@param options table?
---@return true|nil possible
---@return string? message
---@return string? code
---@return btshare.plugin.mistake[]? mistakes in its options, each for itself
function manager:check(name, options)
  local path, message, code = find(self, name)
  if not path then return nil, message, code end
  local rehearsed = instance.new(name, path, options or {}, {
    events = self.events, catalog = self.catalog, services = self.services, routes = routes.new(self.add_route, name),
    store = self.store, clock = self.clock, commands = self.commands, now = self.now, on_out = function() end,
  })
  local done
  done, message, code = rehearsed:record()
  rehearsed:close()
  if done then return true end
  return nil, ("plugin '%s': %s"):format(name, message), code, rehearsed.mistakes
end

local function close(entry)
  if entry.release then entry.release() end
  entry.release = nil
  entry.instance:close()
end

---Loads a plugin, wholly or not at all.
---@param name string
---@param options table?
---@return true|nil loaded
---@return string? message
---@return string? code
---@return btshare.plugin.mistake[]? mistakes in its options, each for itself
function manager:load(name, options)
  if self.entries[name] then return nil, ("plugin '%s': it is loaded already"):format(name), "exists" end
  local entry = { name = name, options = options or {}, state = "running" }
  entry.routes = routes.new(self.add_route, "plugin " .. tostring(name))
  local new, message, code, mistakes = prepare(self, entry, entry.options)
  if not new then return nil, message, code, mistakes end
  entry.instance = new
  self.entries[name] = entry
  return true
end

local function missing(name)
  return nil, ("plugin '%s': it is not loaded"):format(tostring(name)), "missing"
end

---Undoes all that a plugin did, and ends its tasks.
---@param name string
---@return true|nil unloaded
---@return string? message
---@return string? code
function manager:unload(name)
  local entry = self.entries[name]
  if not entry then return missing(name) end
  self.entries[name] = nil
  close(entry)
  return true
end

---Reads a plugin's file again. The new form is opened before the old one goes; if it cannot be, the old
---one goes on as if nothing had happened.
---@param name string
---@param options table? new ones; absent: as before
---@return true|nil reloaded
---@return string? message
---@return string? code
---@return btshare.plugin.mistake[]? mistakes in its options, each for itself
function manager:reload(name, options)
  local entry = self.entries[name]
  if not entry then return missing(name) end
  options = options or entry.options
  local new, message, code, mistakes = prepare(self, entry, options)
  if not new then return nil, message, code, mistakes end
  close(entry)
  entry.instance, entry.options, entry.state, entry.reason = new, options, "running", nil
  return true
end

---@class btshare.plugin.listed
---@field name string
---@field description string?
---@field path string
---@field state "running"|"off"
---@field reason string? why it is off
---@field strikes integer errors in the last ten minutes

---@return btshare.plugin.listed[] plugins by name
function manager:list()
  local list = {}
  for name, entry in pairs(self.entries) do
    list[#list + 1] = {
      name = name, description = entry.instance.description, path = entry.instance.path, state = entry.state,
      reason = entry.reason,
      strikes = entry.instance.guard:strike_count(),
    }
  end
  table.sort(list, function(left, right) return left.name < right.name end)
  return list
end

---Unloads all.
function manager:close()
  for _, item in ipairs(self:list()) do self:unload(item.name) end
end

return plugin
