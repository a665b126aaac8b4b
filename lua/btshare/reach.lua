-- The addresses under which others can reach us, best first.
--
-- What we listen on decides: bound to one address it is that one alone; bound to all it is every
-- address of this machine that another machine could use, then what the router mapped.
local join = require("btshare.bound").join
local uv = require "luv"

---@class btshare.Reach
---@field bound string[] addresses the public listener is bound to
---@field said_in "config.lua"|"command line"|"console" who says so, where it is not the default
---@field public_port integer
---@field torrent_port integer
---@field private known string[]? addresses, as last looked up
---@field private known_at integer? loop time in milliseconds
---@field private external string? as peers outside see us
---@field private mapped table<string, integer> external ports by protocol
---@field private kept table<string, table> endpoints by protocol, and what they were made of
local Reach = {}
Reach.__index = Reach

local reach = {}

---@param bound string[] "0.0.0.0", "::" or single addresses
---@param said_in ("config.lua"|"command line"|"console")?
---@return btshare.Reach
function reach.new(bound, said_in)
  return setmetatable({
    bound = bound, said_in = said_in or "config.lua", public_port = 0, torrent_port = 0, mapped = {}, kept = {},
  }, Reach)
end

---@param address string IP literal
---@return "loopback"|"link-local"|"lan"|"global"|"unspecified"
function reach.scope(address)
  local a, b = address:match("^(%d+)%.(%d+)%.%d+%.%d+$")
  if a then
    a, b = tonumber(a), tonumber(b)
    if a == 0 then return "unspecified" end
    if a == 127 then return "loopback" end
    if a == 169 and b == 254 then return "link-local" end
    local is_private = a == 10 or (a == 172 and b >= 16 and b < 32) or (a == 192 and b == 168)
    local is_shared = a == 100 and b >= 64 and b < 128 -- carrier-grade NAT, RFC 6598
    return (is_private or is_shared) and "lan" or "global"
  end
  address = address:lower()
  if address == "::" then return "unspecified" end
  if address == "::1" then return "loopback" end
  if address:find("^fe[89ab]") then return "link-local" end
  if address:find("^f[cd]") then return "lan" end
  return "global"
end

---@param address string
---@return boolean
function reach.is_ipv4(address)
  return not address:find(":", 1, true)
end

---Whether nobody but this machine can reach us: then nothing is mapped or discovered either.
---@return boolean
function Reach:is_loopback_only()
  for _, address in ipairs(self.bound) do
    if reach.scope(address) ~= "loopback" then
      return false
    end
  end
  return true
end

