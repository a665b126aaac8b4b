-- The plugins that config.lua names, and those that are on by default: loads them, and brings them in line later.
local mistakes = require "btshare.config.mistakes"
local option_lines = require "btshare.config.option_lines"

local configured = {}

local default_plugins = { "tracker", "expiry" }

-- What is named and what is on by default, as far as it was not said to be off.
---@param settings btshare.config.settings
---@return {name: string, options: table, line: integer?}[] plugins without a line are there by default
function configured.wanted(settings)
  local list, named = {}, {}
  for _, item in ipairs(settings.plugins) do
    named[item.name] = true
    if item.options ~= false then
      list[#list + 1] = item
    end
  end
  for _, name in ipairs(default_plugins) do
    if not named[name] then
      list[#list + 1] = { name = name, options = {} }
    end
  end
  return list
end

-- What is wrong with a plugin; of its options each mistake in its own line.
local function add_mistakes(list, settings, item, message, details)
  if not details then
    list[#list + 1] = { line = item.line, message = message }
    return
  end
  local own = {}
  for index, mistake in ipairs(details) do
    own[index] = {
      line = option_lines.find(settings.file, item.line, mistake.option),
      message = ("plugin '%s': %s"):format(item.name, mistake.message),
    }
  end
  table.sort(own, function(one, other) return one.message < other.message end)
  table.move(own, 1, #own, #list + 1, list)
end

---Opens all in the form that they have now, beside what runs, so that they can take over together or not at all.
---@param manager btshare.plugin.manager
---@param settings btshare.config.settings
---@return btshare.plugin.change|nil change
---@return string[]? mistakes all that cannot be, each with its place in config.lua
function configured.prepare(manager, settings)
  local list = configured.wanted(settings)
  local change, wrong = manager:prepare(list)
  if change then
    return change
  end
  local found = {}
  for _, mistake in ipairs(wrong) do
    add_mistakes(found, settings, list[mistake.index], mistake.message, mistake.details)
  end
  return nil, mistakes.texts(settings.file, found)
end

---Loads all. One that cannot load ends the start: BTshare must not run without its password plugin over a typo (law 8).
---@param manager btshare.plugin.manager
---@param settings btshare.config.settings
---@return true|nil loaded
---@return string[]? mistakes
function configured.load(manager, settings)
  local change, wrong = configured.prepare(manager, settings)
  if not change then
    return nil, wrong
  end
  change.commit()
  return true
end

---What keeps any from being loaded, without opening anything.
---@param manager btshare.plugin.manager
---@param settings btshare.config.settings
---@return btshare.config.Mistake[]
function configured.look(manager, settings)
  local found = {}
  for _, item in ipairs(configured.wanted(settings)) do
    local possible, message, _, details = manager:check(item.name, item.options)
    if not possible then add_mistakes(found, settings, item, message, details) end
  end
  return found
end

return configured
