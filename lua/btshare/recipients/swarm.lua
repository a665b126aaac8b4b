-- The recipients that fetch by BitTorrent: from connections and announces to how far they are, and who has it all.
--
-- Whoever had it all when it came is a copy elsewhere, and no recipient. A client that says nothing is left before it
-- has the metadata (aria2, facts §1.5) has nothing yet: only what was seen counts.
--
-- Who hangs up as soon as it has it all did not get to say so. It has it all where each block was given to it, and has
-- arrived, or is of a piece that it said it has: in the connection that ends and those that ended before. Where that
-- cannot be known (a reset, no tracker, the last pieces from others), it counts only if nearly all was told.
local client = require "btshare.recipients.client"
local identity = require "btshare.recipients.identity"
local join = require "btshare.reach".join

local swarm = {}

---@class btshare.recipients.Connection
---@field recipient btshare.Recipient? nil: it had it all when it came
---@field uploaded integer in this connection
---@field counted integer? of `uploaded`, to the link by which it came
---@field up_rate integer
---@field new_since integer? it has not said yet what it has, or has nothing

local smoothing = 0.3   -- weight of the latest look, of the speed of progress
local silence = 5       -- seconds until who has nothing and gets nothing is believed to have nothing
local most_given = 4096 -- blocks kept in mind of a recipient
local almost = 0.9      -- how far one was seen to be whose last pieces may not have been told

local function name_of(peer)
  return peer.client and client.of_peer(peer.client)
end

-- A recipient of an earlier version is after the present one now.
local function bring_up(record, recipient)
  if recipient.version ~= record.total.version then
    recipient.version, recipient.finished, recipient.progress = record.total.version, nil, nil
    recipient.lacks, recipient.ended_before, recipient.given, recipient.by_http = 0, recipient.ended, nil, nil
  end
  return recipient
end

local function find(record, peer, may_be_done)
  local name = name_of(peer)
  local like = {
    id = peer.id, address = peer.address, port = peer.port, name = name, progress = peer.progress,
    uploaded = peer.uploaded,
  }
  return identity.find(record, like, may_be_done), name
end

local function find_or_add(record, peer, is_whole, now)
  local found, name = find(record, peer, is_whole)
  found = found or record:add { way = "torrent", address = peer.address, since = now, last = now }
  if not found then return nil end
  found.client = found.client or name
  bring_up(record, found)
  identity.note(record, found, peer)
  identity.bind(record, found, peer)
  return found
end

local function sum_up(recipient)
  local sent, rate = recipient.ended, 0
  for connection in pairs(recipient.connections) do
    sent, rate = sent + connection.uploaded, rate + connection.up_rate
  end
  for transfer in pairs(recipient.transfers) do sent = sent + transfer.told end
  return sent, rate
end

local function follow_progress(record, recipient, progress, seconds)
  if recipient.progress and seconds and progress >= recipient.progress then
    local latest = (progress - recipient.progress) * record.share.size / seconds
    recipient.speed = recipient.speed and recipient.speed + (latest - recipient.speed) * smoothing or latest
  end
  recipient.progress = progress
end

-- Somebody has it all that we gave nothing, in this connection or before.
local function note_copy(record, peer, now)
  local known = find(record, peer, true)
  if known then known.last = now else record.copies[peer.address .. "\0" .. (name_of(peer) or "")] = now end
  return known
end

-- Whether one that has it all had it before, and not from us.
local function is_copy(record, peer)
  local known = find(record, peer, true)
  if not known or known.version ~= record.total.version then return peer.uploaded == 0 end
  return known.finished ~= nil
end

local function connect(record, peer, is_whole, now)
  local connection = { uploaded = 0, up_rate = 0 }
  if is_whole and is_copy(record, peer) then
    note_copy(record, peer, now)
    return connection
  end
  local recipient = find_or_add(record, peer, is_whole, now)
  if recipient then
    connection.recipient = recipient
    recipient.connections[connection] = true
    record:count(recipient, 1)
  end
  return connection
end

-- Whether it is known to have lacked something, so that having it all is news.
local function has_fetched(recipient)
  return recipient.sent > 0 or recipient.lacks > 1
end

