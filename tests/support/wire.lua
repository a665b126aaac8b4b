-- What goes over the wires of a namespace: capture.py's lines, kept.
local json = require "dkjson"
local process = require "support.process"

local wire = {}

local program = debug.getinfo(1, "S").source:match("^@(.*)/") .. "/capture.py"

---@class Packet
---@field protocol "udp"|"tcp"|"icmp"|"igmp"
---@field source string
---@field destination string
---@field source_port integer?
---@field destination_port integer?
---@field content string the first 300 bytes
---@field is_ours boolean it left this namespace

---@class Wire
---@field packets Packet[]
local Wire = {}
Wire.__index = Wire

---Listens from now on.
---@param namespace Namespace
---@return Wire
function wire.open(namespace)
  local self = setmetatable({ packets = {} }, Wire)
  local ready = false
  self.process = process.start({ "python3", program }, {
    namespace = namespace,
    on_line = function(line)
      local packet = json.decode(line)
      if packet.protocol == "ready" then ready = true else table.insert(self.packets, packet) end
    end,
  })
  self.process:wait_for(function() return ready end, 10, "the capture")
  return self
end

---@param matches fun(packet: Packet): any
---@param from integer? how many packets to leave out
---@return Packet[]
function Wire:all(matches, from)
  local found = {}
  for index = (from or 0) + 1, #self.packets do
    if matches(self.packets[index]) then found[#found + 1] = self.packets[index] end
  end
  return found
end

---Waits for such a packet.
---@param what string
---@param matches fun(packet: Packet): any
---@param seconds number?
---@return Packet
function Wire:wait(what, matches, seconds)
  return self.process:wait_for(function() return self:all(matches)[1] end, seconds or 15, what)
end

-- Which packets are which.
wire.kinds = {
  dht = function(packet)
    return packet.protocol == "udp" and packet.is_ours and packet.content:find("^d1:[are]d2:id20:")
  end,
  lsd = function(packet)
    return packet.protocol == "udp" and packet.is_ours and packet.destination_port == 6771
      and packet.content:find("^BT%-SEARCH")
  end,
  ssdp = function(packet)
    return packet.protocol == "udp" and packet.is_ours and packet.destination_port == 1900
  end,
  natpmp = function(packet)
    return packet.protocol == "udp" and packet.is_ours and packet.destination_port == 5351
  end,
  udp = function(packet) return packet.protocol == "udp" and packet.is_ours end,
  igmp = function(packet) return packet.protocol == "igmp" and packet.is_ours end,
  announce = function(packet)
    return packet.protocol == "tcp" and packet.is_ours and packet.content:find("^GET %S*info_hash=")
  end,
}

return wire
