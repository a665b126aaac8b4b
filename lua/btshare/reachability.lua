-- Whether others can reach us, as far as that can be told without asking anybody outside: what the router said, and
-- who came from the internet.
local mapping = require "btshare.mapping"
local reach = require "btshare.reach"
local uv = require "luv"

local look_milliseconds = 10000 -- between two looks at our addresses

---@alias btshare.Reachability.state
---| "reached" somebody came from the internet
---| "mapped" the router opened both ports
---| "partly" the router opened one of them
---| "direct" this machine has an address of its own on the internet
---| "shared" the router has no address of its own on the internet
---| "closed" the router opened none
---| "refused" config.lua says not to ask the router
---| "asking" the router has not answered yet
---| "off" nobody but this machine may come, or there is no network

---@class btshare.Reachability
---@field private services btshare.Services
---@field private mapper btshare.Mapper? nil where the router is not asked
---@field private is_allowed boolean? the owner had the router asked, whatever config.lua says
---@field private mapping btshare.Mapping? the router's last word
---@field private voted string? our address as peers see it
---@field private reached {at: integer, address: string}? the last one who came from the internet
---@field private told btshare.Reachability.state? what the owner was told last
---@field private reviewed string? what `reachability-changed` told last
local Reachability = {}
Reachability.__index = Reachability

local reachability = {}

local function is_ipv4(address)
  return not address:find(":", 1, true)
end

-- The first address of ours of that scope and family.
local function first(self, scope, wants_ipv4)
  for _, address in ipairs(self.services.reach:addresses()) do
    if reach.scope(address) == scope and is_ipv4(address) == wants_ipv4 then return address end
  end
end

---@param services btshare.Services
---@return btshare.Reachability
function reachability.new(services)
  local self = setmetatable({ services = services }, Reachability)
  services.engine:on("peer-connected", function(event)
    if event.incoming then self:on_come(event.address) end
  end)
  services.engine:on("external-address", function(event)
    self.voted = event.address
    self:pass_on()
  end)
  services.public.on_come = function(address) self:on_come(address) end
  return self
end

---Somebody came to one of our ports. From the internet it is a proof; our own address there may be ourselves, whom
---the router sent back.
---@param address string
function Reachability:on_come(address)
  if reach.scope(address) ~= "global" or address == self.services.reach.external then return end
  local is_first = self.reached == nil
  self.reached = { at = os.time(), address = address }
  if is_first then self:review() end
end

local function tell(self, level, message)
  self.services.events:tell("notice", { level = level, message = message })
end

-- The address to map for, where only one may be reached; false where no IPv4 address is.
local function mapped_address(bound)
  for _, address in ipairs(bound) do
    if address == "0.0.0.0" then return nil end
    if is_ipv4(address) then return address end
  end
  return false
end

---Asks the router, where config.lua lets us and it makes sense, and says so.
function Reachability:start()
  self:ask_router()
  self:review()
  self.timer = uv.new_timer()
  self.timer:start(look_milliseconds, look_milliseconds, function() self:look() end)
end

local announced = "asks the router (UPnP, NAT-PMP) to open TCP ports %d (downloads) and %d (BitTorrent) until BTshare "
  .. "ends; map_ports = false in config.lua forbids it"
local wished = "asks the router (UPnP, NAT-PMP) to open TCP ports %d (downloads) and %d (BitTorrent) until BTshare "
  .. "ends; you asked for it"

-- Whether a router could help: it stands between, and we have an address for it.
local function has_router(self)
  local place = self.services.reach
  return not place:is_loopback_only() and mapped_address(place.bound) ~= false
    and (first(self, "lan", true) or first(self, "lan", false)) ~= nil and not first(self, "global", true)
end

-- Whether it may be asked at all.
local function is_permitted(self)
  return self.services.config.map_ports or self.is_allowed
end

---@private
function Reachability:ask_router()
  local services = self.services
  local place = services.reach
  local address = mapped_address(place.bound)
  if not is_permitted(self) or place:is_loopback_only() or address == false then return end
  if first(self, "global", true) then return end -- no router stands between
  local message
  self.mapper, message = mapping.open({
    store = services.store, tcp = place.torrent_port, http = place.public_port, address = address,
  }, function(change) self:on_mapping(change) end)
  if not self.mapper then
    tell(self, "warning", "the router cannot be asked: " .. message)
    return
  end
  tell(self, "info", (self.is_allowed and wished or announced):format(place.public_port, place.torrent_port))
  self.known = self:own_addresses()
end