---Takes note of what is known of a connected peer.
---@param record btshare.recipients.Record
---@param connections table<string, btshare.recipients.Connection> by endpoint
---@param peer core.engine.Peer
---@param now integer seconds since 1970
---@param seconds number? since the last look at all peers
---@param is_whole boolean? whether it is known to have it all, whatever its progress says
---@return btshare.Recipient? finished one that has it all now
function swarm.see(record, connections, peer, now, seconds, is_whole)
  local endpoint = join(peer.address, peer.port)
  local connection = connections[endpoint]
  is_whole = is_whole or peer.progress == 1
  local is_silent = not is_whole and peer.progress == 0 and peer.uploaded == 0
  if not connection and is_silent then
    connections[endpoint] = { uploaded = 0, up_rate = 0, new_since = now }
    return nil
  elseif not connection or connection.new_since then
    if is_silent and now - connection.new_since < silence then return nil end
    connection = connect(record, peer, is_whole, now)
    connections[endpoint] = connection
  end
  local recipient = connection.recipient
  if not recipient then return nil end
  connection.uploaded, connection.up_rate = peer.uploaded, peer.up_rate
  recipient.last, recipient.pieces = now, peer.pieces or recipient.pieces
  follow_progress(record, recipient, math.max(peer.progress, peer.progress == 0 and recipient.progress or 0), seconds)
  if peer.progress < 1 then
    recipient.lacks = recipient.lacks + (peer.progress > 0 and 2 or 1)
  end
  recipient.sent, recipient.up_rate = sum_up(recipient)
  return peer.progress == 1 and has_fetched(recipient) and recipient or nil
end

-- How much of the whole we gave it, or saw that it has.
local function share_of_it(record, recipient)
  return math.max(recipient.progress or 0, (recipient.sent - (recipient.ended_before or 0)) / record.share.size)
end

-- Keeps in mind what a connection gave: the next that ends may have given the rest.
local function remember(recipient, blocks)
  local kept = recipient.given
  if not kept or kept.count > most_given then
    kept = { count = 0 }
    recipient.given = kept
  end
  for _, block in ipairs(blocks) do
    if not kept[block] then kept[block], kept.count = true, kept.count + 1 end
  end
end

-- Whether it was given all that it did not say it has; nil where that is not known, as of what our web seed gave.
local function was_given_rest(recipient, event)
  if not event.given or recipient.by_http then return nil end
  for _, block in ipairs(event.lacking or { -1 }) do
    if not (recipient.given and recipient.given[block]) then return false end
  end
  return true
end

-- What a connection was like at its end tells that its recipient has it all.
local function has_all(record, recipient, event)
  local part, rest = share_of_it(record, recipient), was_given_rest(recipient, event)
  return event.became_seed and part >= almost
    or rest and (event.hung_up or event.became_seed)
    or rest ~= false and part >= 1 and (recipient.progress or 0) >= almost
end

---A connection has ended. Who has it all may leave before that was told: then it counts what we gave it.
---@param record btshare.recipients.Record
---@param connections table<string, btshare.recipients.Connection>
---@param event table "peer-disconnected"
---@param now integer seconds since 1970
---@return btshare.Recipient? finished one that has it all now
function swarm.leave(record, connections, event, now)
  local endpoint, peer = join(event.address, event.port), event.peer
  local is_whole = event.became_seed or peer and peer.progress == 1
  local recipient, finished
  if peer and (connections[endpoint] or is_whole or peer.uploaded > 0) then
    finished = swarm.see(record, connections, peer, now, nil, is_whole)
    recipient = connections[endpoint].recipient
  end
  swarm.part(record, connections, endpoint)
  if finished or not recipient or recipient.finished then return finished end
  if has_all(record, recipient, event) then return recipient end
  if event.given then remember(recipient, event.given) end
end

---Takes a connection away.
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

---A client has announced itself to our tracker.
---@param record btshare.recipients.Record
---@param what {address: string, port: integer, action: string, left: integer?, peer: string?}
---@param link {id: string, name: string?}
---@param is_finished boolean whether the tracker says that it has it all now
---@param now integer seconds since 1970
---@return btshare.Recipient? finished
function swarm.announce(record, what, link, is_finished, now)
  local announce = identity.announce(record, what, link)
  local known = announce.recipient
  if known then
    bring_up(record, known).last = now
    local left = what.left or 0
    if not known.is_active and not known.finished and left > 0 and left <= record.share.size then
      known.progress = 1 - left / record.share.size
    end
  end
  if not is_finished then return nil end
  if not known then
    known = record:add { way = "torrent", address = what.address, peer = what.peer, since = now, last = now }
    if known then identity.announce(record, what, link) end
  end
  return known
end

return swarm
