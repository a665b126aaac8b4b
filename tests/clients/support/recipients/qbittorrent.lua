-- qbittorrent-nox as a recipient, with a profile of its own and told through its Web API.
local helper = require "helper"
local json = require "dkjson"
local process = require "support.process"
local uv = require "luv"

local qbittorrent = { odd_name = "#1 100%.txt", name = "qBittorrent" }

---@class QbittorrentFetch
---@field process Process
---@field private place Place
local Fetch = {}
Fetch.__index = Fetch

local template = [=[
[LegalNotice]
Accepted=true

[Network]
PortForwardingEnabled=false

[BitTorrent]
Session\DHTEnabled=false
Session\PeXEnabled=false
Session\LSDEnabled=false
Session\Port=6881
Session\InterfaceAddress=$address
Session\Encryption=$encryption
Session\DefaultSavePath=$out
Session\QueueingSystemEnabled=false

[Preferences]
General\Locale=en
WebUI\Address=$address
WebUI\Port=8080
WebUI\AuthSubnetWhitelist=$address/32
WebUI\AuthSubnetWhitelistEnabled=true
WebUI\UseUPnP=false
]=]

local function configure(place, encryption)
  local folder = place.folder
  for part in ("qBittorrent/config"):gmatch("[^/]+") do
    folder = folder .. "/" .. part
    uv.fs_mkdir(folder, 448)
  end
  local values = { address = place.address, encryption = encryption, out = place.out }
  helper.write(folder .. "/qBittorrent.conf", (template:gsub("%$(%w+)", values)))
end

-- One request to the Web API; nil when it was not answered. curl, since it can run in the namespace.
local function request(place, path, form)
  local command = { "curl", "--silent", "--fail", "--max-time", "5", "--interface", place.address,
    ("http://%s:8080/api/v2/%s"):format(place.address, path) }
  if form then
    command[#command + 1] = "--form-string"
    command[#command + 1] = form
  end
  local child = process.start(command, { namespace = place.namespace, home = place.folder })
  return child:wait(10) == 0 and child.output or nil
end

---@param place Place
---@param magnet string
---@param options {encryption: "require"?}?
---@return QbittorrentFetch
function qbittorrent.fetch(place, magnet, options)
  configure(place, options and options.encryption == "require" and 1 or 0)
  local child = process.start({ "qbittorrent-nox", "--profile=" .. place.folder },
    { namespace = place.namespace, home = place.folder })
  child:wait_for(function() return request(place, "app/version") end, 15, "the Web API")
  local started = uv.hrtime()
  assert(request(place, "torrents/add", "urls=" .. magnet), "the magnet was not taken")
  return setmetatable({ process = child, started = started, place = place }, Fetch)
end

---Waits until all is here; returns the seconds from adding the magnet.
---@param seconds number
---@return number
function Fetch:wait(seconds)
  self.process:wait_for(function()
    local torrent = json.decode(request(self.place, "torrents/info") or "[]")[1]
    self.last = torrent
    return torrent and torrent.progress == 1 and torrent.state:find("UP$")
  end, seconds, "the complete torrent")
  return (uv.hrtime() - self.started) / 1e9
end

function Fetch:stop()
  self.process:stop()
end

return qbittorrent
