-- The configuration: config.lua in Lua, every line optional, all mistakes reported together.
local schema = require "btshare.config.schema"
local script = require "btshare.config.script"
local small_file = require "btshare.small_file"
local types = require "btshare.types"
local uv = require "luv"

local config = {}

---@class btshare.config.options
---@field home string? what `~` means
---@field name string? the rest: from the command line, as config.lua would write it, and stronger
---@field console string?
---@field public string?
---@field port integer?

-- The words of the command line win over the file.
local function apply_flags(settings, options, mistakes)
  local checks = schema.settings(types.path_from(options.home, uv.cwd()))
  for _, name in ipairs { "name", "console", "public", "port" } do
    if options[name] ~= nil then
      local checked, message = checks[name](options[name])
      if checked ~= nil then
        settings[name], settings.places[name] = checked, {}
      else
        table.insert(mistakes, ("--%s %s"):format(name, message))
      end
    end
  end
end

local function run_file(path, options, settings, mistakes)
  local text, message = small_file.read(path)
  if not text then
    table.insert(mistakes, message)
    return
  end
  local file = script.new(path, options.home, settings)
  file:run(text)
  for index, mistake in ipairs(file.mistakes) do mistake.order = index end
  table.sort(file.mistakes, function(left, right)
    if left.line ~= right.line then return left.line < right.line end
    return left.order < right.order
  end)
  for _, mistake in ipairs(file.mistakes) do
    table.insert(mistakes, ("%s:%d: %s"):format(path, mistake.line, mistake.message))
  end
end

---Reads the configuration.
---@param path string? of config.lua; none: the defaults
---@param options btshare.config.options?
---@return btshare.config.settings|nil settings
---@return string[]? mistakes "FILE:LINE: message", in order of the lines
---@return string? code "invalid"
---@return btshare.config.settings? rest what is not wrong of it; nothing to run with
function config.load(path, options)
  options = options or {}
  local settings, mistakes = schema.defaults(), {}
  settings.file = path
  if path then run_file(path, options, settings, mistakes) end
  apply_flags(settings, options, mistakes)
  if #mistakes > 0 then return nil, mistakes, "invalid", settings end
  return settings
end

---What is wrong with a configuration.
---@param path string?
---@param options btshare.config.options?
---@return string[] mistakes none where all is well
function config.check(path, options)
  local _, mistakes = config.load(path, options)
  return mistakes or {}
end

return config
