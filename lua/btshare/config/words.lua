-- What the functions of config.lua do: `share`, `plugin`, `on` and the like.
local catalog = require "btshare.catalog"
local engine = require "core.engine"
local schema = require "btshare.config.schema"
local small_file = require "btshare.small_file"
local suggest = require "btshare.suggest"
local types = require "btshare.types"
local uv = require "luv"
local why_reserved = require "btshare.config.reserved"

local words = {}

local function check_fields(self, fields, values, where)
  local checked, messages = types.fields(fields, values, where)
  for _, message in ipairs(messages or {}) do self:complain("%s", message) end
  return checked
end

local function add_share(self, path, value)
  local fields = {}
  for name, field in pairs(type(value) == "table" and value or { value }) do
    fields[name == 1 and "path" or name] = field
  end
  local share = check_fields(self, schema.share(path), fields, "share:")
  if not share then return end
  local found = uv.fs_stat(share.path)
  if found and found.type ~= "directory" then
    return self:complain("share: %s is a file, not a folder; share its folder, or run btshare add", share.path)
  end
  for _, other in ipairs(self.settings.shares) do
    if other.path == share.path then
      return self:complain("share: %s is shared already, by line %d", share.path, other.line)
    end
  end
  share.line = self:line()
  table.insert(self.settings.shares, share)
end

local function add_plugin(self, name, nothing)
  if type(name) ~= "string" or not name:find("^%w[%w_-]*$") then
    self:complain("plugin: a name of letters, digits, '-' and '_' must follow")
    return nothing
  end
  for _, other in ipairs(self.settings.plugins) do
    if other.name == name then
      self:complain("plugin '%s' is there already, in line %d", name, other.line)
      return nothing
    end
  end
  local entry = { name = name, options = {}, line = self:line() }
  table.insert(self.settings.plugins, entry)
  return function(options)
    if type(options) ~= "table" then
      return self:complain("plugin '%s': its options must stand in braces", name)
    end
    entry.options = options
  end
end

local function add_handler(self, event, fn)
  if not catalog[event] then
    self:complain("event '%s' is unknown%s", tostring(event), suggest.phrase(tostring(event), catalog))
  elseif type(fn) ~= "function" then
    self:complain("on('%s'): a function must follow", event)
  else
    table.insert(self.settings.handlers, { event = event, fn = fn, line = self:line() })
  end
end

local function read_secret(self, path, value)
  local where, message = path(value)
  local content
  if where then content, message = small_file.read(where) else message = "its argument " .. message end
  if content then
    local secret = content:gsub("[\r\n]+$", "")
    self.settings.secrets[secret] = where
    return secret
  end
  self:complain("file: %s", message)
  return ""
end

local function add_torrent_settings(self, values)
  for name, value in pairs(values) do
    local kind = type(value)
    if type(name) ~= "string" then
      self:complain("torrent: '%s' must have a name", tostring(value))
    elseif kind ~= "string" and math.type(value) ~= "integer" and kind ~= "boolean" then
      self:complain("torrent: '%s' must be a text, an integer, true or false", name)
    else
      local possible, message = engine.check_setting(name, value)
      local reserved = why_reserved(name, value)
      if reserved then
        self:complain("torrent: '%s' %s", name, reserved)
      elseif possible then
        self.settings.torrent[name] = value
        self:note("torrent." .. name)
      else
        self:complain("torrent: %s%s", message, suggest.phrase(name, engine.setting_names()))
      end
    end
  end
end

local function add_patterns(self, patterns)
  local checked, message = schema.patterns(patterns)
  if not checked then return self:complain("ignore: %s", message) end
  table.move(checked, 1, #checked, #self.settings.ignore + 1, self.settings.ignore)
  self:note("ignore")
end

local function add_trackers(self, urls)
  local checked, message = schema.trackers(urls)
  if not checked then return self:complain("trackers: %s", message) end
  table.move(checked, 1, #checked, #self.settings.trackers + 1, self.settings.trackers)
  self:note("trackers")
end

---The functions that config.lua can call.
---@param self btshare.config.script
---@param path btshare.types.check resolves paths
---@param nothing any what can be called and does nothing
---@return table<string, function>
function words.functions(self, path, nothing)
  local function with_table(name, fn)
    return function(values)
      if type(values) ~= "table" then return self:complain("%s: braces must follow", name) end
      fn(values)
    end
  end
  return {
    share = function(value) add_share(self, path, value) end,
    ignore = with_table("ignore", function(values) add_patterns(self, values) end),
    trackers = with_table("trackers", function(urls) add_trackers(self, urls) end),
    limits = with_table("limits", function(values)
      self.settings.limits = check_fields(self, schema.limits, values, "limits:") or self.settings.limits
      for name in pairs(values) do self:note("limits." .. tostring(name)) end
    end),
    torrent = with_table("torrent", function(values) add_torrent_settings(self, values) end),
    plugin = function(name) return add_plugin(self, name, nothing) end,
    on = function(event, fn) add_handler(self, event, fn) end,
    file = function(value) return read_secret(self, path, value) end,
  }
end

return words
