-- The plugins that config.lua names, and those that are on by default: loads them, and brings them in line later.
local configured = {}

local default_plugins = { "tracker", "expiry" }

-- What is named and what is on by default, as far as it is not switched off.
local function wanted(settings)
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

local function place(settings, item, message)
  return item.line and ("%s:%d: %s"):format(settings.file, item.line, message) or message
end

-- Has a method of the manager called for each.
local function with_each(manager, method, settings)
  local mistakes = {}
  for _, item in ipairs(wanted(settings)) do
    local done, message = method(manager, item.name, item.options)
    if not done then
      mistakes[#mistakes + 1] = place(settings, item, message)
    end
  end
  if #mistakes > 0 then
    return nil, mistakes
  end
  return true
end

---Loads all. One that cannot load ends the start: BTshare must not run without its password plugin over a typo (law 8).
---@param manager btshare.plugin.manager
---@param settings btshare.config.settings
---@return true|nil loaded
---@return string[]? mistakes
function configured.load(manager, settings)
  return with_each(manager, manager.load, settings)
end

---Whether all could be loaded, without opening anything.
---@param manager btshare.plugin.manager
---@param settings btshare.config.settings
---@return true|nil possible
---@return string[]? mistakes
function configured.check(manager, settings)
  return with_each(manager, manager.check, settings)
end

---Swaps each plugin for its new form, where that loads; what is no longer wanted goes last.
---@param manager btshare.plugin.manager
---@param settings btshare.config.settings
---@return true|nil done
---@return string[]? mistakes plugins that run on in their old form, or not at all if they are new
function configured.reload(manager, settings)
  local mistakes, keep, running = {}, {}, {}
  for _, item in ipairs(manager:list()) do
    running[item.name] = true
  end
  for _, item in ipairs(wanted(settings)) do
    keep[item.name] = true
    local method = running[item.name] and manager.reload or manager.load
    local loaded, message = method(manager, item.name, item.options)
    if not loaded then
      mistakes[#mistakes + 1] = place(settings, item, message)
    end
  end
  if #mistakes > 0 then
    return nil, mistakes
  end
  for name in pairs(running) do
    if not keep[name] then
      manager:unload(name)
    end
  end
  return true
end

return configured
