-- The recipients of one share: found by what they are known by, counted as they come and go.
local crypto = require "core.crypto"

---@class btshare.Recipient
---@field id string
---@field way "torrent"|"direct"|"web-seed"
---@field address string
---@field link string? id of the link by which it came, if that is known
---@field name string? of a named link
---@field client string?
---@field peer string? BitTorrent peer id, hex
---@field version integer of the share that it fetches, or has
---@field since integer seconds since 1970
---@field last integer when it was seen last
---@field finished integer? when it had it all
---@field is_active boolean
---@field lacks integer how often it was seen to lack something
---@field announce btshare.recipients.Announce? its latest
---@field given table? blocks that ended connections gave it of pieces that it did not say it has, and their count
---@field ended_before integer? bytes of `ended` that were of earlier versions
---@field open integer connections and replies under way
---@field ended integer bytes of those that ended
---@field sent integer
---@field by_http integer? bytes of `sent`
---@field progress number?
---@field up_rate number bytes a second
---@field speed number? of its progress, bytes a second
---@field pieces string? see core.engine.Peer
---@field connections table<btshare.recipients.Connection, true>
---@field transfers table<btshare.Transfer, true>
---@field key string? what finds it among those that fetch by HTTP
---@field covered integer bytes of the whole that replies which ended have brought, see recipients.http

---@class btshare.recipients.Record
---@field share btshare.Share
---@field total btshare.recipients.Total
---@field tally btshare.recipients.Tally of links
---@field list btshare.Recipient[] in order of arrival
---@field peers table<string, btshare.Recipient> by peer id
---@field keys table<string, btshare.Recipient> those that fetch by HTTP
---@field endpoints table<string, btshare.Recipient> by where they listen
---@field announces btshare.recipients.Announce[] oldest first; and each by its key
---@field copies table<string, integer> by address and client: when others were seen that had it all when they came
---@field torrent_rate number bytes a second
---@field http_rate number
---@field info_hash string? of the torrent whose bytes were counted last
---@field uploaded integer of these
---@field watched_until integer loop time, milliseconds
---@field used integer loop time when anything happened
local Record = {}
Record.__index = Record

local record = {}

local most = 500 -- recipients of a share that are told apart
record.forget_seconds = 600 -- who left without all of it is shown so long

---@param share btshare.Share
---@param total btshare.recipients.Total
---@param counts btshare.recipients.Tally of links
---@return btshare.recipients.Record
function record.new(share, total, counts)
  return setmetatable({
    share = share, total = total, tally = counts,
    list = {}, peers = {}, keys = {}, endpoints = {}, announces = {}, copies = {},
    torrent_rate = 0, http_rate = 0, uploaded = 0, watched_until = 0, used = 0,
  }, Record)
end

---@private
function Record:drop(index)
  local recipient = table.remove(self.list, index)
  for _, index_of in ipairs { self.peers, self.endpoints, self.keys } do
    for key, one in pairs(index_of) do
      if one == recipient then index_of[key] = nil end
    end
  end
  if recipient.announce then recipient.announce.recipient = nil end
end

-- Makes room for one more: the first that left goes, those who have it all after those who do not.
local function make_room(self)
  if #self.list < most then return true end
  local oldest
  for index, one in ipairs(self.list) do
    if not one.is_active and (not oldest or not one.finished and self.list[oldest].finished) then oldest = index end
  end
  if oldest then self:drop(oldest) end
  return oldest ~= nil
end

---@param what table the fields that are known
---@return btshare.Recipient? recipient nil where too many are under way to tell them apart
function Record:add(what)
  if not make_room(self) then return nil end
  what.id = what.id or crypto.hex(crypto.random(6))
  what.version = what.version or self.total.version
  what.is_active, what.lacks, what.open = false, 0, 0
  what.ended, what.sent, what.up_rate, what.covered = what.sent or 0, what.sent or 0, 0, 0
  what.connections, what.transfers = {}, {}
  self.list[#self.list + 1] = what
  if what.peer then self.peers[what.peer] = what end
  if what.key then self.keys[what.key] = what end
  return what
end

---A connection or a reply of it has begun (1) or ended (-1).
---@param recipient btshare.Recipient
---@param change integer
function Record:count(recipient, change)
  recipient.open = recipient.open + change
  local is_active = recipient.open > 0
  if is_active ~= recipient.is_active then
    recipient.is_active = is_active
    self.total.recipients = self.total.recipients + (is_active and 1 or -1)
    if not is_active then recipient.up_rate, recipient.speed, recipient.pieces = 0, nil, nil end
    self:set_rate()
  end
end

---What it sends now, in all. What the engine says of a torrent dies away for a minute after the last has gone.
function Record:set_rate()
  local torrent_rate = self.total.recipients > 0 and self.torrent_rate or 0
  self.total.up_rate = math.floor(torrent_rate + self.http_rate)
end

---Nobody is counted as active by it any more.
function Record:close()
  for _, one in ipairs(self.list) do
    self:count(one, -one.open)
  end
end

---Lets go of those who left long ago without all of it.
---@param now integer seconds since 1970
function Record:sweep(now)
  for index = #self.list, 1, -1 do
    local one = self.list[index]
    if not one.is_active and not one.finished and now - one.last > record.forget_seconds then self:drop(index) end
  end
end

return record
