-- What holds, and where each of it came from: rows for `btshare config show`.
local configured = require "btshare.plugin.configured"
local json = require "core.json"
local schema = require "btshare.config.schema"
local types = require "btshare.types"

local effective = {}

---@class btshare.config.row
---@field key string as config.lua has it; "limits.up" is `limits { up = … }`
---@field value any nil where there is none
---@field source "default"|"config"|"command-line"|"console"
---@field line integer? of config.lua

local hidden = "(secret)"

-- What was read by `file` is not shown, wherever it went.
local function shown(value, secrets)
  if type(value) ~= "table" then return secrets[value] and hidden or value end
  local made = {}
  for name, inner in pairs(value) do made[name] = shown(inner, secrets) end
  return made
end

local function hide_all(value)
  if type(value) == "string" then return hidden end
  if type(value) ~= "table" then return value end
  local made = {}
  for name, inner in pairs(value) do made[name] = hide_all(inner) end
  return made
end

local function address(value)
  return (value.address:find(":", 1, true) and "[%s]:%d" or "%s:%d"):format(value.address, value.port)
end

local function sorted_names(list)
  local names = {}
  for name in pairs(list) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- Every name that config.lua can give one value, with what it has.
local function singles(config)
  local values, names = {}, {}
  for name in pairs(schema.settings(types.path)) do
    names[name] = true
    values[name] = config[name]
  end
  for _, name in ipairs { "console", "public" } do values[name] = address(config[name]) end
  values.sandbox = config.sandbox and "on" or "off"
  for _, name in ipairs { "ignore", "trackers" } do
    names[name] = true
    values[name] = config[name]
  end
  for _, outer in ipairs { "limits", "torrent" } do
    for inner, value in pairs(config[outer]) do
      names[outer .. "." .. inner] = true
      values[outer .. "." .. inner] = value
    end
  end
  return values, sorted_names(names)
end

local function add_singles(list, options)
  local config, base, chosen = options.config, options.base, options.chosen
  local values, names = singles(config)
  for _, name in ipairs(names) do
    local place, value = base.places[name], values[name]
    if value == nil then value = options.usual[name] end
    value = shown(value, config.secrets)
    local row = { key = name, value = type(value) == "table" and json.array(value) or value, source = "default" }
    if place then
      row.source, row.line = place.line and "config" or "command-line", place.line
    elseif chosen[name] ~= nil then
      row.source = "console"
    end
    list[#list + 1] = row
  end
end

local function add_shares(list, config)
  for _, share in ipairs(config.shares) do
    local value = shown(share, config.secrets)
    value.line, value.ignore = nil, json.array(value.ignore)
    list[#list + 1] = { key = "share", value = value, source = "config", line = share.line }
  end
end

local function options_of(item, secrets, names)
  if not names then return hide_all(item.options) end
  local made = shown(item.options, secrets)
  for name in pairs(made) do
    if names[name] then made[name] = hidden end
  end
  return made
end

local function add_plugins(list, config, secret_options)
  for _, item in ipairs(configured.wanted(config)) do
    list[#list + 1] = {
      key = "plugin " .. item.name, value = options_of(item, config.secrets, secret_options(item.name, item.options)),
      source = item.line and "config" or "default", line = item.line,
    }
  end
end

---@class btshare.config.effective.options
---@field config btshare.config.settings what holds
---@field base btshare.config.settings as config.lua and the command line say
---@field chosen table<string, any> by key: what was set in the console
---@field usual table<string, any> what holds where neither they nor the defaults say anything
---Which options of a plugin are secret; nil: nobody knows, so all texts are.
---@field secret_options fun(plugin: string, options: table): table<string, true>?

---@param options btshare.config.effective.options
---@return btshare.config.row[]
function effective.list(options)
  local list = {}
  add_singles(list, options)
  add_shares(list, options.config)
  add_plugins(list, options.config, options.secret_options)
  for _, handler in ipairs(options.config.handlers) do
    list[#list + 1] = { key = "on " .. handler.event, source = "config", line = handler.line }
  end
  return list
end

return effective
