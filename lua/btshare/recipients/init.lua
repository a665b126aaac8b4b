-- The recipients: who fetches each share now, by BitTorrent and by HTTP, who has all of it, and how much went out.
--
-- The engine, the tracker and the public routes tell what happens; this is the one place that decides that a recipient
-- has it all, and tells it once for each recipient and version. Its cost grows with what is being fetched, never with
-- the number of shares.
local http = require "btshare.recipients.http"
local kept = require "btshare.recipients.kept"
local record = require "btshare.recipients.record"
local swarm = require "btshare.recipients.swarm"
local tally = require "btshare.recipients.tally"
local task = require "btshare.task"
local torrents = require "btshare.recipients.torrents"
local totals = require "btshare.recipients.totals"
local uv = require "luv"
local view = require "btshare.recipients.view"

---@class btshare.Recipients
---@field on_change fun(share: btshare.Share)? a summary has changed
---@field on_finished fun(is_news: boolean)? a download was counted; news: of one more recipient
---@field http_sent integer bytes by HTTP since the start
---@field private services btshare.Services
---@field private totals btshare.recipients.Totals
---@field private tally btshare.recipients.Tally
---@field private records table<string, btshare.recipients.Record> by share
---@field private torrents btshare.recipients.Torrents
---@field private sending table<btshare.recipients.Record, true> with replies under way
---@field private jobs table<btshare.task.job, true>
local Recipients = {}
Recipients.__index = Recipients

local recipients = {}

local period = 1000          -- milliseconds
local watch_milliseconds = 5000
local store_ticks, sweep_ticks, forget_ticks = 30, 60, 21600
local idle_milliseconds = 600000 -- after which a share's recipients are in the store only
local copy_seconds = 1200        -- two announces of our tracker

---@param services btshare.Services with its transfers
---@return btshare.Recipients
function recipients.new(services)
  local self = setmetatable({
    services = services, totals = totals.open(services.store), tally = tally.open(services.store),
    records = {}, sending = {}, jobs = {}, turn = 0,
    last = uv.now(), http_sent = 0,
  }, Recipients)
  self.torrents = torrents.new(self)
  services.transfers:follow {
    begin = function(transfer) self:on_begin(transfer) end,
    finish = function(transfer, bytes) self:on_finish(transfer, bytes) end,
  }
  self.timer = uv.new_timer()
  self.timer:start(period, period, function() self:tick() end)
  return self
end

---What is known of a share's recipients, made out of the store where it was let go.
---@package
---@param share btshare.Share
---@return btshare.recipients.Record
function Recipients:record(share)
  local found = self.records[share.id]
  if not found then
    found = record.new(share, self.totals:take(share), self.tally)
    kept.load(self.services.store, found)
    self.records[share.id] = found
  end
  self.totals:take(share) -- the version may be another one now
  found.used = uv.now()
  return found
end

---@package
function Recipients:changed(of)
  of.total.last = os.time()
  self.totals:touch(of.share.id)
  if self.on_change then self.on_change(of.share) end
end

---How a share fares. Constant time, nothing is made.
---@param share btshare.Share
---@return btshare.recipients.Total
function Recipients:summary(share)
  return self.totals:get(share)
end

---The records of shares that somebody fetches now.
---@return fun(): btshare.recipients.Record?
function Recipients:active()
  local id, of
  return function()
    repeat id, of = next(self.records, id) until not id or of.total.recipients > 0
    return of
  end
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

---How a share has fared, for policies. `copies`: that others have, and were seen with of late; `used`: when anything
---went out last, since the start.
---@param share btshare.Share
---@return {complete: integer, copies: integer, downloads: integer, sent: integer, used: integer?}
function Recipients:traffic(share)
  local total, of = self.totals:get(share), self.records[share.id]
  return {
    complete = total.complete, copies = of and count_copies(of) or 0, downloads = total.downloads, sent = total.sent,
    used = total.last,
  }
