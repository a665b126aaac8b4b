-- The recipients: who fetches each share now, by BitTorrent and by HTTP, who has all of it, and how much went out.
--
-- The engine, the tracker and the public routes tell what happens; this is the one place that decides that a recipient
-- has it all, and tells it once for each recipient and version. Its cost grows with what is being fetched, never with
-- the number of shares.
local http = require "btshare.recipients.http"
local kept = require "btshare.recipients.kept"
local record = require "btshare.recipients.record"
local swarm = require "btshare.recipients.swarm"
local task = require "btshare.task"
local totals = require "btshare.recipients.totals"
local uv = require "luv"
local view = require "btshare.recipients.view"

---@class btshare.recipients.Swarm connections of one torrent
---@field record btshare.recipients.Record
---@field open table<string, true> endpoints that have connected
---@field connections table<string, btshare.recipients.Connection> those that are known by now
---@field seen integer? loop time of the last look at its peers

---@class btshare.Recipients
---@field on_change fun(share: btshare.Share)? a summary has changed
---@field private services btshare.Services
---@field private totals btshare.recipients.Totals
---@field private records table<string, btshare.recipients.Record> by share
---@field private swarms table<string, btshare.recipients.Swarm> by info-hash: those with connections
---@field private moving table<btshare.recipients.Record, integer> with a torrent rate, and when it was told
---@field private sending table<btshare.recipients.Record, true> with replies under way
---@field private jobs table<btshare.task.job, true>
local Recipients = {}
Recipients.__index = Recipients

local recipients = {}

local period = 1000          -- milliseconds
local watch_milliseconds = 5000
local polls = 24             -- shares whose peers are looked at in a second, besides those watched
local stale_milliseconds = 2500 -- the engine tells rates while they are not 0 only
local store_ticks, sweep_ticks = 30, 60
local idle_milliseconds = 600000 -- after which a share's recipients are in the store only
local copy_seconds = 1200        -- two announces of our tracker

---@param services btshare.Services with its transfers
---@return btshare.Recipients
function recipients.new(services)
  local self = setmetatable({
    services = services, totals = totals.open(services.store), records = {}, swarms = {}, moving = {}, sending = {},
    jobs = {}, turn = 0, last = uv.now(),
  }, Recipients)
  local engine = services.engine
  engine:on("progress", function(event) self:on_progress(event) end)
  engine:on("peers", function(event) self:on_peers(event) end)
  engine:on("peer-connected", function(event) self:on_connected(event) end)
  engine:on("peer-disconnected", function(event) self:on_disconnected(event) end)
  engine:on("removed", function(event) self:on_removed(event.info_hash) end)
  services.transfers:follow {
    begin = function(transfer) self:on_begin(transfer) end,
    finish = function(transfer, bytes) self:on_finish(transfer, bytes) end,
  }
  self.timer = uv.new_timer()
  self.timer:start(period, period, function() self:tick() end)
  return self
end

---What is known of a share's recipients, made out of the store where it was let go.
---@private
---@param share btshare.Share
---@return btshare.recipients.Record
function Recipients:record(share)
  local found = self.records[share.id]
  if not found then
    found = record.new(share, self.totals:take(share))
    kept.load(self.services.store, found)
    self.records[share.id] = found
  end
  self.totals:take(share) -- the version may be another one now
  found.used = uv.now()
  return found
end

---@private
function Recipients:changed(of)
  self.totals:touch(of.share.id)
  if self.on_change then self.on_change(of.share) end
end

---How a share fares. Constant time, nothing is made.
---@param share btshare.Share
---@return btshare.recipients.Total
function Recipients:summary(share)
  return self.totals:get(share)
end

---How many people have all of a share's present version.
---@param share btshare.Share
---@return integer
function Recipients:complete(share)
  return self.totals:get(share).complete
end

