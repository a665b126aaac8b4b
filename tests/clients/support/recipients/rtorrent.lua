-- rtorrent as a recipient: the one of the five with yet another engine of its own.
local helper = require "helper"
local process = require "support.process"
local uv = require "luv"

local rtorrent = { name = "rtorrent" }

---@class RtorrentFetch
---@field process Process
local Fetch = {}
Fetch.__index = Fetch

local template = [=[
system.daemon.set = true
directory.default.set = $out
session.path.set = $session
network.bind_address.set = $address
network.port_range.set = 6881-6881
network.port_random.set = no
dht.mode.set = disable
protocol.pex.set = no
trackers.use_udp.set = no
protocol.encryption.set = $encryption
method.set_key = event.download.finished,done,"execute2={touch,$marker}"
]=]

---@param place Place
---@param magnet string
---@param options {encryption: "require"?}?
---@return RtorrentFetch
function rtorrent.fetch(place, magnet, options)
  local required = options and options.encryption == "require"
  local values = {
    out = place.out, session = place.folder .. "/session", address = place.address,
    marker = place.folder .. "/done",
    encryption = required and "require,require_RC4,allow_incoming,try_outgoing"
      or "allow_incoming,try_outgoing,enable_retry",
  }
  uv.fs_mkdir(values.session, 448)
  local settings = place.folder .. "/rtorrent.rc"
  helper.write(settings, (template:gsub("%$(%w+)", values)))
  local child = process.start({ "rtorrent", "-n", "-o", "import=" .. settings, magnet },
    { namespace = place.namespace, home = place.folder, environment = { TERM = "dumb" } })
  return setmetatable({ process = child, started = uv.hrtime(), place = place }, Fetch)
end

---Waits until all is here; returns the seconds from adding the magnet.
---@param seconds number
---@return number
function Fetch:wait(seconds)
  self.process:wait_for(function() return uv.fs_stat(self.place.folder .. "/done") end, seconds,
    "the complete torrent")
  return (uv.hrtime() - self.started) / 1e9
end

function Fetch:stop()
  self.process:stop()
end

return rtorrent
