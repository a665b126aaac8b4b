-- What config.lua may say: every setting with its default and its check.
local types = require "btshare.types"

local schema = {}

---@class btshare.config.address
---@field address string
---@field port integer

---@class btshare.config.share
---@field path string absolute
---@field exposure "link"|"private"|"public"|"http"
---@field format "v1"|"v2"|"hybrid"
---@field piece_length integer? bytes
---@field listed boolean? whether feeds and other lists that others can read name its shares
---@field web_seed "auto"|boolean|nil in place of the setting for all
---@field name string?
---@field ignore string[] patterns, besides those for all shares
---@field expires number? seconds that a share lasts, from when it is shared
---@field line integer

---@class btshare.config.settings
---@field file string? where they were written
---@field name string? what recipients see as the sender
---@field shares btshare.config.share[]
---@field ignore string[] patterns of names that are left alone; `ignore {…}` adds to the default ones
---@field console btshare.config.address
---@field public btshare.config.address
---@field allowed_hosts string[] names by which a proxy or the owner may call the console, besides localhost
---@field trusted_proxies string[] addresses whose X-Forwarded-For and -Proto are believed
---@field port integer? BitTorrent; absent or 0 is chosen once and remembered
---@field limits {up: integer, down: integer} bytes a second, 0 is no limit
---@field map_ports boolean
---@field folder_policies boolean whether a `.btshare.lua` in a shared folder counts
---@field web_seed "auto"|boolean whether torrents name us as a web seed: auto, in .torrent files; true, in magnets too
---@field trackers string[] foreign ones, for public shares only
---@field obfuscation "off"|"prefer"|"require"
---@field torrent table<string, string|number|boolean> by libtorrent's own names
---@field plugins {name: string, options: table, line: integer}[]
---@field plugins_watch boolean whether a plugin whose file changes is read again at once
---@field handlers {event: string, fn: function, line: integer}[]
---@field sandbox boolean false is the owner's leave to start without the write-lock
---@field downloads string? the folder for downloads, in place of the desktop's
---@field inbox string? the folder for what others send; nil: Inbox, in the folder for downloads
---@field uploads string? the one folder that BTshare may write into: dropped files go there
---@field places table<string, {line: integer?}> which settings were set, and where; without a line, on the command line
---@field secrets table<string, string> what was read by file(…) → the path that it is in

---A new table of all defaults.
---@return btshare.config.settings
function schema.defaults()
  return {
    shares = {},
    ignore = {
      ".*.??????", "*.part", "*.partial", "*.crdownload", "*.!qB", "*.aria2", "*.tmp", "*~", ".~lock*",
      ".goutputstream-*", ".nfs*", "*.swp",
    },
    console = { address = "127.0.0.1", port = 8701 },
    public = { address = "0.0.0.0", port = 8702 },
    allowed_hosts = {},
    trusted_proxies = {},
    limits = { up = 0, down = 0 },
    map_ports = true,
    folder_policies = false,
    trackers = {},
    obfuscation = "prefer",
    web_seed = "auto",
    torrent = {},
    plugins = {},
    plugins_watch = false,
    handlers = {},
    sandbox = true,
    places = {},
    secrets = {},
  }
end

local function text(value)
  if type(value) == "string" and value ~= "" then return value end
  return nil, "must be a text that is not empty"
end

local function lifetime(value)
  local seconds, message = types.period(value)
  if seconds == nil then return nil, message end
  if seconds >= 1 and seconds <= 3155760000 then return seconds end
  return nil, "must be from 1 s to 100 years"
end

local function piece_length(value)
  local bytes = types.size(value)
  if bytes and bytes >= 16384 and bytes <= 16777216 and bytes & (bytes - 1) == 0 then return bytes end
  return nil, 'must be a power of two from "16KiB" to "16MiB"'
end

local function switch(value)
  if value == "on" or value == true then return true end
  if value == "off" or value == false then return false end
  return nil, 'must be "on" or "off"'
end

local function host_name(value)
  if type(value) == "string" and #value <= 253 and value:find("^[%w_.-]+$") then return value:lower() end
  return nil, 'must be a name without port, like "nas.example"'
end

local function ip_address(value)
  local with_port = type(value) == "string" and (value:find(":", 1, true) and "[%s]:0" or "%s:0"):format(value)
  if with_port and types.address(with_port) then return value:lower() end
  return nil, 'must be an IP address, like "192.0.2.1"'
end

local function web_seed(value)
  if value == "auto" or type(value) == "boolean" then return value end
  return nil, 'must be "auto", true or false'
end

---The checks of what is assigned, `name = value`.
---@param path btshare.types.check resolves paths
---@return table<string, btshare.types.check>
function schema.settings(path)
  return {
    name = text,
    console = types.address,
    public = types.address,
    allowed_hosts = types.list(host_name),
    trusted_proxies = types.list(ip_address),
    port = types.between(types.integer, 0, 65535),
    map_ports = types.boolean,
    folder_policies = types.boolean,
    plugins_watch = types.boolean,
    web_seed = web_seed,
    obfuscation = types.choice { "off", "prefer", "require" },
    downloads = path,
    inbox = path,
    uploads = path,
    sandbox = switch,
  }
end

---@param path btshare.types.check resolves paths
---@return table<string, any> for `types.fields`
function schema.share(path)
  return {
    path = types.required(path, 'the folder, as in share "~/Public"'),
    exposure = types.default(types.choice { "link", "private", "public", "http" }, "link"),
    format = types.default(types.choice { "v1", "v2", "hybrid" }, "v1"),
    piece_length = piece_length,
    web_seed = web_seed,
    listed = types.boolean,
    name = text,
    ignore = types.default(types.list(text), {}),
    expires = lifetime,
  }
end

schema.limits = { up = types.default(types.size, 0), down = types.default(types.size, 0) }

schema.patterns_item = text
schema.patterns = types.list(text)

local function tracker(value)
  if type(value) == "string" and (value:find("^https?://[^/%s]+%S*$") or value:find("^udp://[^/%s]+:%d+%S*$")) then
    return value
  end
  return nil, 'must be an address like "udp://tracker.example:1337/announce"'
end

schema.trackers_item = tracker
schema.trackers = types.list(tracker)

return schema
