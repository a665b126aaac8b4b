-- What the engine tells of connections and progress, put where it belongs: each torrent's to the record of its share.
local swarm = require "btshare.recipients.swarm"
local uv = require "luv"
local view = require "btshare.recipients.view"

---@class btshare.recipients.Swarm connections of one torrent
---@field record btshare.recipients.Record
---@field open table<string, true> endpoints that have connected
---@field connections table<string, btshare.recipients.Connection> those that are known by now
---@field seen integer? loop time of the last look at its peers

---@class btshare.recipients.Torrents
---@field private recipients btshare.Recipients
---@field private services btshare.Services
---@field private swarms table<string, btshare.recipients.Swarm> by info-hash: those with connections
---@field private moving table<btshare.recipients.Record, integer> with a rate, and the loop time when it was told
local Torrents = {}
Torrents.__index = Torrents

local torrents = {}

local polls = 24                -- torrents whose peers are looked at in a second, besides those watched
local stale_milliseconds = 2500 -- the engine tells rates only while they are not 0

---@param recipients btshare.Recipients
---@return btshare.recipients.Torrents
function torrents.new(recipients)
  local self = setmetatable({
    recipients = recipients, services = recipients.services, swarms = {}, moving = {},
  }, Torrents)
  for event_type, handle in pairs {
    progress = self.on_progress, peers = self.on_peers, removed = self.on_removed,
    ["peer-connected"] = self.on_connected, ["peer-disconnected"] = self.on_disconnected,
  } do
    self.services.engine:on(event_type, function(event) handle(self, event) end)
  end
  return self
end

-- The connections of a torrent; nil where it is no share's (any more).
local function swarm_of(self, info_hash)
  local found = self.swarms[info_hash]
  local share = not found and self.services.shares.by_hash[info_hash]
  if share then
    found = { record = self.recipients:record(share), open = {}, connections = {} }
    self.swarms[info_hash] = found
  end
  return found
end

local function let_go(self, info_hash, of)
  if not next(of.open) and not next(of.connections) then self.swarms[info_hash] = nil end
end

-- What went out in a connection since the last look goes to the link by which its client came, if that is known.
local function count(of, connection)
  local recipient = connection and connection.recipient
  if not recipient then return end
  of.record.tally:add(recipient.link or of.record.share.id, connection.uploaded - (connection.counted or 0))
  connection.counted = connection.uploaded
end

local function see(self, of, peer, seconds)
  local finished = swarm.see(of.record, of.connections, peer, os.time(), seconds)
  count(of, of.connections[view.endpoint(peer)])
  if finished then self.recipients:finish(of.record, finished) end
end

local function part(of, endpoint)
  of.open[endpoint] = nil
  swarm.part(of.record, of.connections, endpoint)
end

---@private
function Torrents:on_connected(event)
  local of = swarm_of(self, event.info_hash)
  if of then of.open[view.endpoint(event)] = true end
end

---@private
function Torrents:on_disconnected(event)
  local of = swarm_of(self, event.info_hash)
  if not of then return end
  local connection = of.connections[view.endpoint(event)]
  local finished = swarm.leave(of.record, of.connections, event, os.time())
  count(of, connection)
  of.open[view.endpoint(event)] = nil
  if finished then self.recipients:finish(of.record, finished) end
  let_go(self, event.info_hash, of)
  self.recipients:changed(of.record)
end

---@private
function Torrents:on_peers(event)
  local of = swarm_of(self, event.info_hash)
  if not of then return end
  local now, there = uv.now(), {}
  for _, peer in ipairs(event.peers) do
    there[view.endpoint(peer)] = true
    see(self, of, peer, of.seen and math.max(0.1, (now - of.seen) / 1000))
  end
  of.seen = now
  for endpoint in pairs(of.connections) do -- ends that were not told
    if not there[endpoint] then part(of, endpoint) end
  end
  let_go(self, event.info_hash, of)
  self.recipients:changed(of.record)
end

-- Connections of a torrent that is taken out end without further words.
---@private
function Torrents:on_removed(event)
  local of = self.swarms[event.info_hash]
  if not of then return end
  self.swarms[event.info_hash] = nil
  for endpoint in pairs(of.connections) do part(of, endpoint) end
  self.recipients:changed(of.record)
end

-- The engine counts what a torrent sent since it was added.
local function take_progress(self, of, row)
  if of.info_hash ~= row.info_hash or row.uploaded < of.uploaded then
    of.info_hash, of.uploaded = row.info_hash, 0
  end
  of.total.sent = of.total.sent + row.uploaded - of.uploaded
  of.uploaded, of.torrent_rate = row.uploaded, row.up_rate
  self.moving[of] = row.up_rate > 0 and uv.now() or nil
end

---@private
function Torrents:on_progress(event)
  for _, row in ipairs(event.torrents) do
    local share = self.services.shares.by_hash[row.info_hash]
    if share and (row.uploaded > 0 or row.up_rate > 0) then
      local of = self.recipients:record(share)
      take_progress(self, of, row)
      of:set_rate()
      self.recipients:changed(of)
    end
  end
end

-- Watched torrents each time, the others in turn.
local function look_at_peers(self, now)
  local waiting = {}
  for info_hash, of in pairs(self.swarms) do
    if of.record.watched_until >= now then
      self.services.engine:post_peers(info_hash, true)
    else
      waiting[#waiting + 1] = { info_hash = info_hash, seen = of.seen or 0 }
    end
  end
  if #waiting > polls then
    table.sort(waiting, function(a, b) return a.seen < b.seen end)
  end
  for index = 1, math.min(polls, #waiting) do
    self.services.engine:post_peers(waiting[index].info_hash)
  end
end

---The second's work.
---@param now integer loop time
function Torrents:tick(now)
  for of, told in pairs(self.moving) do
    if now - told > stale_milliseconds then
      self.moving[of], of.torrent_rate = nil, 0
      of:set_rate()
      self.recipients:changed(of)
    end
  end
  look_at_peers(self, now)
end

---@param record btshare.recipients.Record
function Torrents:forget(record)
  self.moving[record] = nil
  for info_hash, of in pairs(self.swarms) do
    if of.record == record then self.swarms[info_hash] = nil end
  end
end

return torrents