-- Whole copies that others have, as far as was seen of late.
local function count_copies(of)
  local since, count = os.time() - copy_seconds, 0
  for _, one in ipairs(of.list) do
    local has_it = one.way == "torrent" and one.finished and one.version == of.total.version
    if has_it and one.last >= since then count = count + 1 end
  end
  for _, seen in pairs(of.copies) do
    if seen >= since then count = count + 1 end
  end
  return count
end

---The recipients of a share as JSON; for the next 5 s they are looked at each second.
---@param share btshare.Share
---@return {recipients: table[], complete: integer, copies_elsewhere: integer, availability: string?}
function Recipients:watch(share)
  local of = self:record(share)
  if of.watched_until < uv.now() and share.is_seeding then
    self.services.engine:post_peers(share.info_hash, true)
  end
  of.watched_until = uv.now() + watch_milliseconds
  return view.answer(of, count_copies(of))
end

---A recipient has it all. Told once for each version; a direct download to its end counts each time.
---@private
---@param of btshare.recipients.Record
---@param recipient btshare.Recipient
function Recipients:finish(of, recipient)
  local is_news = not recipient.finished or recipient.version ~= of.total.version
  if not is_news and recipient.way ~= "direct" then return end
  local services, total = self.services, of.total
  total.downloads = total.downloads + 1
  services.access:count(recipient.link or of.share.id)
  if is_news then
    recipient.finished, recipient.progress, recipient.version = os.time(), 1, total.version
    total.complete = total.complete + 1
  end
  local batch = { self.totals:statement(of.share.id), kept.statement(of, recipient) }
  self:changed(of)
  self:store(batch)
  if is_news and services.events:has("recipient-finished") then
    services.events:tell("recipient-finished", {
      share = services.shares:describe(of.share), who = recipient.name or recipient.address,
      way = recipient.way == "direct" and "http" or nil, link = recipient.name,
    })
  end
end

---A client has announced itself to our tracker.
---@param share btshare.Share
---@param what {address: string, port: integer, action: string, left: integer?, peer: string?}
---@param link {id: string, name: string?}
---@param is_finished boolean whether the tracker says that it has it all now
function Recipients:announced(share, what, link, is_finished)
  local of = self:record(share)
  local finished = swarm.announce(of, what, link, is_finished, os.time())
  if finished then self:finish(of, finished) end
end

---Somebody has got every byte of the whole by HTTP.
---@param transfer btshare.Transfer whose end brought the last of them
function Recipients:delivered(transfer)
  local of = transfer.record
  local recipient = transfer.recipient or http.recipient(of, transfer, os.time())
  if recipient then self:finish(of, recipient) else self.services.access:count(transfer.pass.link) end
end

---@private
function Recipients:on_begin(transfer)
  local of = self:record(transfer.share)
  transfer.record = of
  http.begin(of, transfer, os.time())
  self.sending[of] = true
  self:changed(of)
end

---@private
function Recipients:on_finish(transfer, bytes)
  local of = transfer.record
  http.finish(of, transfer, bytes, os.time())
  self:changed(of)
end

-- The connections of a torrent; nil where it is no share's (any more).
local function swarm_of(self, info_hash)
  local found = self.swarms[info_hash]
  local share = not found and self.services.shares.by_hash[info_hash]
  if share then
    found = { record = self:record(share), open = {}, connections = {} }
    self.swarms[info_hash] = found
  end
  return found
end

---@private
function Recipients:on_connected(event)
  local of = swarm_of(self, event.info_hash)
  if of then of.open[view.endpoint(event)] = true end
end

---@private
function Recipients:on_disconnected(event)
  local of = swarm_of(self, event.info_hash)
  if not of then return end
  local endpoint = view.endpoint(event)
  if event.peer then self:see(of, event.peer) end
  of.open[endpoint] = nil
  swarm.part(of.record, of.connections, endpoint)
  if not next(of.open) then self.swarms[event.info_hash] = nil end
  self:changed(of.record)
end

---@private
function Recipients:see(of, peer, seconds)
  local finished = swarm.see(of.record, of.connections, peer, os.time(), seconds)
  if finished then self:finish(of.record, finished) end
end

