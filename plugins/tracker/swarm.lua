-- The recipients of one share, as they have announced themselves.
local addresses = require ".addresses"
local reach = require "btshare.reach"
local time = require "btshare.time"

---@class tracker.Peer
---@field address string
---@field port integer
---@field bytes string compact
---@field family "inet"|"inet6"
---@field scope string
---@field links table<string, true> by which it came
---@field seen integer seconds since 1970
---@field lacked boolean whether it did not have all when it announced itself last
---@field has_all boolean?

---@class tracker.Swarm
---@field completed integer how many have got all of it
---@field count integer of peers
---@field private peers table<string, tracker.Peer> by endpoint
---@field private limits {lifetime: number, peers: integer, peers_per_address: integer}
local Swarm = {}
Swarm.__index = Swarm

local swarm = {}

---@param limits {lifetime: number, peers: integer, peers_per_address: integer} lifetime: seconds without an announce
---@return tracker.Swarm
function swarm.new(limits)
  return setmetatable({ peers = {}, count = 0, completed = 0, limits = limits }, Swarm)
end

local function forget(self, endpoint)
  self.peers[endpoint] = nil
  self.count = self.count - 1
end

---Peers that did not announce themselves for long are gone.
function Swarm:forget_old()
  local now = time.now()
  for endpoint, peer in pairs(self.peers) do
    if now - peer.seen > self.limits.lifetime then forget(self, endpoint) end
  end
end

---Who came by a link that is dead is not told of any more, unless it announced itself by another one, too.
---@param link string id
function Swarm:forget_link(link)
  for endpoint, peer in pairs(self.peers) do
    if peer.links[link] then
      peer.links[link] = nil
      if not next(peer.links) then forget(self, endpoint) end
    end
  end
end

local function has_room(self, address)
  if self.count >= self.limits.peers then self:forget_old() end
  if self.count >= self.limits.peers then return false end
  local same = 0
  for _, peer in pairs(self.peers) do
    if peer.address == address then same = same + 1 end
  end
  return same < self.limits.peers_per_address
end

local function welcome(self, endpoint, address, port)
  if not has_room(self, address) then return nil end
  local bytes, family = addresses.compact(address, port)
  if not bytes then return nil end
  local peer = {
    address = address, port = port, bytes = bytes, family = family, scope = reach.scope(address), links = {},
  }
  self.peers[endpoint] = peer
  self.count = self.count + 1
  return peer
end

-- Whether this announce is the first that says a peer has it all. Not every client says "completed": aria2 that
-- ends at once says only that nothing is left.
local function has_finished(peer, fields)
  if peer and peer.has_all then return false end
  return fields.event == "completed" or (fields.left == "0" and peer ~= nil and peer.lacked)
end

---A peer announces itself.
---@param address string
---@param port integer
---@param fields table<string, string> of the announce: event, left
---@param link string id of the link by which it came
---@return boolean is_finished whether only now it has all
function Swarm:announce(address, port, fields, link)
  local endpoint = reach.join(address, port)
  local peer = self.peers[endpoint]
  local is_finished = has_finished(peer, fields)
  if is_finished then self.completed = self.completed + 1 end
  if fields.event == "stopped" then
    if peer then forget(self, endpoint) end
    return is_finished
  end
  peer = peer or welcome(self, endpoint, address, port)
  if not peer then return is_finished end
  peer.seen, peer.links[link] = time.now(), true
  peer.has_all = peer.has_all or is_finished
  peer.lacked = (math.tointeger(tonumber(fields.left)) or 0) > 0
  return is_finished
end

---Ourselves first, then others, as far as the listener may hear of them and wants.
---@param address string of the listener
---@param port integer
---@param wanted integer
---@param own {address: string, port: integer}[] where we are reached
---@return {inet: string[], inet6: string[]} found compact peers
function Swarm:choose(address, port, wanted, own)
  local scope = reach.scope(address)
  local found = { inet = {}, inet6 = {} }
  local count = 0
  local function add(bytes, family)
    if bytes and count < wanted then
      count = count + 1
      table.insert(found[family], bytes)
    end
  end
  for _, endpoint in ipairs(own) do
    if addresses.may_hear(scope, reach.scope(endpoint.address)) then
      add(addresses.compact(endpoint.address, endpoint.port))
    end
  end
  for _, peer in pairs(self.peers) do
    if not (peer.address == address and peer.port == port) and addresses.may_hear(scope, peer.scope) then
      add(peer.bytes, peer.family)
    end
  end
  return found
end

---@return integer complete copies, ours among them
---@return integer incomplete
function Swarm:copies()
  local complete, incomplete = 1, 0
  for _, peer in pairs(self.peers) do
    if peer.has_all then complete = complete + 1 else incomplete = incomplete + 1 end
  end
  return complete, incomplete
end

return swarm
