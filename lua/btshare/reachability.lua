-- Whether others can reach us, as far as that can be told without asking anybody outside: what the router said, and
-- who came from the internet.
local mapping = require "btshare.mapping"
local reach = require "btshare.reach"
local verdict = require "btshare.reachability.verdict"
local uv = require "luv"

local look_milliseconds = 10000 -- between two looks at our addresses

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
    if reach.is_ipv4(address) then return address end
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
    and (place:first("lan", true) or place:first("lan", false)) ~= nil and not place:first("global", true)
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
  if place:first("global", true) then return end -- no router stands between
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
    if reach.is_ipv4(address) then own[#own + 1] = address end
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

---Whether we can be reached from the internet.
---@return btshare.Reachability.state state
---@return string sentence without a full stop
function Reachability:internet()
  return verdict.internet(self.services.reach, {
    reached_at = self.reached and self.reached.at, mapping = self.mapping, is_permitted = is_permitted(self),
    is_asked = self.mapper ~= nil,
  })
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
  local lan, lan_sentence = verdict.lan(self.services.reach)
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
