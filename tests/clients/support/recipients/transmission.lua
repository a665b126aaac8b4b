-- transmission-daemon as a recipient, as shipped but for what looks beyond the magnet.
local helper = require "helper"
local json = require "dkjson"
local process = require "support.process"
local uv = require "luv"

-- 3.00 leaves out the empty files of a torrent; 4 asks a web seed for "#" and "%" as they are, which no URL can be.
local transmission = { name = "Transmission", without_empty = true, odd_name = "1 & +=.txt" }

---@class TransmissionFetch
---@field process Process
local Fetch = {}
Fetch.__index = Fetch

-- Transmission runs this when a torrent is complete; the marker appears in one step.
local done_script = "#!/bin/sh\ntouch \"$(dirname \"$0\")/done\"\n"

local function configure(place, encryption)
  local script = place.folder .. "/done.sh"
  helper.write(script, done_script)
  uv.fs_chmod(script, 493)
  helper.write(place.folder .. "/settings.json", json.encode {
    ["dht-enabled"] = false, ["lpd-enabled"] = false, ["pex-enabled"] = false,
    ["port-forwarding-enabled"] = false, ["utp-enabled"] = true, ["encryption"] = encryption,
    ["bind-address-ipv4"] = place.address, ["peer-port"] = 6881, ["download-dir"] = place.out,
    ["rpc-bind-address"] = place.address, ["rpc-port"] = 9091, ["rpc-whitelist-enabled"] = false,
    ["rpc-host-whitelist-enabled"] = false, ["rename-partial-files"] = true,
    ["script-torrent-done-enabled"] = true, ["script-torrent-done-filename"] = script,
  })
end

-- The RPC port opens some time after the start; transmission-remote says so by failing.
local function add(place, daemon, magnet)
  local words = { "transmission-remote", place.address .. ":9091", "--add", magnet }
  local options = { namespace = place.namespace, home = place.folder }
  daemon:wait_for(function()
    return process.start(words, options):wait(10) == 0
  end, 10, "the RPC port")
end

---@param place Place
---@param magnet string
---@param options {encryption: "require"?}?
---@return TransmissionFetch
function transmission.fetch(place, magnet, options)
  configure(place, options and options.encryption == "require" and 2 or 1)
  local child = process.start(
    { "transmission-daemon", "--foreground", "--config-dir", place.folder, "--log-info" },
    { namespace = place.namespace, home = place.folder })
  add(place, child, magnet)
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

return transmission
