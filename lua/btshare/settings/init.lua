-- The settings that hold: the default, in its place what was set in the console, in its place what config.lua says.
local definitions = require "btshare.settings.definitions"
local effective = require "btshare.config.effective"
local json = require "core.json"
local schema = require "btshare.config.schema"
local uv = require "luv"
local values = require "btshare.settings.values"

---@class btshare.Settings
---@field revision integer counts the changes made in the console, over restarts too
---@field base btshare.config.settings as config.lua and the command line say
---@field private store btshare.Store
---@field private chosen table<string, any> by key: what was set in the console, as config.lua would have it
local Settings = {}
Settings.__index = Settings

local settings = {}

local prefix = "console " -- names the settings of the store that hold what was set in the console
local revision_name = "console-revision"

-- What an earlier version took and this one refuses is left out, not a reason not to start.
local function load_chosen(self)
  local sql = "SELECT substr(name, ?), value FROM settings WHERE substr(name, 1, ?) = ?"
  for key, text in self.store:rows(sql, #prefix + 1, #prefix, prefix) do
    local definition, value = definitions.by_key[key], json.decode(text)
    local checked = definition and definition.check and value ~= nil and definition.check(value)
    if checked ~= nil then self.chosen[key] = checked end
  end
end

---@param store btshare.Store
---@param base btshare.config.settings
---@return btshare.Settings
function settings.new(store, base)
  local self = setmetatable({ store = store, base = base, chosen = {} }, Settings)
  self.revision = store:setting(revision_name) or 0
  load_chosen(self)
  return self
end

local function is_fixed(base, key)
  return base.places[key] ~= nil
end

---The configuration that holds, over one that config.lua gave.
---@param base btshare.config.settings
---@param chosen table<string, any>? default: what was set in the console
---@return btshare.config.settings
function Settings:over(base, chosen)
  local config = values.copy(base)
  for key, value in pairs(chosen or self.chosen) do
    if not is_fixed(base, key) then values.set(config, definitions.by_key[key], value) end
  end
  return config
end

local function source_of(self, key)
  if is_fixed(self.base, key) then return "config", self.base.places[key].line end
  return self.chosen[key] ~= nil and "console" or "default"
end

local function as_json(value)
  return type(value) == "table" and json.array(value) or value
end

local function shown(config, definition, usual)
  local value = values.get(config, definition)
  if value == nil then value = definition.default or usual and usual[definition.key] end
  return as_json(value)
end

---@param usual table<string, any>? by key: what holds where nothing was said
---@return table[] described every setting, as the API shows it
function Settings:list(usual)
  local config, defaults, list = self:over(self.base), schema.defaults(), {}
  for index, definition in ipairs(definitions.list) do
    local source, line = source_of(self, definition.key)
    list[index] = {
      key = definition.key, section = definition.section, type = definition.type,
      value = shown(config, definition, usual), default = shown(defaults, definition, usual),
      choices = definition.choices, unit = definition.unit, source = source, line = line,
      file = line and self.base.file or nil, restart = definition.restart,
      editable = definition.check ~= nil and source ~= "config" and not settings.is_locked(),
    }
  end
  return list
end

---Every value that holds, and where it came from: also what the console does not show.
---@param paths table directories
---@param secret_options fun(plugin: string, options: table): table<string, true>?
---@return btshare.config.row[]
function Settings:effective(paths, secret_options)
  return effective.list {
    config = self:over(self.base), base = self.base, chosen = self.chosen, secret_options = secret_options,
    usual = { downloads = paths.downloads, port = 0 },
  }
end

---Whether the one who started BTshare forbids that anything is set but in config.lua.
---@return boolean
function settings.is_locked()
  return os.getenv("BTSHARE_CONFIG_LOCK") == "1"
end

-- An address that this machine does not have would keep BTshare from starting.
local function check_address(definition, value)
  if definition.type ~= "address" then return true end
  local probe = uv.new_tcp()
  local bound, message = probe:bind(value.address, 0)
  probe:close()
  if bound then return true end
  return nil, ("%s: %s"):format(value.address, tostring(message):match("^%u+: ([^:]*)") or message)
end

local function check_one(self, key, value)
  local definition = definitions.by_key[key]
  if is_fixed(self.base, key) then
    local place = self.base.places[key]
    local where = place.line and (" in %s, line %d"):format(self.base.file or "config.lua", place.line)
      or " on the command line"
    return nil, key .. ": is set" .. where, "exists"
  elseif not definition.check then
    return nil, key .. ": can be set in config.lua only", "denied"
  elseif value == json.null then
    return true
  end
  local checked, message = definition.check(value)
  if checked == nil then return nil, key .. ": " .. message, "refused" end
  local fine
  fine, message = check_address(definition, checked)
  if not fine then return nil, key .. ": " .. message, "refused" end
  return true, checked
end

---What would hold after a change.
---@param wanted table<string, any> by key; null takes back what was set in the console, as does libtorrent's default
---@return table<string, any>? chosen nil where something of it is refused
---@return string? message
---@return "exists"|"denied"|"refused"|nil code exists: config.lua says it
---@return string? key
function Settings:plan(wanted)
  local chosen, keys = {}, {}
  for key, value in pairs(self.chosen) do chosen[key] = value end
  for key in pairs(wanted) do keys[#keys + 1] = key end
  table.sort(keys)
  for _, key in ipairs(keys) do
    local fine, result, code = check_one(self, key, wanted[key])
    if not fine then return nil, result, code, key end
    local is_usual = wanted[key] == json.null or result == definitions.by_key[key].default
    if is_usual then chosen[key] = nil else chosen[key] = result end
  end
  return chosen
end

local function statements(chosen, former, revision)
  local batch = { { "INSERT OR REPLACE INTO settings VALUES (?, ?)", revision_name, revision } }
  for key in pairs(former) do
    if chosen[key] == nil then batch[#batch + 1] = { "DELETE FROM settings WHERE name = ?", prefix .. key } end
  end
  local config = values.copy(schema.defaults())
  for key, value in pairs(chosen) do
    local definition = definitions.by_key[key]
    values.set(config, definition, value)
    local text = json.encode(as_json(values.get(config, definition)))
    batch[#batch + 1] = { "INSERT OR REPLACE INTO settings VALUES (?, ?)", prefix .. key, text }
  end
  return batch
end

---Stores what `plan` gave. Call in a task.
---@param chosen table<string, any>
---@return true|nil done
---@return string? message
---@return string? code
function Settings:keep(chosen)
  local done, message, code = self.store:write(statements(chosen, self.chosen, self.revision + 1))
  if done then self.chosen, self.revision = chosen, self.revision + 1 end
  return done, message, code
end

return settings
