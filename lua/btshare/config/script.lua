-- Runs config.lua: what its names mean, and how its mistakes are gathered.
local catalog = require "btshare.catalog"
local environment = require "btshare.environment"
local log = require "btshare.log"
local schema = require "btshare.config.schema"
local small_file = require "btshare.small_file"
local suggest = require "btshare.suggest"
local task = require "btshare.task"
local types = require "btshare.types"

---@class btshare.config.script
---@field path string
---@field settings btshare.config.settings what it fills in
---@field mistakes {line: integer, message: string}[]
---@field package is_sealed boolean? whether it has run: later, its handlers may only read
local script = {}
script.__index = script

-- Stands for a name that does not exist, so that the rest of the file can be checked too.
local nothing = {}
setmetatable(nothing, {
  __call = function() return nothing end,
  __index = function() return nothing end,
  __newindex = function() end,
  __concat = function() return "" end,
})

-- The line of the file from which this was called, through however many functions.
local function current_line(self)
  local level = 2
  while true do
    local frame = debug.getinfo(level, "Sl")
    if not frame then return 0 end
    if frame.source == "@" .. self.path then return frame.currentline end
    level = level + 1
  end
end

local function complain(self, format, ...)
  table.insert(self.mistakes, { line = current_line(self), message = format:format(...) })
end

local function check_fields(self, fields, values, where)
  local checked, messages = types.fields(fields, values, where)
  for _, message in ipairs(messages or {}) do complain(self, "%s", message) end
  return checked
end

local function add_share(self, path, value)
  local fields = {}
  for name, field in pairs(type(value) == "table" and value or { value }) do
    fields[name == 1 and "path" or name] = field
  end
  local share = check_fields(self, schema.share(path), fields, "share:")
  if not share then return end
  for _, other in ipairs(self.settings.shares) do
    if other.path == share.path then
      return complain(self, "share: %s is shared already, by line %d", share.path, other.line)
    end
  end
  share.line = current_line(self)
  table.insert(self.settings.shares, share)
end

local function add_plugin(self, name)
  if type(name) ~= "string" or not name:find("^%w[%w_-]*$") then
    complain(self, "plugin: a name of letters, digits, '-' and '_' must follow")
    return nothing
  end
  for _, other in ipairs(self.settings.plugins) do
    if other.name == name then
      complain(self, "plugin '%s' is there already, in line %d", name, other.line)
      return nothing
    end
  end
  local entry = { name = name, options = {}, line = current_line(self) }
  table.insert(self.settings.plugins, entry)
  return function(options)
    if type(options) ~= "table" then
      return complain(self, "plugin '%s': its options must stand in braces", name)
    end
    entry.options = options
  end
end

-- Handlers have no longer than plugins: what never ends would hold the whole program up.
local function watched(fn)
  local options = { watch = true, name = "a handler in config.lua", on_error = function() end }
  return function(event)
    local results = table.pack(task.spawn_with(options, fn, event):wait())
    if not results[1] then error(results[3] or results[2], 0) end
    return table.unpack(results, 2, results.n)
  end
end

local function add_handler(self, event, fn)
  if not catalog[event] then
    complain(self, "event '%s' is unknown%s", tostring(event), suggest.phrase(tostring(event), catalog))
  elseif type(fn) ~= "function" then
    complain(self, "on('%s'): a function must follow", event)
  else
    table.insert(self.settings.handlers, { event = event, fn = watched(fn), line = current_line(self) })
  end
end

local function read_secret(self, path, value)
  local where, message = path(value)
  local content
  if where then content, message = small_file.read(where) else message = "its argument " .. message end
  if content then return (content:gsub("[\r\n]+$", "")) end
  complain(self, "file: %s", message)
  return ""
end

local function add_torrent_settings(self, values)
  for name, value in pairs(values) do
    local kind = type(value)
    if type(name) ~= "string" then
      complain(self, "torrent: '%s' must have a name", tostring(value))
    elseif kind ~= "string" and kind ~= "number" and kind ~= "boolean" then
      complain(self, "torrent: '%s' must be a text, a number, true or false", name)
    else
      self.settings.torrent[name] = value
    end
  end
end

local function add_patterns(self, patterns)
  local checked, message = schema.patterns(patterns)
  if not checked then return complain(self, "ignore: %s", message) end
  table.move(checked, 1, #checked, #self.settings.ignore + 1, self.settings.ignore)
end

-- The functions that config.lua can call.
local function functions(self, path)
  local function with_table(name, fn)
    return function(values)
      if type(values) ~= "table" then return complain(self, "%s: braces must follow", name) end
      fn(values)
    end
  end
  return {
    share = function(value) add_share(self, path, value) end,
    ignore = with_table("ignore", function(values) add_patterns(self, values) end),
    limits = with_table("limits", function(values)
      self.settings.limits = check_fields(self, schema.limits, values, "limits:") or self.settings.limits
    end),
    torrent = with_table("torrent", function(values) add_torrent_settings(self, values) end),
    plugin = function(name) return add_plugin(self, name) end,
    on = function(event, fn) add_handler(self, event, fn) end,
    file = function(value) return read_secret(self, path, value) end,
    print = environment.print_to(log.info),
  }
end

-- The globals of the file: functions, settings, and nothing else.
local function globals(self, path)
  local known = environment.library()
  for name, fn in pairs(functions(self, path)) do known[name] = fn end
  local checks = schema.settings(path)
  local names = {}
  for name in pairs(known) do table.insert(names, name) end
  for name in pairs(checks) do table.insert(names, name) end

  local function refuse(format, name)
    local message = format:format(tostring(name), suggest.phrase(name, names))
    if self.is_sealed then error(message, 3) end
    complain(self, "%s", message)
  end
  return setmetatable({}, {
    __index = function(_, name)
      if known[name] ~= nil then return known[name] end
      if checks[name] then return self.settings[name] end
      refuse("'%s' is unknown%s", name)
      return nothing
    end,
    __newindex = function(_, name, value)
      local check = checks[name]
      if self.is_sealed then
        error(("'%s' cannot be set once the file has been read; 'local' makes a variable"):format(name), 2)
      elseif known[name] ~= nil then
        refuse("'%s' is called, not assigned", name)
      elseif not check then
        refuse("setting '%s' is unknown%s", name)
      else
        local checked, message = check(value)
        if checked == nil then return complain(self, "%s %s", name, message) end
        self.settings[name] = checked
      end
    end,
    __metatable = false,
  })
end

-- An error message begins with a place, in which Lua shortens long paths.
local function add_failure(self, message)
  local line, text = message:match(":(%d+): (.*)$")
  table.insert(self.mistakes, { line = tonumber(line) or 0, message = text or message })
end

---@param path string of the file, absolute
---@param home string? what `~` means
---@param settings btshare.config.settings
---@return btshare.config.script
function script.new(path, home, settings)
  local self = setmetatable({ path = path, settings = settings, mistakes = {} }, script)
  self.globals = globals(self, types.path_from(home, path:match("^(.*)/[^/]*$") or "."))
  return self
end

---Runs the file's text; what is wrong is in `mistakes` afterwards.
---@param text string
function script:run(text)
  local chunk, message = load(text, "@" .. self.path, "t", self.globals)
  if not chunk then return add_failure(self, message) end
  local options = { watch = true, name = "config.lua", source = "@" .. self.path, on_error = function() end }
  local job = task.spawn_with(options, chunk)
  local succeeded, problem = job:wait()
  if not succeeded then add_failure(self, problem) end
  self.is_sealed = true
end

return script
