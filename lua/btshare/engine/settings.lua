-- libtorrent's settings: what config.lua, the ceilings of plugins, the shares and the router make of them.
local ceilings = require "btshare.ceilings"
local core_engine = require "core.engine"
local obfuscation = require "btshare.obfuscation"

local settings = {}

-- libtorrent hands out what a limit allows at each of its ticks, and to a peer only what lasts for two of them.
local tick_milliseconds, busy_tick_milliseconds = 500, 200
local has_announce_port = core_engine.check_setting("announce_port", 1) -- newer than 2.0.8

---What config.lua says, in libtorrent's words.
---@param config table
---@param most btshare.ceilings.Limits
---@return table<string, string|integer|boolean>
function settings.of(config, most)
  local limits = config.limits or {}
  local all = obfuscation.settings(config.obfuscation)
  -- Limits count what we send, not what libtorrent guesses of the headers of packets, acknowledgements included.
  all.rate_limit_ip_overhead = false
  for name, value in pairs(config.torrent or {}) do
    all[name] = value
  end
  for name, way in pairs { upload_rate_limit = "up", download_rate_limit = "down" } do
    local limit = limits[way] or 0
    all[name] = ceilings.lowest(limit > 0 and limit or all[name], most[way])
  end
  all.enable_dht, all.enable_lsd = false, false -- until a share is public
  return all
end

---While HTTP and the swarm share a limit, both must keep to what they have from one look to the next.
---@param config table
---@param is_busy boolean
---@return table<string, integer>
function settings.tick(config, is_busy)
  local own = (config.torrent or {}).tick_interval
  return { tick_interval = own or (is_busy and busy_tick_milliseconds or tick_milliseconds) }
end

---What depends on the shares and the router. The owner's own settings can forbid discovery, but not switch it on
---where nothing is public.
---@param config table
---@param is_public boolean whether anything is
---@param preference btshare.Obfuscation? what prefers obfuscation, where something does
---@param announce_port integer what foreign trackers are told; 0: the one we listen on
---@return table<string, string|integer|boolean>
function settings.now(config, is_public, preference, announce_port)
  local own = config.torrent or {}
  local now = preference and preference:settings() or {}
  now.enable_dht = is_public and own.enable_dht ~= false
  now.enable_lsd = is_public and own.enable_lsd ~= false
  if has_announce_port then now.announce_port = own.announce_port or announce_port end
  return now
end

return settings
