-- One loaded form of a plugin: its chunk, its handle, and all that it has opened.
local environment = require "btshare.environment"
local guard = require "btshare.plugin.guard"
local handle = require "btshare.plugin.handle"
local helpers = require "btshare.plugin.helpers"
local log = require "btshare.log"
local parts = require "btshare.plugin.parts"
local scope = require "btshare.scope"
local small_file = require "btshare.small_file"
local suggest = require "btshare.suggest"
local types = require "btshare.types"

---@class btshare.plugin.instance
---@field name string
---@field owner string "plugin NAME"
---@field path string
---@field given_options table
---@field has_options boolean? whether the chunk asked for its options
---@field questions table<string, number> the questions it answers, with its highest priority
---@field panels btshare.plugin.Panel[]
---@field notices table[] as given to plugin:notice, checked
---@field mistakes btshare.plugin.mistake[]? in its options
---@field secret_options table<string, true>? names of options that are not to be seen
---@field description string? the first line of its file, where that is a comment
---@field guard btshare.plugin.guard
---@field scope btshare.scope
---@field package recorded {open: function}[]? what to open; nil once it is open
local instance = {}
instance.__index = instance

---@class btshare.plugin.mistake
---@field option any its name
---@field message string

---@class btshare.plugin.surroundings
---@field events btshare.events
---@field catalog table<string, btshare.catalog.entry>
---@field services table<string, table> what `require "btshare.NAME"` gives
---@field routes btshare.plugin.routes
---@field store (fun(plugin: string, name: string): any)?
---@field clock (fun(): number)?
---@field commands btshare.plugin.Commands
---@field now (fun(): integer)? what plugins take for the time, seconds since 1970; default: the system's
---@field on_out fun(self: btshare.plugin.instance, message: string) it made too many errors
---@field on_line (fun(level: btshare.log.level, text: string))? it logged

---@param name string
---@param path string
---@param options table
---@param surroundings btshare.plugin.surroundings
---@return btshare.plugin.instance
function instance.new(name, path, options, surroundings)
  local self = setmetatable({
    name = name, owner = "plugin " .. name, path = path, given_options = options, questions = {}, panels = {},
    notices = {},
    recorded = {}, log = log.for_plugin(name, surroundings.on_line), scope = scope.new("plugin " .. name),
    events = surroundings.events, catalog = surroundings.catalog, services = surroundings.services,
    routes = surroundings.routes, store = surroundings.store, commands = surroundings.commands,
    now = surroundings.now or os.time,
  }, instance)
  self.guard = guard.new {
    owner = self.owner, source = "@" .. path, log = self.log, clock = surroundings.clock,
    on_out = function(message) surroundings.on_out(self, message) end,
  }
  self.scope:own(function() self.guard:cancel() end)
  return self
end

-- `require` gives a plugin what the program offers, and nothing else: plugins do not know one another.
local function require_for(self)
  local offered = helpers.for_instance(self)
  offered.types = types
  for name, service in pairs(self.services) do offered[name] = service end
  offered.task = self.guard:task_view()
  local views = {}
  return function(module)
    local name = tostring(module):match("^btshare%.(.+)$")
    if not name or not offered[name] then
      local names = {}
      for other in pairs(offered) do names[#names + 1] = "btshare." .. other end
      error(("module '%s' is not for plugins%s"):format(tostring(module), suggest.phrase(tostring(module), names)), 2)
    end
    views[name] = views[name] or environment.read_only(module, offered[name])
    return views[name]
  end
end

local function globals(self)
  local known = environment.library()
  known.require = parts.requirer(self.path, require_for(self), known)
  known.print = environment.print_to(self.log.info)
  known._G = known
  return known
end

-- A plugin that asks for none has none.
local function refuse_options(self)
  local messages = {}
  self.mistakes = {}
  for name in pairs(self.given_options) do
    local message = ("option '%s' is unknown, there are none"):format(tostring(name))
    messages[#messages + 1] = message
    self.mistakes[#messages] = { option = name, message = message }
  end
  table.sort(messages)
  return nil, table.concat(messages, "; "), "invalid"
end

---Runs the chunk, which only notes what is to be opened.
---@return true|nil recorded
---@return string? message
---@return string? code
function instance:record()
  local text, message, code = small_file.read(self.path)
  if not text then return nil, message, code end
  self.description = text:match("^%-%-+%s*([^\n]*%S)")
  local ran
  ran, message = self.guard:run_now(function()
    local chunk, problem = load(text, "@" .. self.path, "t", globals(self))
    if not chunk then error(problem, 0) end
    chunk(handle.new(self))
  end)
  if not ran then return nil, message, "invalid" end
  if not self.has_options and next(self.given_options) ~= nil then return refuse_options(self) end
  return true
end

local function open_one(self, entry)
  local opened, message = self.guard:run_now(entry.open)
  if not opened then return nil, message end
  local undo = opened[1]
  if type(undo) ~= "function" then return nil, opened[2] or "what was bound has no undo" end
  entry.owned = self.scope:own(function()
    local undone, problem = self.guard:undo_now(undo)
    if not undone then error(problem, 0) end
  end)
  return true
end

---Opens what was recorded, up to the first that cannot be: then the instance is the caller's to close.
---@return true|nil opened
---@return string? message
---@return string? code
function instance:open()
  local recorded = self.recorded
  self.recorded = nil
  for _, entry in ipairs(recorded) do
    if not entry.is_released then
      local opened, message = open_one(self, entry)
      if not opened then return nil, message, "failed" end
    end
  end
  return true
end

---@param open fun(): fun()
---@return fun() release
function instance:bind(open)
  local entry = { open = open }
  if self.recorded then
    table.insert(self.recorded, entry)
  else
    local opened, message = open_one(self, entry)
    if not opened then error(message, 0) end
  end
  return function()
    entry.is_released = true
    if entry.owned then entry.owned:release() end
  end
end

---Undoes all, and ends the plugin's tasks.
function instance:close()
  self.guard:cancel()
  self.scope:close()
end

---@return fun(...): any
function instance:request_handler(fn)
  return function(...)
    local results = table.pack(self.guard:call(fn, ...))
    if not results[1] then return nil, self.owner .. " failed", "failed" end
    return table.unpack(results, 2, results.n)
  end
end

return instance
