-- Settings of libtorrent that BTshare sets by itself: what config.lua says instead of them.
local by_public = 'comes with a share { "…", exposure = "public" } and ends with it; only false may be said here'
local by_obfuscation = 'is set by obfuscation = "off", "prefer" or "require"'
local by_map_ports = "stays off, since BTshare asks the router itself: map_ports = true or false says whether"

local own = "is BTshare's own and cannot be changed"

local reserved = {
  enable_dht = by_public,
  enable_lsd = by_public,
  in_enc_policy = by_obfuscation,
  out_enc_policy = by_obfuscation,
  allowed_enc_level = by_obfuscation,
  prefer_rc4 = by_obfuscation,
  enable_upnp = by_map_ports,
  enable_natpmp = by_map_ports,
  listen_interfaces = 'is set by public = "ADDRESS:PORT" and port = NUMBER',
  alert_mask = own,
  -- What guards this machine and its network against trackers and strangers' torrents has no switch.
  ssrf_mitigation = own,
  validate_https_trackers = own,
  allow_idna = own,
  max_metadata_size = own,
  max_piece_count = own,
  metadata_token_limit = own,
  -- Where it is safe, it is on: see core/engine_settings.cpp.
  enable_incoming_utp = own,
  enable_outgoing_utp = own,
}

---Why the owner cannot set it.
---@param name string of libtorrent
---@param value string|integer|boolean
---@return string? reason nil where it is free
return function(name, value)
  local reason = reserved[name]
  local forbids_discovery = reason == by_public and value == false
  return not forbids_discovery and reason or nil
end