---@private
function Recipients:on_peers(event)
  local of = swarm_of(self, event.info_hash)
  if not of then return end
  local now, there = uv.now(), {}
  for _, peer in ipairs(event.peers) do
    there[view.endpoint(peer)] = true
    self:see(of, peer, of.seen and math.max(0.1, (now - of.seen) / 1000))
  end
  of.seen = now
  for endpoint in pairs(of.connections) do -- an end that was not told
    if not there[endpoint] then
      of.open[endpoint] = nil
      swarm.part(of.record, of.connections, endpoint)
    end
  end
  if not next(of.open) and not next(of.connections) then self.swarms[event.info_hash] = nil end
  self:changed(of.record)
end

---@private
function Recipients:on_removed(info_hash)
  local of = self.swarms[info_hash]
  self.swarms[info_hash] = nil
  for endpoint in pairs(of and of.connections or {}) do
    swarm.part(of.record, of.connections, endpoint)
  end
  if of then
    of.record.uploaded = nil
    self:changed(of.record)
  end
end

---@private
function Recipients:on_progress(event)
  for _, row in ipairs(event.torrents) do
    local share = self.services.shares.by_hash[row.info_hash]
    if share and (row.uploaded > 0 or self.records[share.id]) then
      local of = self:record(share)
      local before = of.uploaded or 0
      of.total.sent = of.total.sent + (row.uploaded >= before and row.uploaded - before or row.uploaded)
      of.uploaded, of.torrent_rate = row.uploaded, row.up_rate
      self.moving[of] = row.up_rate > 0 and uv.now() or nil
      of.total.up_rate = math.floor(of.torrent_rate + of.http_rate)
      self:changed(of)
    end
  end
end

-- Watched shares each time, the others in turn.
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

local function measure_replies(self, seconds)
  local now = os.time()
  for of in pairs(self.sending) do
    local rate, is_any = 0, false
    for _, one in ipairs(of.list) do
      if next(one.transfers) then
        rate, is_any = rate + http.measure(of, one, seconds, now), true
      end
    end
    of.http_rate = rate
    of.total.up_rate = math.floor(of.torrent_rate + rate)
    if not is_any then self.sending[of] = nil end
    self:changed(of)
  end
end

local function settle_rates(self, now)
  for of, told in pairs(self.moving) do
    if now - told > stale_milliseconds then
      self.moving[of], of.torrent_rate = nil, 0
      of.total.up_rate = math.floor(of.http_rate)
      self:changed(of)
    end
  end
end

---@private
function Recipients:sweep(now)
  local by_id = self.services.shares.by_id
  for id, of in pairs(self.records) do
    of:sweep(os.time())
    if by_id[id] ~= of.share or of.total.active == 0 and now - of.used > idle_milliseconds then
      of:close()
      self.records[id], self.moving[of], self.sending[of] = nil, nil, nil
    end
  end
  self.totals:forget_unknown(function(id) return by_id[id] ~= nil end)
end

---The second's work.
function Recipients:tick()
  local now = uv.now()
  local seconds = math.max(0.1, (now - self.last) / 1000)
  self.last, self.turn = now, self.turn + 1
  measure_replies(self, seconds)
  settle_rates(self, now)
  look_at_peers(self, now)
  if self.turn % sweep_ticks == 0 then self:sweep(now) end
  if self.turn % store_ticks == 0 then self:store(self.totals:statements()) end
end

---@private
function Recipients:store(batch)
  if not batch[1] then return end
  task.spawn_with({ group = self.jobs }, function()
    local done, message = self.services.store:write(batch)
    if done then return end
    self.services.log.error("what was sent could not be stored: %s", message)
    for _, statement in ipairs(batch) do
      if self.totals.of[statement[2]] then self.totals:touch(statement[2]) end
    end
  end)
end

---Stores what is not stored yet, and ends.
function Recipients:close()
  self.timer:close()
  measure_replies(self, 1)
  self:store(self.totals:statements())
  task.cancel(self.jobs)
end

return recipients
