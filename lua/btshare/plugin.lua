-- Plugins: finds, loads, swaps and unloads them, and sets aside those that keep failing.
local aside = require "btshare.plugin.aside"
local commands = require "btshare.plugin.commands"
local find = require "btshare.plugin.find"
local instance = require "btshare.plugin.instance"
local lines = require "btshare.plugin.lines"
local panels = require "btshare.plugin.panels"
local routes = require "btshare.plugin.routes"
local task = require "btshare.task"

local plugin = {}

---@class btshare.plugin.options
---@field events btshare.events
---@field catalog table<string, btshare.catalog.entry>? of all events, if not the program's
---@field folders string[] where plugins are looked for, first come first served: the user's, the shipped
---@field services table<string, table>? what plugins get by `require "btshare.NAME"`; types and task are there anyway
---@field routes btshare.plugin.add_route? adds a route, returns its undo
---@field store (fun(plugin: string, name: string): any)? opens a plugin's store
---@field clock (fun(): number)? seconds, monotonic
---@field hung btshare.plugin.Hung? who held everything up in earlier runs
---@field now (fun(): integer)? what plugins take for the time, seconds since 1970

---@class btshare.plugin.entry
---@field name string
---@field options table
---@field instance btshare.plugin.instance
---@field routes btshare.plugin.routes
---@field state "running"|"set aside"
---@field reason string? why it is set aside
---@field lines btshare.plugin.Lines what it logged, in whichever form
---@field package release fun()? of the noes that stand in for it while it is set aside

---@class btshare.plugin.manager
---@field commands btshare.plugin.Commands
---@field folders string[]
---@field package entries table<string, btshare.plugin.entry>
local manager = {}
manager.__index = manager
for name, method in pairs(panels) do manager[name] = method end

---Once the program has given up its rights: a thread watches the plugins.
---@param options btshare.plugin.options
---@return btshare.plugin.manager
function plugin.manager(options)
  task.watch_closely()
  return setmetatable({
    events = options.events, catalog = options.catalog or require "btshare.catalog", folders = options.folders,
    services = options.services or {}, store = options.store, clock = options.clock,
    add_route = options.routes or function() error("plugin:route: there are no routes", 0) end,
    entries = {}, commands = commands.new(), now = options.now, hung = options.hung,
  }, manager)
end

-- All that the plugin opened goes, but the questions that it answered are answered with no until it is
-- loaded again or unloaded.
local function set_aside(self, entry, failed, message)
  if entry.instance ~= failed or entry.state == "set aside" then return end
  entry.state, entry.reason = "set aside", message
  entry.release = aside.refuse(self.events, failed, failed.questions)
  failed:close()
  aside.tell(self.events, entry, failed.guard:say_out(message))
end

local function new_instance(self, entry, path, options)
  return instance.new(entry.name, path, options, {
    events = self.events, catalog = self.catalog, services = self.services, routes = entry.routes,
    store = self.store, clock = self.clock, commands = self.commands, now = self.now,
    on_out = function(failed, problem) set_aside(self, entry, failed, problem) end,
    on_line = function(level, text) entry.lines:add(level, text) end,
  })
end

-- Finds, records and opens; what is running is not touched.
local function open_new(self, entry, options)
  local path, message, code = find.allowed(self.folders, entry.name, self.events)
  if not path then return nil, message, code end
  local new = new_instance(self, entry, path, options)
  local done
  done, message, code = new:record()
  if done then done, message, code = new:open() end
  if done then return new end
  new:close()
  return nil, ("plugin '%s': %s"):format(entry.name, message), code, new.mistakes
end

-- Runs its file without opening anything.
local function rehearse(self, name, options)
  local path, message, code = find.file(self.folders, name)
  if not path then return nil, message, code end
  local rehearsed = instance.new(name, path, options or {}, {
    events = self.events, catalog = self.catalog, services = self.services, routes = routes.new(self.add_route, name),
    store = self.store, clock = self.clock, commands = self.commands, now = self.now, on_out = function() end,
  })
  local done
  done, message, code = rehearsed:record()
  rehearsed:close()
  if done then return rehearsed end
  return rehearsed, message, code
end

---Whether a plugin could be loaded, as far as that is known without opening what it opens.
---@param name string
---@param options table?
---@return true|nil possible
---@return string? message
---@return string? code
---@return btshare.plugin.mistake[]? mistakes in its options, each for itself
function manager:check(name, options)
  local rehearsed, message, code = rehearse(self, name, options)
  if not rehearsed then return nil, message, code end
  if not message then return true end
  return nil, ("plugin '%s': %s"):format(name, message), code, rehearsed.mistakes
end

---Which options of a plugin are not to be seen.
---@param name string
---@param options table?
---@return table<string, true>? names nil where that cannot be said
function manager:secret_options(name, options)
  local entry = self.entries[name]
  if entry then return entry.instance.secret_options or {} end
  local rehearsed, message = rehearse(self, name, options)
  if not rehearsed or message then return nil end
  return rehearsed.secret_options or {}
