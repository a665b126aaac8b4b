-- Runs config.lua: what its names mean, and how its mistakes are gathered.
local environment = require "btshare.environment"
local log = require "btshare.log"
local schema = require "btshare.config.schema"
local suggest = require "btshare.suggest"
local task = require "btshare.task"
local types = require "btshare.types"
local words = require "btshare.config.words"

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

---The line of the file from which this was called, through however many functions.
---@return integer line 0 where none was
function script:line()
  local level = 2
  while true do
    local frame = debug.getinfo(level, "Sl")
    if not frame then return 0 end
    if frame.source == "@" .. self.path then return frame.currentline end
    level = level + 1
  end
end

---Notes a mistake in the line that runs.
---@param format string
function script:complain(format, ...)
  table.insert(self.mistakes, { line = self:line(), message = format:format(...) })
end

---Notes that the line that runs sets something.
---@param name string "limits.up" for a value inside braces
function script:note(name)
  self.settings.places[name] = { line = self:line() }
end

-- The globals of the file: functions, settings, and nothing else.
local function globals(self, path)
  local known = environment.library()
  known.print = environment.print_to(log.info)
  for name, fn in pairs(words.functions(self, path, nothing)) do
    known[name] = function(...)
      if self.is_sealed then error(name .. ": it is too late, the file has been read", 2) end
      return fn(...)
    end
  end
  local checks = schema.settings(path)
  local names = {}
  for name in pairs(known) do table.insert(names, name) end
  for name in pairs(checks) do table.insert(names, name) end

  local function refuse(format, name)
    local message = format:format(tostring(name), suggest.phrase(name, names))
    if self.is_sealed then error(message, 3) end
    self:complain("%s", message)
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
        if checked == nil then return self:complain("%s %s", name, message) end
        self.settings[name] = checked
        self:note(name)
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
  local watch = task.watch { name = "config.lua", source = "@" .. self.path }
  local options = { watch = watch, on_error = function() end }
  local job = task.spawn_with(options, chunk)
  local succeeded, problem = job:wait()
  if not succeeded then add_failure(self, problem) end
  self.is_sealed = true
end

return script