---@private
function Reachability:own_addresses()
  local own = {}
  for _, address in ipairs(self.services.reach:addresses()) do
    if is_ipv4(address) then own[#own + 1] = address end
  end
  return table.concat(own, " ")
end

---@private
function Reachability:look()
  local own = self:own_addresses()
  if self.mapper and own ~= self.known then
    self.known = own
    self.mapper:ask()
  end
  self:review()
end

---@private
function Reachability:on_mapping(change)
  self.mapping = change
  self:pass_on()
  local state, sentence = self:internet()
  if state ~= self.told then
    self.told = state
    tell(self, "info", "From the internet: " .. sentence .. ".")
  end
  self:review()
end

-- The router's ports lead to us only where it stands on the internet itself. What peers say of our address counts
-- where it does not say.
---@private
function Reachability:pass_on()
  local place, change = self.services.reach, self.mapping or {}
  local external = change.external or self.voted
  local is_useful = external and reach.scope(external) == "global"
  place:set_mapped("tcp", is_useful and change.tcp or nil)
  place:set_mapped("http", is_useful and change.http or nil)
  if is_useful then place:set_external(external) end
  local is_other = is_useful and change.tcp and change.tcp ~= place.torrent_port
  self.services.engine:set_announce_port(is_other and change.tcp or 0)
end

-- What the owner can do where the router does not.
local function advice(self)
  local place = self.services.reach
  local own = first(self, "lan", true)
  return own and ("; in the router's settings, let TCP ports %d and %d through to %s")
    :format(place.public_port, place.torrent_port, own) or ""
end

-- What the router's last word means.
local function judge(self)
  local change = self.mapping
  if not change then return "asking", "not known yet, the router is being asked" end
  if change.external and reach.scope(change.external) ~= "global" then
    return "shared", ("no, the router's own address (%s) is not on the internet: the provider shares one among "
      .. "customers, or another router stands before it"):format(change.external)
  elseif change.tcp and change.http then
    return "mapped", ("yes, the router opened ports %d (downloads) and %d (BitTorrent)"):format(change.http, change.tcp)
  elseif change.tcp or change.http then
    return "partly", ("partly, the router opened port %d only (%s): %s"):format(change.http or change.tcp,
      change.http and "downloads" or "BitTorrent", change.message)
  end
  return "closed", "no, " .. change.message .. advice(self)
end

-- As far as IPv4 goes.
local function judge_ipv4(self)
  local services = self.services
  local own = first(self, "global", true)
  if services.reach:is_loopback_only() then
    return "off", "no, BTshare listens on this machine only (public in config.lua)"
  elseif own then
    return "direct", ("yes, this machine has an address of its own there (%s), unless a firewall stands before it")
      :format(own)
  elseif not first(self, "lan", true) and not first(self, "lan", false) then
    return "off", "no, this machine has no network"
  elseif not is_permitted(self) then
    return "refused", "not as far as we know, map_ports = false in config.lua forbids to ask the router" .. advice(self)
  elseif not self.mapper then
    return "closed", "no, BTshare has no IPv4 address to open a port for"
  end
  return judge(self)
end

local is_open = { mapped = true, direct = true, partly = true, off = true }

---Whether we can be reached from the internet.
---@return btshare.Reachability.state state
---@return string sentence without a full stop
function Reachability:internet()
  if self.reached then
    return "reached", "yes, somebody came from there at " .. os.date("%H:%M on %d %B", self.reached.at)
  end
  local state, sentence = judge_ipv4(self)
  local own = first(self, "global", false)
  if own and state == "off" then
    return "direct", ("yes, by IPv6 (%s), unless a firewall stands before it"):format(own)
  elseif own and not is_open[state] then
    return state, sentence .. ("; by IPv6 (%s) yes, unless a firewall stands before it"):format(own)
  end
  return state, sentence
end

local is_worth_asking = { refused = true, closed = true, partly = true }

---Whether asking the router, now, could make a difference.
---@return boolean
function Reachability:can_ask()
  return is_worth_asking[self:internet()] ~= nil and has_router(self)
end

---Asks the router now, since the owner says so, which outweighs map_ports = false until BTshare ends.
---@return true|nil asked
---@return string? message
---@return string? code
function Reachability:ask()
  if not self:can_ask() then return nil, "the router: there is nothing to ask it for", "denied" end
  self.is_allowed, self.mapping = true, nil
  if self.mapper then
    self.mapper:ask()
  else
    self:ask_router()
    if not self.mapper then return nil, "the router cannot be asked", "failed" end
  end
  self:review()
  return true
end

---Whether we can be reached on our own network.
---@return "yes"|"off" state
---@return string sentence without a full stop
function Reachability:lan()
  local place = self.services.reach
  if place:is_loopback_only() then
    return "off", "no, BTshare listens on this machine only (public in config.lua)"
  end
  for _, address in ipairs(place:addresses()) do
    if reach.scope(address) ~= "loopback" then
      return "yes", ("yes, at http://%s/"):format(reach.join(address, place.public_port))
    end
  end
  return "off", "no, this machine has no network"
end

local function endpoints_of(self)
  local place, list = self.services.reach, {}
  for index, address in ipairs(place:addresses()) do
    list[index] = {
      address = address, scope = reach.scope(address), from = "own",
      torrent = reach.join(address, place.torrent_port), public = reach.join(address, place.public_port),
    }
  end
  local change, external = self.mapping or {}, place.external
  if external and (place.mapped.tcp or place.mapped.http) then
    list[#list + 1] = {
      address = external, scope = reach.scope(external), from = "router", way = change.way,
      torrent = place.mapped.tcp and reach.join(external, place.mapped.tcp),
      public = place.mapped.http and reach.join(external, place.mapped.http),
    }
  end
  return list
end

---Tells whoever wants to know, where anything of it is another than before.
---@private
function Reachability:review()
  local events = self.services.events
  if not events:has("reachability-changed") then return end
  local state, sentence = self:internet()
  local addresses, endpoints = endpoints_of(self), {}
  for index, one in ipairs(addresses) do endpoints[index] = (one.torrent or "") .. " " .. (one.public or "") end
  local mark = state .. "\n" .. table.concat(endpoints, "\n")
  if mark == self.reviewed then return end
  self.reviewed = mark
  events:tell("reachability-changed", { state = state, sentence = sentence, addresses = addresses })
end

---All of it, for `status` and the API.
---@return {lan: table, internet: table, addresses: table[]}
function Reachability:describe()
  local lan, lan_sentence = self:lan()
  local internet, internet_sentence = self:internet()
  return {
    lan = { state = lan, sentence = lan_sentence },
    internet = {
      state = internet, sentence = internet_sentence, reached = self.reached and self.reached.at,
      can_ask = self:can_ask(),
    },
    addresses = endpoints_of(self),
  }
end

function Reachability:close()
  if self.timer then self.timer:close() end
  if self.mapper then self.mapper:close() end
end

return reachability