end

local function close(entry)
  if entry.release then entry.release() end
  entry.release = nil
  entry.instance:close()
end

local function entry_for(self, name)
  local routes_of = routes.new(self.add_route, "plugin " .. tostring(name))
  return self.entries[name] or {
    name = name, routes = routes_of, state = "running", lines = lines.new(self.now or os.time),
  }
end

-- Puts what was prepared in the place of what ran, if anything did.
local function swap(self, entry, new, options)
  local is_known = self.entries[entry.name] ~= nil
  if is_known then close(entry) end
  entry.instance, entry.options, entry.state, entry.reason = new, options, "running", nil
  self.entries[entry.name] = entry
  if self.hung then self.hung:note(entry.name, new.questions) end
  self.events:tell(is_known and "plugin-reloaded" or "plugin-loaded", { name = entry.name })
end

-- What held everything up again and again must be there, but is not run.
local function prepare_aside(self, entry, options)
  local path, message = find.file(self.folders, entry.name)
  return path and new_instance(self, entry, path, options), message
end

local function put_aside(self, entry, new, options)
  local is_known = entry.state == "set aside"
  if entry.instance then close(entry) end
  entry.instance, entry.options, entry.state = new, options, "set aside"
  entry.reason = ("it held everything up until BTshare was ended, three times in a row; "
    .. "btshare plugin reload %s lets it in again"):format(entry.name)
  entry.release = aside.refuse(self.events, new, aside.questions(self.catalog, self.hung:questions(entry.name)))
  self.entries[entry.name] = entry
  if not is_known then aside.tell(self.events, entry, ("%s is set aside: %s"):format(new.owner, entry.reason)) end
end

---@class btshare.plugin.change
---@field discard fun() all that was prepared goes; what ran goes on
---@field commit fun() what was prepared takes over, and what is not wanted any more goes last

---Prepares that these plugins run, in the form that their files have now, and no others. All are opened beside what
---runs already; then the caller says what is to be done: everything, or nothing.
---@param wanted {name: string, options: table}[]
---@return btshare.plugin.change|nil change
---@return {index: integer, message: string, details: btshare.plugin.mistake[]?}[]? mistakes one for each plugin that
---cannot be; nothing has changed
function manager:prepare(wanted)
  local prepared, mistakes, keep = {}, {}, {}
  local function discard()
    for _, item in ipairs(prepared) do item.instance:close() end
  end
  local undo = discard
  local _ <close> = task.on_close(function() undo() end) -- also where the task is cancelled while others are asked
  for index, item in ipairs(wanted) do
    keep[item.name] = true
    local entry = entry_for(self, item.name)
    local is_out = self.hung and self.hung:is_out(item.name)
    local new, message, _, details = (is_out and prepare_aside or open_new)(self, entry, item.options)
    prepared[#prepared + 1] = new and {
      entry = entry, instance = new, options = item.options, take_over = is_out and put_aside or swap,
    }
    if not new then mistakes[#mistakes + 1] = { index = index, message = message, details = details } end
  end
  if #mistakes > 0 then return nil, mistakes end
  undo = function() end
  return {
    discard = discard,
    commit = function()
      for _, item in ipairs(prepared) do item.take_over(self, item.entry, item.instance, item.options) end
      for _, item in ipairs(self:list()) do
        if not keep[item.name] then self:unload(item.name) end
      end
    end,
  }
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
  local entry = entry_for(self, name)
  local new, message, code, mistakes = open_new(self, entry, options or {})
  if not new then return nil, message, code, mistakes end
  swap(self, entry, new, options or {})
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
  self.events:tell("plugin-unloaded", { name = name })
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
  local new, message, code, mistakes = open_new(self, entry, options)
  if not new then return nil, message, code, mistakes end
  if self.hung then self.hung:forgive(name) end
  swap(self, entry, new, options)
  return true
end

---@param name string
---@return boolean
function manager:has(name)
  return self.entries[name] ~= nil
end

---@class btshare.plugin.listed
---@field name string
---@field description string?
---@field path string
---@field state "running"|"set aside"
---@field reason string? why it is set aside
---@field strikes integer errors in the last hour
---@field memory integer bytes that were allocated while its code ran and have not been freed since
---@field held {count: integer, longest: number, place: string?}? how often it held everything up, and the longest time

---@return btshare.plugin.listed[] plugins by name
function manager:list()
  local list = {}
  for name, entry in pairs(self.entries) do
    local guard = entry.instance.guard
    list[#list + 1] = {
      name = name, description = entry.instance.description, path = entry.instance.path, state = entry.state,
      reason = entry.reason, strikes = guard:strike_count(), memory = guard:memory(), held = guard.held,
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
