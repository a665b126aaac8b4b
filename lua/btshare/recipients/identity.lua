-- Which connections and announces are one recipient's. No sign is certain, so several are weighed.
--
-- A peer id is one in all that a client does with a torrent, except that libtorrent (qBittorrent, Deluge) makes another
-- one for each connection. The endpoint is the same where we called, or the tracker was told of it. Else the address
-- and the client's name must do: two people behind one router are told apart only while both are there.
local join = require "btshare.reach".join

local identity = {}

---@class btshare.recipients.Announce
---@field key string peer id, or endpoint
---@field addresses table<string, true> it came from: a client may have one of IPv4 and one of IPv6
---@field count integer of these
---@field endpoint string
---@field link {id: string, name: string?}
---@field lacks boolean
---@field recipient btshare.Recipient? whose it is, as soon as that is known

local most_announces = 400 -- kept in mind of a share
local most_addresses = 4   -- and of an announce

-- A client may be named by its peer id first ("libtorrent 2.0.8") and then by itself ("libtorrent/2.0.8.0").
local function is_called_alike(one, other)
  return not one or not other or one:match("^%a*"):lower() == other:match("^%a*"):lower()
end

-- Who comes with all of it may be one that has just got it here, and whose connection has not ended yet.
local function may_return(one, peer, may_be_done)
  return not one.is_active or may_be_done and peer.uploaded == 0 and one.finished ~= nil
end

-- The best of those at the same address that are called the same and are not there at the moment.
local function find_absent(record, peer, may_be_done)
  local best
  for _, one in ipairs(record.list) do
    local is_like = one.way == "torrent" and one.address == peer.address and may_return(one, peer, may_be_done)
      and is_called_alike(one.client, peer.name)
      and (may_be_done or not one.finished or one.version ~= record.total.version)
    if is_like and (not best or (one.progress or 0) >= (best.progress or 0) or best.finished) then best = one end
  end
  return best
end

-- Both sides may call at once, and both connections stay. The tracker knows how many clients there are at an address:
-- where as many are known already, it is one of them.
local function find_twin(record, peer)
  local clients, twins = 0, {}
  for _, announce in ipairs(record.announces) do
    if announce.addresses[peer.address] then clients = clients + 1 end
  end
  for _, one in ipairs(record.list) do
    local is_like = one.way == "torrent" and one.address == peer.address and one.version == record.total.version
      and is_called_alike(one.client, peer.name)
    if is_like then twins[#twins + 1] = one end
  end
  if clients == 0 or #twins < clients then return nil end
  table.sort(twins, function(a, b)
    local progress = peer.progress or 0
    return math.abs((a.progress or 0) - progress) < math.abs((b.progress or 0) - progress)
  end)
  return twins[1]
end

---@param record btshare.recipients.Record
---@param peer {id: string?, address: string, port: integer, name: string?, progress: number?}
---@param may_be_done boolean whether it may be one that has had it all before
---@return btshare.Recipient?
function identity.find(record, peer, may_be_done)
  return peer.id and record.peers[peer.id] or record.endpoints[join(peer.address, peer.port)]
    or find_absent(record, peer, may_be_done) or find_twin(record, peer)
end

---Remembers by what a recipient was known.
---@param record btshare.recipients.Record
---@param recipient btshare.Recipient
---@param peer {id: string?, address: string, port: integer, incoming: boolean?}
function identity.note(record, recipient, peer)
  if peer.id then recipient.peer, record.peers[peer.id] = peer.id, recipient end
  if peer.incoming == false then record.endpoints[join(peer.address, peer.port)] = recipient end
end

local function give(record, recipient, announce)
  announce.recipient, recipient.announce = recipient, announce
  record.endpoints[announce.endpoint] = recipient
  recipient.link, recipient.name = announce.link.id, announce.link.name
  if announce.lacks then recipient.lacks = recipient.lacks + 2 end
end

---Gives a recipient the announce that is likely to be its own: the latest from its address that is nobody's yet.
---@param record btshare.recipients.Record
---@param recipient btshare.Recipient
---@param peer {id: string?, address: string, port: integer}
function identity.bind(record, recipient, peer)
  if recipient.announce then return end
  local endpoint, found = join(peer.address, peer.port), nil
  for _, announce in ipairs(record.announces) do
    if not announce.recipient and announce.addresses[peer.address] then
      found = announce
      if announce.endpoint == endpoint or announce.key == peer.id then break end
    end
  end
  if found then give(record, recipient, found) end
end

-- Who may have sent an announce that is nobody's yet: rather somebody who is there, or was just now.
local function find_unbound(record, address)
  local best
  for _, one in ipairs(record.list) do
    if one.way == "torrent" and one.address == address and not one.announce and one.version == record.total.version then
      if not best or not best.is_active and (one.is_active or one.last >= best.last) then best = one end
    end
  end
  return best
end

local function note_address(announce, address)
  if announce.addresses[address] then return end
  if announce.count == most_addresses then announce.addresses, announce.count = {}, 0 end
  announce.addresses[address], announce.count = true, announce.count + 1
end

---Takes note of an announce.
---@param record btshare.recipients.Record
---@param what {address: string, port: integer, left: integer?, peer: string?}
---@param link {id: string, name: string?}
---@return btshare.recipients.Announce
function identity.announce(record, what, link)
  local endpoint = join(what.address, what.port)
  local key = what.peer or endpoint
  local announce = record.announces[key]
  if not announce then
    if #record.announces >= most_announces then
      record.announces[table.remove(record.announces, 1).key] = nil
    end
    announce = { key = key, addresses = {}, count = 0 }
    record.announces[key] = announce
    table.insert(record.announces, announce)
  end
  note_address(announce, what.address)
  announce.endpoint, announce.link, announce.lacks = endpoint, link, (what.left or 0) > 0
  local recipient = announce.recipient or what.peer and record.peers[what.peer] or record.endpoints[endpoint]
    or find_unbound(record, what.address)
  if recipient and (not recipient.announce or recipient.announce == announce) then
    give(record, recipient, announce)
  end
  return announce
end

return identity
