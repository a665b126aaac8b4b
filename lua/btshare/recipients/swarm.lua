-- The recipients that fetch by BitTorrent: from connections and announces to who they are and how far.
--
-- Who has it all is told by the last moment of a connection, a look at the peers, or the tracker; whoever had it all
-- when it came is a copy elsewhere, and no recipient. A client that says nothing is left before it has the metadata
-- (aria2, facts §1.5) has nothing yet: only what it was seen to lack counts.
local client = require "btshare.recipients.client"
local join = require "btshare.reach".join

local swarm = {}

---@class btshare.recipients.Connection
---@field recipient btshare.Recipient?
---@field uploaded integer
---@field up_rate integer
---@field is_copy boolean it had it all when it came

---@class btshare.recipients.Announce
---@field address string
---@field port integer
---@field link {id: string, name: string?}
---@field lacks boolean

local most_announces = 400 -- kept in mind of a share; two for each client
local smoothing = 0.3      -- weight of the latest look, of the speed of progress

-- A client that was here before under another peer id: at the same address, called the same, gone, and not done.
local function find_former(record, address, name)
  local found
  for _, one in ipairs(record.list) do
    if one.way == "torrent" and one.address == address and one.client == name and not one.finished then
      if one.is_active or found then return nil end
      found = one
    end
  end
  return found
end

-- What it said to the tracker, and that it is after the present version now.
local function bring_up(record, recipient, announce)
  if recipient.version ~= record.total.version then
    recipient.version, recipient.finished, recipient.progress, recipient.lacks = record.total.version, nil, nil, 0
  end
  if announce and not recipient.link then
    recipient.link, recipient.name = announce.link.id, announce.link.name
  end
  if announce and announce.lacks then recipient.lacks = recipient.lacks + 2 end
  return recipient
end

local function announce_of(record, peer, address, port)
  return peer and record.announces[peer] or record.announces[join(address, port)]
end

---@param record btshare.recipients.Record
---@param peer {id: string?, address: string, port: integer, client: string?}
---@param now integer seconds since 1970
---@return btshare.Recipient?
local function find_or_add(record, peer, now)
  local name = peer.client and client.of_peer(peer.client)
  local found = peer.id and record.peers[peer.id] or name and find_former(record, peer.address, name)
  if not found then
    found = record:add {
      way = "torrent", address = peer.address, peer = peer.id, client = name, since = now, last = now,
    }
    if not found then return nil end
  end
  if peer.id then found.peer, record.peers[peer.id] = peer.id, found end
  found.client = found.client or name
  return bring_up(record, found, announce_of(record, peer.id, peer.address, peer.port))
end

local function sum_up(recipient)
  local sent, rate = recipient.ended, 0
  for connection in pairs(recipient.connections) do
    sent, rate = sent + connection.uploaded, rate + connection.up_rate
  end
  return sent, rate
end

local function follow_progress(record, recipient, progress, seconds)
  if recipient.progress and seconds and progress >= recipient.progress then
    local latest = (progress - recipient.progress) * record.share.size / seconds
    recipient.speed = recipient.speed and recipient.speed + (latest - recipient.speed) * smoothing or latest
  end
  recipient.progress = progress
end

-- Whether it is known to have got something, so that having it all is news.
local function has_fetched(recipient, connection)
  return connection.uploaded > 0 or recipient.sent > 0 or recipient.lacks > 1
end

---Takes note of what is known of a connected peer.
---@param record btshare.recipients.Record
---@param connections table<string, btshare.recipients.Connection> by endpoint
---@param peer core.engine.Peer
---@param now integer seconds since 1970
---@param seconds number? since the last look at all peers
---@return btshare.Recipient? finished one that has it all now
function swarm.see(record, connections, peer, now, seconds)
  local endpoint = join(peer.address, peer.port)
  local connection = connections[endpoint]
  if not connection then
    connection = { uploaded = 0, up_rate = 0, is_copy = peer.progress == 1 and peer.uploaded == 0 }
    connections[endpoint] = connection
    local known = peer.id and record.peers[peer.id]
    local announce = announce_of(record, peer.id, peer.address, peer.port)
    if connection.is_copy and not (known and not known.finished) and not (announce and announce.lacks) then
      if known then known.last = now else record.copies[peer.id or endpoint] = now end
      return nil
    end
    connection.recipient = find_or_add(record, peer, now)
    if connection.recipient then
      connection.recipient.connections[connection] = true
      record:count(connection.recipient, 1)
    end
  end
  connection.uploaded, connection.up_rate = peer.uploaded, peer.up_rate
  local recipient = connection.recipient
  if not recipient then return nil end
  recipient.last, recipient.pieces = now, peer.pieces or recipient.pieces
  follow_progress(record, recipient, peer.progress, seconds)
  if peer.progress < 1 then
    recipient.lacks = recipient.lacks + (peer.progress > 0 and 2 or 1)
  end
  recipient.sent, recipient.up_rate = sum_up(recipient)
  return peer.progress == 1 and has_fetched(recipient, connection) and recipient or nil
end

---A connection has ended.
---@param record btshare.recipients.Record
---@param connections table<string, btshare.recipients.Connection>
---@param endpoint string
function swarm.part(record, connections, endpoint)
  local connection = connections[endpoint]
  connections[endpoint] = nil
  local recipient = connection and connection.recipient
  if not recipient then return end
  recipient.connections[connection] = nil
  recipient.ended = recipient.ended + connection.uploaded
  recipient.sent, recipient.up_rate = sum_up(recipient)
  record:count(recipient, -1)
end

local function remember(record, announce, peer)
  if record.announce_count >= most_announces then
    record.announces, record.announce_count = {}, 0
  end
  for _, key in ipairs { join(announce.address, announce.port), peer } do
    if not record.announces[key] then record.announce_count = record.announce_count + 1 end
    record.announces[key] = announce
  end
end

---A client has announced itself to our tracker.
---@param record btshare.recipients.Record
---@param what {address: string, port: integer, action: string, left: integer?, peer: string?}
---@param link {id: string, name: string?}
---@param is_finished boolean whether the tracker says that it has it all now
---@param now integer seconds since 1970
---@return btshare.Recipient? finished
function swarm.announce(record, what, link, is_finished, now)
  local lacks = (what.left or 0) > 0
  remember(record, { address = what.address, port = what.port, link = link, lacks = lacks }, what.peer)
  local known = what.peer and record.peers[what.peer]
  if known then
    known.last = now
    bring_up(record, known, announce_of(record, what.peer, what.address, what.port))
    if not known.is_active and not known.finished and lacks and what.left <= record.share.size then
      known.progress = 1 - what.left / record.share.size
    end
  end
  if not is_finished then return nil end
  return known or find_or_add(record, { id = what.peer, address = what.address, port = what.port }, now)
end

return swarm
