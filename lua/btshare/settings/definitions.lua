-- Every setting that the console shows: its key as in config.lua ("limits.up" is `limits { up = … }`), where it stands
-- on the screen, what it may be, and whether it counts at once.
local engine = require "core.engine"
local schema = require "btshare.config.schema"
local t = require "btshare.api.schema"
local text = require "btshare.terminal.text"
local types = require "btshare.types"

local definitions = {}

---@class btshare.settings.Definition
---@field key string
---@field section "general"|"sharing"|"network"|"access"|"receive"
---@field type "text"|"boolean"|"integer"|"choice"|"size"|"address"|"list"|"path"
---@field schema btshare.api.schema of its value as JSON
---@field check (fun(value: any): any, string?)? of the value as config.lua has it; where there is none, only config.lua
---sets it
---@field choices any[]?
---@field default any of those that are libtorrent's own
---@field unit string?
---@field restart boolean whether it counts from the next start on

local checks = schema.settings(types.path)
local longest_text, longest_list = 200, 200

-- config.lua is written by whoever may do everything; what comes over the network must also be fit to be shown and
-- written anywhere.
local function plain(check)
  return function(value)
    if type(value) == "string" and (#value > longest_text or text.escape(value) ~= value) then
      return nil, ("must have at most %d bytes, and nothing that cannot be shown"):format(longest_text)
    end
    return check(value)
  end
end

local function list_of(check)
  local whole = types.list(plain(check))
  return function(value) return whole(value) end
end

local function loopback(value)
  local address, message = checks.console(value)
  if not address then return nil, message end
  if address.address:find("^127%.") or address.address == "::1" then return address end
  return nil, "can leave this machine only by config.lua"
end

local function torrent(name, check)
  return function(value)
    local checked, message = check(value)
    if checked == nil then return nil, message end
    local possible, why = engine.check_setting(name, checked)
    if not possible then return nil, why end
    return checked
  end
end

local function text_schema() return t.string { min = 1, max = longest_text } end
local function size_schema() return t.integer { min = 0, max = 1000000000000 } end
local function list_schema() return t.array(text_schema(), { max = longest_list }) end

---@type btshare.settings.Definition[]
definitions.list = {
  { key = "name", section = "general", type = "text", schema = text_schema(), check = plain(checks.name) },
  { key = "web_seed", section = "sharing", type = "choice", choices = { "auto", true, false },
    schema = t.any_of { t.string { choices = { "auto" } }, t.boolean() }, check = checks.web_seed },
  { key = "ignore", section = "sharing", type = "list", schema = list_schema(),
    check = list_of(schema.patterns_item) },
  { key = "trackers", section = "sharing", type = "list", schema = list_schema(),
    check = list_of(schema.trackers_item) },
  { key = "limits.up", section = "network", type = "size", unit = "bytes/s", schema = size_schema(),
    check = types.size },
  { key = "limits.down", section = "network", type = "size", unit = "bytes/s", schema = size_schema(),
    check = types.size },
  { key = "obfuscation", section = "network", type = "choice", choices = { "off", "prefer", "require" },
    schema = t.string { choices = { "off", "prefer", "require" } }, check = checks.obfuscation },
  { key = "map_ports", section = "network", type = "boolean", schema = t.boolean(), check = checks.map_ports,
    restart = true },
  { key = "torrent.connections_limit", section = "network", type = "integer", default = 200,
    schema = t.integer { min = 2, max = 65535 },
    check = torrent("connections_limit", types.between(types.integer, 2, 65535)) },
  -- Both come with a public share and end with it; config.lua takes no more than false for them.
  { key = "torrent.enable_dht", section = "network", type = "boolean", default = true, schema = t.boolean(),
    check = torrent("enable_dht", types.boolean) },
  { key = "torrent.enable_lsd", section = "network", type = "boolean", default = true, schema = t.boolean(),
    check = torrent("enable_lsd", types.boolean) },
  { key = "port", section = "network", type = "integer", schema = t.integer { min = 0, max = 65535 },
    check = checks.port, restart = true },
  { key = "public", section = "network", type = "address", schema = text_schema(), check = checks.public,
    restart = true },
  { key = "console", section = "network", type = "address", schema = text_schema(), check = loopback, restart = true },
  { key = "allowed_hosts", section = "access", type = "list", schema = list_schema() },
  { key = "trusted_proxies", section = "access", type = "list", schema = list_schema() },
  { key = "sandbox", section = "general", type = "boolean", schema = t.boolean(), restart = true },
  { key = "downloads", section = "receive", type = "path", schema = text_schema(), restart = true },
  { key = "inbox", section = "receive", type = "path", schema = text_schema(), restart = true },
  { key = "uploads", section = "receive", type = "path", schema = text_schema(), restart = true },
}

definitions.by_key = {}
for _, definition in ipairs(definitions.list) do
  definition.restart = definition.restart or false
  definitions.by_key[definition.key] = definition
end

return definitions
