-- The configuration: config.lua in Lua, every line optional, all mistakes reported together.
local mistakes = require "btshare.config.mistakes"
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
local function apply_flags(settings, options, list)
  local checks = schema.settings(types.path_from(options.home, uv.cwd()))
  for _, name in ipairs { "name", "console", "public", "port" } do
    if options[name] ~= nil then
      local checked, message = checks[name](options[name])
      if checked ~= nil then
        settings[name], settings.places[name] = checked, {}
      else
        table.insert(list, { message = ("--%s %s"):format(name, message) })
      end
    end
  end
end

---Reads the configuration as far as it can be read.
---@param path string? of config.lua; none: the defaults
---@param options btshare.config.options?
---@return btshare.config.settings settings what is not wrong of it; to run with only where nothing is
---@return btshare.config.Mistake[] list
function config.read(path, options)
  options = options or {}
  local settings, list = schema.defaults(), {}
  settings.file = path
  if path then
    local text, message = small_file.read(path)
    if text then
      local file = script.new(path, options.home, settings)
      file:run(text)
      list = file.mistakes
    else
      list[1] = { message = message }
    end
  end
  apply_flags(settings, options, list)
  return settings, list
end

---Reads the configuration.
---@param path string? of config.lua; none: the defaults
---@param options btshare.config.options?
---@return btshare.config.settings|nil settings
---@return string[]? mistakes "FILE:LINE: message", in order of the lines
---@return string? code "invalid"
function config.load(path, options)
  local settings, list = config.read(path, options)
  if #list > 0 then return nil, mistakes.texts(path, list), "invalid" end
  return settings
end

---What is wrong with a configuration.
---@param path string?
---@param options btshare.config.options?
---@return string[] mistakes none where all is well
function config.check(path, options)
  local _, list = config.load(path, options)
  return list or {}
end

return config