local function machine_addresses(wanted)
  local found = {}
  for _, interface in pairs(uv.interface_addresses()) do
    for _, entry in ipairs(interface) do
      local scope = reach.scope(entry.ip)
      if wanted[entry.family] and (scope == "lan" or scope == "global") then
        found[#found + 1] = { ip = entry.ip, family = entry.family, scope = scope }
      end
    end
  end
  table.sort(found, function(a, b) -- IPv4 first: every client can use it
    if a.family ~= b.family then return a.family == "inet" end
    if a.scope ~= b.scope then return a.scope == "lan" end
    return a.ip < b.ip
  end)
  local addresses = {}
  for index, entry in ipairs(found) do
    addresses[index] = entry.ip
  end
  return addresses
end

---@return string[] addresses IP literals without brackets; never empty. Looked up at most every 5 s
function Reach:addresses()
  local now = uv.now()
  if not self.known or now - self.known_at > 5000 then
    self.known, self.known_at = self:look_up(), now
  end
  return self.known
end

---@return string? reason why nobody but this machine can open a link; nil where others can
function Reach:why_here_only()
  if self:is_loopback_only() then
    return "BTshare listens on a local address only (public in config.lua, or --public)"
  end
  for _, address in ipairs(self:addresses()) do
    if reach.scope(address) ~= "loopback" then return nil end
  end
  return "this machine has no network"
end

---@param scope string as of reach.scope
---@param wants_ipv4 boolean else IPv6
---@return string? address the first of ours of that scope and family
function Reach:first(scope, wants_ipv4)
  for _, address in ipairs(self:addresses()) do
    if reach.scope(address) == scope and reach.is_ipv4(address) == wants_ipv4 then return address end
  end
end

---@private
function Reach:look_up()
  local wanted, addresses = {}, {}
  for _, address in ipairs(self.bound) do
    if reach.scope(address) == "unspecified" then
      wanted[address:find(":", 1, true) and "inet6" or "inet"] = true
    else
      addresses[#addresses + 1] = address
    end
  end
  if next(wanted) then
    for _, address in ipairs(machine_addresses(wanted)) do
      addresses[#addresses + 1] = address
    end
  end
  if #addresses == 0 then
    addresses[1] = "127.0.0.1"
  end
  return addresses
end

reach.join = join

---A port that the router lets through to ours, or that it does so no more.
---@param protocol "tcp"|"udp"|"http" BitTorrent's port, or the public listener's
---@param port integer? external port
function Reach:set_mapped(protocol, port)
  self.mapped[protocol] = port
end

---The address under which peers outside see us, as they told the engine.
---@param address string
function Reach:set_external(address)
  if reach.scope(address) == "global" then
    self.external = address
  end
end

-- Endpoints of a port of ours: on this machine's addresses, then as the router lets it through.
local function endpoints(self, addresses, port, protocol)
  local list, has_external = {}, false
  for _, address in ipairs(addresses) do
    list[#list + 1] = reach.join(address, port)
    has_external = has_external or address == self.external
  end
  if self.mapped[protocol] and self.external and not has_external then
    list[#list + 1] = reach.join(self.external, self.mapped[protocol])
  end
  return list
end

local function urls(list, path)
  local found = {}
  for index, endpoint in ipairs(list) do
    found[index] = "http://" .. endpoint .. path
  end
  return found
end

-- Of this machine's addresses; made anew only where what they come from is another, since ten thousand shares that are
-- described ask for the same ones. Not to be changed.
local function own_endpoints(self, protocol, port)
  local kept, addresses, mapped = self.kept[protocol], self:addresses(), self.mapped[protocol]
  if kept and kept.addresses == addresses and kept.port == port and kept.external == self.external
    and kept.mapped == mapped then
    return kept.list
  end
  local list = endpoints(self, addresses, port, protocol)
  self.kept[protocol] = { list = list, addresses = addresses, port = port, external = self.external, mapped = mapped }
  return list
end

---@return string[] endpoints for `x.pe` and tracker replies, where BitTorrent peers reach us; not to be changed
function Reach:torrent_endpoints()
  return own_endpoints(self, "tcp", self.torrent_port)
end

---@param path string beginning with "/"
---@return string[] urls of the public listener, one for each reachable address
function Reach:public_urls(path)
  return urls(own_endpoints(self, "http", self.public_port), path)
end

---How we are reached from where somebody stands; has the methods `torrent_endpoints` and `public_urls` of Reach.
---@class btshare.Place
---@field private reach btshare.Reach
---@field private scope string of the one who asks
---@field private host string? by which we were reached: it works, for this one at least
local Place = {}
Place.__index = Place

---@param address string IP literal of the one who asks
---@param host string? the Host header of the request, which the listener has checked
---@return btshare.Place
function Reach:for_asker(address, host)
  host = host and host:match("^[%w%.%-]+:?%d*$") or host and host:match("^%[[%x:]+%]:?%d*$")
  return setmetatable({ reach = self, scope = reach.scope(address), host = host }, Place)
end

-- Who is on this machine reaches all of our addresses, and may pass them on; who is on the network around us
-- all but loopback; who is elsewhere only those that mean the same everywhere.
---@private
function Place:addresses()
  local all, chosen = self.reach:addresses(), {}
  if self.scope == "loopback" then
    for index, address in ipairs(self.reach.bound) do
      local is_any = reach.scope(address) == "unspecified"
      if is_any then chosen[index] = address == "::" and "::1" or "127.0.0.1" end
    end
  end
  for _, address in ipairs(all) do
    local scope = reach.scope(address)
    if self.scope == "loopback" or scope == "global" or self.scope ~= "global" and scope ~= "loopback" then
      chosen[#chosen + 1] = address
    end
  end
  return chosen
end

---@return string[] endpoints
function Place:torrent_endpoints()
  return endpoints(self.reach, self:addresses(), self.reach.torrent_port, "tcp")
end

---@param path string beginning with "/"
---@return string[] urls the one that was used for this request first
function Place:public_urls(path)
  local list = endpoints(self.reach, self:addresses(), self.reach.public_port, "http")
  for index, endpoint in ipairs(list) do
    if endpoint == self.host then table.remove(list, index) break end
  end
  if self.host then table.insert(list, 1, self.host) end
  return urls(list, path)
end

---The URL to hand to another device: who asks on this machine means another one, where others can reach us.
---@param path string beginning with "/"
---@return string url
function Place:url(path)
  if self.scope == "loopback" then
    for _, address in ipairs(self.reach:addresses()) do
      if reach.scope(address) ~= "loopback" then
        return "http://" .. reach.join(address, self.reach.public_port) .. path
      end
    end
  end
  return self:public_urls(path)[1] or self.reach:public_urls(path)[1]
end

return reach
