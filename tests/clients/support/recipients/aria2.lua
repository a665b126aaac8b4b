-- aria2 as a recipient: it ends by itself when it has everything.
local process = require "support.process"
local uv = require "luv"

local aria2 = { name = "aria2" }

---@class Fetch
---@field process Process
local Fetch = {}
Fetch.__index = Fetch

---@param place Place
---@param magnet string
---@param options {encryption: "require"?}?
---@return Fetch
function aria2.fetch(place, magnet, options)
  local command = {
    "aria2c", "--no-conf", "--enable-dht=false", "--enable-dht6=false", "--bt-enable-lpd=false",
    "--enable-peer-exchange=false", "--seed-time=0", "--follow-torrent=mem", "--summary-interval=0",
    "--console-log-level=notice", "--show-console-readout=false", "--listen-port=6881",
    "--interface=" .. place.address, "--dir=" .. place.out,
  }
  if options and options.encryption == "require" then
    command[#command + 1] = "--bt-require-crypto=true"
    command[#command + 1] = "--bt-min-crypto-level=arc4"
  end
  command[#command + 1] = magnet
  local child = process.start(command, { namespace = place.namespace, home = place.folder })
  return setmetatable({ process = child, started = uv.hrtime() }, Fetch)
end

---Waits until all is here; returns the seconds from adding the magnet.
---@param seconds number
---@return number
function Fetch:wait(seconds)
  local code = self.process:wait(seconds)
  local taken = (uv.hrtime() - self.started) / 1e9
  if code ~= 0 then error("aria2c ended with " .. code .. ": " .. self.process.output) end
  return taken
end

function Fetch:stop()
  self.process:stop()
end

return aria2
