-- What Transmission's RPC asks of the program as a whole: settings, figures, free space, its port.
local fields = require ".fields"
local limits = require ".limits"
local torrents = require "btshare.torrents"

local version, rpc_version, rpc_least = "3.00 (BTshare)", 16, 14
local kilobyte <const> = 1000

local methods = {}

methods["session-get"] = function(arguments)
  local session = torrents.session()
  local known = {
    ["alt-speed-enabled"] = false, ["alt-speed-down"] = 0, ["alt-speed-up"] = 0, ["alt-speed-time-enabled"] = false,
    ["alt-speed-time-begin"] = 0, ["alt-speed-time-end"] = 0, ["alt-speed-time-day"] = 127,
    ["blocklist-enabled"] = false, ["blocklist-size"] = 0, ["dht-enabled"] = false,
    ["download-dir"] = session.folder or "", encryption = "preferred", ["incomplete-dir-enabled"] = false,
    ["lpd-enabled"] = false, ["peer-limit-global"] = 200, ["peer-limit-per-torrent"] = 50,
    ["peer-port"] = session.port, ["peer-port-random-on-start"] = false, ["pex-enabled"] = false,
    ["port-forwarding-enabled"] = false, ["rename-partial-files"] = false, ["utp-enabled"] = true,
    ["download-queue-enabled"] = false, ["seed-queue-enabled"] = false, ["queue-stalled-enabled"] = false,
    ["idle-seeding-limit-enabled"] = false, ["idle-seeding-limit"] = 0, seedRatioLimited = false, seedRatioLimit = 0,
    ["speed-limit-down"] = (session.down_limit or 0) // kilobyte,
    ["speed-limit-down-enabled"] = session.down_limit ~= nil,
    ["speed-limit-up"] = (session.up_limit or 0) // kilobyte, ["speed-limit-up-enabled"] = session.up_limit ~= nil,
    ["start-added-torrents"] = true, ["trash-original-torrent-files"] = false,
    version = version, ["rpc-version"] = rpc_version, ["rpc-version-minimum"] = rpc_least, units = {
      ["speed-units"] = { "kB/s", "MB/s", "GB/s", "TB/s" }, ["speed-bytes"] = kilobyte,
      ["size-units"] = { "kB", "MB", "GB", "TB" }, ["size-bytes"] = kilobyte,
      ["memory-units"] = { "KiB", "MiB", "GiB", "TiB" }, ["memory-bytes"] = 1024,
    },
  }
  if type(arguments.fields) ~= "table" then return known end
  local chosen = {}
  for _, name in ipairs(arguments.fields) do chosen[name] = known[name] end
  return chosen
end

methods["session-set"] = function(arguments)
  local session = torrents.session()
  local up = limits.of(arguments, "speed-limit-up", "speed-limit-up-enabled", session.up_limit)
  local down = limits.of(arguments, "speed-limit-down", "speed-limit-down-enabled", session.down_limit)
  if not up and not down then return nil, "of the session only its limits can be set here; config.lua has the rest" end
  return torrents.set_limits { up = up, down = down }
end

methods["session-stats"] = function()
  local session, list, paused = torrents.session(), torrents.list(), 0
  for _, torrent in ipairs(list) do
    if fields.get(torrent, "status") == 0 then paused = paused + 1 end
  end
  local stats = {
    downloadedBytes = session.received, uploadedBytes = session.sent, filesAdded = #list, sessionCount = 1,
    secondsActive = session.seconds,
  }
  return {
    activeTorrentCount = #list - paused, pausedTorrentCount = paused, torrentCount = #list,
    downloadSpeed = session.down_rate, uploadSpeed = session.up_rate,
    ["cumulative-stats"] = stats, ["current-stats"] = stats,
  }
end

methods["free-space"] = function(arguments)
  local path = type(arguments.path) == "string" and arguments.path or ""
  local free, total = torrents.free_space(path)
  if not free then return nil, total end
  return { path = path, ["size-bytes"] = free, total_size = total }
end

methods["port-test"] = function() return { ["port-is-open"] = torrents.session().is_reachable } end

return methods
