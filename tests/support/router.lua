-- A home router for a spec: miniupnpd, on the recipients' side of a network (see net.lua), with an address on an
-- internet that does not exist. It is real, down to the packets that it translates.
local helper = require "helper"
local network = require "support.net"
local process = require "support.process"

local router = {}

router.external = "5.45.100.7" -- miniupnpc and miniupnpd know the documentation's networks and refuse them

---@class Router
---@field internet Namespace a machine out there, with the address 5.45.100.99
---@field private net Net
---@field private folder string
---@field private process Process
local Router = {}
Router.__index = Router

local table_of_nft = [[
table inet filter {
  chain miniupnpd { }
  chain prerouting_miniupnpd { }
  chain postrouting_miniupnpd { }
  chain prerouting { type nat hook prerouting priority -100; policy accept; jump prerouting_miniupnpd; }
  chain postrouting { type nat hook postrouting priority 100; policy accept; jump postrouting_miniupnpd; }
  chain forward { type filter hook forward priority 0; policy accept; jump miniupnpd; }
}
]]

local function inside(namespace, script)
  return process.run({ "sh", "-ec", script }, { namespace = namespace })
end

---Makes the recipients' namespace a router for the sender's, and starts it.
---@param net Net
---@param folder string for its files
---@param options {upnp: boolean?, natpmp: boolean?, external: string?, rules: string?}? default: both, and whoever asks
---@return Router
function router.open(net, folder, options)
  options = options or {}
  local self = setmetatable({ net = net, folder = folder }, Router)
  helper.write(folder .. "/nft", table_of_nft)
  self.internet = network.hold()
  inside(net.recipients, ([[
    ip link add outside type veth peer name provider netns %d
    ip addr add %s/24 dev outside
    ip link set outside up
    echo 1 > /proc/sys/net/ipv4/ip_forward
    nft -f %s/nft]]):format(self.internet.pid, options.external or router.external, folder))
  inside(self.internet, "ip addr add 5.45.100.99/24 dev provider; ip link set provider up")
  inside(net.sender, ("ip route add default via %s.2"):format(net.base))
  helper.write(folder .. "/miniupnpd.conf", ([[
ext_ifname=outside
listening_ip=veth0
port=0
enable_upnp=%s
enable_natpmp=%s
secure_mode=yes
min_lifetime=1
upnp_table_name=filter
upnp_nat_table_name=filter
upnp_forward_chain=miniupnpd
upnp_nat_chain=prerouting_miniupnpd
upnp_nat_postrouting_chain=postrouting_miniupnpd
uuid=4c4a1b7e-0000-4000-8000-000000000001
system_uptime=yes
%s
deny 0-65535 0.0.0.0/0 0-65535
]]):format(options.upnp == false and "no" or "yes", options.natpmp == false and "no" or "yes",
    options.rules or ("allow 1024-65535 %s.0/24 1024-65535"):format(net.base)))
  self:start()
  return self
end

---Starts it; also again, after `stop`. It talks a lot: to a file.
function Router:start()
  local log = self.folder .. "/miniupnpd.log"
  helper.write(log, "")
  self.process = process.start({
    "sh", "-c", 'exec miniupnpd -d -f "$1/miniupnpd.conf" -P "$1/miniupnpd.pid" > "$1/miniupnpd.log" 2>&1', "sh",
    self.folder,
  }, { namespace = self.net.recipients })
  self.process:wait_for(function()
    local said = helper.read(log)
    if self.process.code then error("miniupnpd ended: " .. said) end
    return said:find("HTTP listening", 1, true) or said:find("Listening for NAT-PMP", 1, true)
  end, 10, "the router")
end

---Ends it without a word to anybody, and forgets all mappings, as when the plug is pulled.
function Router:stop()
  self.process:stop()
  inside(self.net.recipients, ("nft flush ruleset; nft -f %s/nft"):format(self.folder))
end

---What it translates: outer port → "ADDRESS:PORT".
---@return table<integer, string>
function Router:mappings()
  local found = {}
  local rules = inside(self.net.recipients, "nft -n list chain inet filter prerouting_miniupnpd")
  for line in rules:gmatch("[^\n]+") do
    local outer, inner = line:match("dport (%d+).*dnat ip to ([%d.:]+)")
    if outer then found[math.tointeger(tonumber(outer))] = inner end
  end
  return found
end

return router