end

---@param link string id
---@return integer bytes that went out by it
function Recipients:sent_by(link)
  return self.tally:get(link)
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

-- Whether a person whose own link it is has got all of it the other way already.
local function has_otherwise(of, recipient)
  for _, one in ipairs(of.list) do
    local is_same = one ~= recipient and one.name and one.link == recipient.link and one.address == recipient.address
    if is_same and one.finished and one.version == of.total.version then return true end
  end
  return false
end

---A recipient has it all. Told once for each version; a direct download to its end counts each time.
---@package
---@param of btshare.recipients.Record
---@param recipient btshare.Recipient
function Recipients:finish(of, recipient)
  local is_news = not recipient.finished or recipient.version ~= of.total.version
  if not is_news and recipient.way ~= "direct" then return end
  local services, total = self.services, of.total
  local is_known = has_otherwise(of, recipient)
  local is_counted = recipient.way == "direct" or not is_known
  if is_counted then
    total.downloads = total.downloads + 1
    services.access:count(recipient.link or of.share.id)
  end
  if is_news then
    recipient.finished, recipient.progress, recipient.version = os.time(), 1, total.version
    recipient.given = nil
    is_news = not is_known
    total.complete = total.complete + (is_news and 1 or 0)
  end
  local batch = { self.totals:statement(of.share.id), kept.statement(of, recipient) }
  self:changed(of)
  -- What is told has been stored: who hears of it may rely on it (law 5).
  self:store(batch, function()
    if is_counted and self.on_finished then self.on_finished(is_news) end
    if is_news and services.events:has("recipient-finished") then
      services.events:tell("recipient-finished", {
        share = services.shares:describe(of.share), who = recipient.name or recipient.address,
        way = recipient.way == "direct" and "http" or nil, link = recipient.name,
      })
    end
  end)
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
  self.http_sent = self.http_sent + http.finish(of, transfer, bytes, os.time())
  self:changed(of)
end

local function measure_replies(self, seconds)
  local now = os.time()
  for of in pairs(self.sending) do
    local rate, is_any = 0, false
    for _, one in ipairs(of.list) do
      if next(one.transfers) then
        local pace, bytes = http.measure(of, one, seconds, now)
        rate, is_any, self.http_sent = rate + pace, true, self.http_sent + bytes
      end
    end
    of.http_rate = rate
    of:set_rate()
    if not is_any then self.sending[of] = nil end
    self:changed(of)
  end
end

---@private
function Recipients:sweep(now)
  local by_id = self.services.shares.by_id
  for id, of in pairs(self.records) do
    of:sweep(os.time())
    if by_id[id] ~= of.share or of.total.recipients == 0 and now - of.used > idle_milliseconds then
      of:close()
      self.records[id], self.sending[of] = nil, nil
      self.torrents:forget(of)
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
  self.torrents:tick(now)
  if self.turn % sweep_ticks == 0 then self:sweep(now) end
  if self.turn % store_ticks == 0 then self:store(self.tally:add_statements(self.totals:statements())) end
  if self.turn % forget_ticks == 1 then self:store { kept.forget() } end
end

---@private
---@param batch table[]
---@param after fun()? called when it is stored, or cannot be
function Recipients:store(batch, after)
  if not batch[1] then return end
  task.spawn_with({ group = self.jobs }, function()
    local done, message = self.services.store:write(batch)
    if not done then
      self.services.log.error("what was sent could not be stored: %s", message)
      for _, statement in ipairs(batch) do
        if self.totals.of[statement[2]] then self.totals:touch(statement[2]) end
        self.tally:touch(statement[2])
      end
    end
    if after then after() end
  end)
end

---Stores what is not stored yet, and ends.
function Recipients:close()
  self.timer:close()
  measure_replies(self, 1)
  self:store(self.tally:add_statements(self.totals:statements()))
  task.cancel(self.jobs)
end

return recipients
