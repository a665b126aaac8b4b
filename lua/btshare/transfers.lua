-- HTTP transfers under way: which link each of them came through, how far it is, and cutting it short.
local uv = require "luv"

---@class btshare.Transfer
---@field id integer of the request
---@field socket core.http.Listener
---@field share btshare.Share
---@field pass btshare.Pass what let it in
---@field rate integer bytes a second that it may have, 0: as many as it likes
---@field sent integer bytes that were counted already
---@field address string
---@field agent string? the User-Agent header
---@field length integer bytes of what it is a part of, or all of
---@field first integer first byte of that
---@field is_all boolean whether that is the whole share
---@field wanted integer bytes of it that are to be sent
---@field is_cut boolean? whether we ended it
---@field recipient btshare.Recipient? see recipients

---@class btshare.transfers.Follower told of each
---@field begin fun(transfer: btshare.Transfer)
---Bytes: those handed to the system.
---@field finish fun(transfer: btshare.Transfer, bytes: integer, ending: btshare.transfers.Ending)

---@class btshare.transfers.Ending
---@field is_done boolean whether all that was to be sent was
---@field is_whole boolean whether whoever fetches has the whole share now

---@field moved integer bytes between the two latest looks
---@field taken number bytes a second, smoothed
---@field most number? bytes a second that it may have, whatever there is
---@field is_held boolean whether its rate holds it up, and not its reader
---@field private starved number seconds in which its rate held it up, as counted already
---@field private held number part of the time in which it did, smoothed

---@class btshare.Transfers
---@field count integer
---@field list table<btshare.Transfer, true>
---@field on_change fun(transfer: btshare.Transfer)? one has begun: its rate is to be set
---@field private is_valid fun(transfer: btshare.Transfer): boolean
---@field private followers btshare.transfers.Follower[]
---@field private finished integer bytes of those that have ended
local Transfers = {}
Transfers.__index = Transfers

local transfers = {}

local check_milliseconds = 1000
local smoothing = 0.5 -- weight of the latest look
local mostly = 0.5    -- held up for more of the time than that, a transfer could take more

---@param is_valid fun(transfer: btshare.Transfer): boolean whether what let it in still would
---@return btshare.Transfers
function transfers.new(is_valid)
  local self = setmetatable({ count = 0, list = {}, is_valid = is_valid, finished = 0, followers = {} }, Transfers)
  self.timer = uv.new_timer()
  self.timer:start(check_milliseconds, check_milliseconds, function() self:cut_invalid() end)
  return self
end

---@param follower btshare.transfers.Follower
function Transfers:follow(follower)
  self.followers[#self.followers + 1] = follower
end

---Takes note of a reply that is about to be sent. What it gives must be told by `finish`.
---@param request core.http.Request
---@param share btshare.Share
---@param pass btshare.Pass
---@param what {length: integer, first: integer, is_all: boolean, wanted: integer} what is sent
---@return btshare.Transfer
function Transfers:begin(request, share, pass, what)
  local transfer = {
    id = request.id, socket = request.listener, share = share, pass = pass, rate = 0, sent = 0, moved = 0, taken = 0,
    is_held = true, starved = 0, held = 1, address = request.address, agent = request.headers["user-agent"],
    length = what.length, first = what.first, is_all = what.is_all, wanted = what.wanted,
  }
  self.list[transfer] = true
  self.count = self.count + 1
  if self.on_change then self.on_change(transfer) end
  for _, follower in ipairs(self.followers) do follower.begin(transfer) end
  return transfer
end

---@param transfer btshare.Transfer
---@param bytes integer that were handed to the system
---@param ending btshare.transfers.Ending
function Transfers:finish(transfer, bytes, ending)
  if not self.list[transfer] then return end
  self.list[transfer] = nil
  self.count = self.count - 1
  self.finished = self.finished + math.max(0, bytes - transfer.sent)
  for _, follower in ipairs(self.followers) do follower.finish(transfer, bytes, ending) end
end

---Looks how much each transfer has taken since the last look, and whether it could have taken more.
---@param seconds number since then
---@return integer bytes of all of them, also of those that have ended meanwhile
function Transfers:measure(seconds)
  local total = self.finished
  self.finished = 0
  for transfer in pairs(self.list) do
    local sent, starved = transfer.socket:sent(transfer.id)
    if sent then
      transfer.moved = sent - transfer.sent
      total = total + transfer.moved
      transfer.taken = transfer.taken + (transfer.moved / seconds - transfer.taken) * smoothing
      transfer.held = transfer.held + (math.min(1, (starved - transfer.starved) / seconds) - transfer.held) * smoothing
      transfer.sent, transfer.starved = sent, starved
      transfer.is_held = transfer.held > mostly
    end
  end
  return total
end

---@param transfer btshare.Transfer
---@param rate integer bytes a second, 0: no limit
function Transfers.set_rate(_, transfer, rate)
  if rate ~= transfer.rate then
    transfer.rate = rate
    transfer.socket:set_rate(transfer.id, rate)
  end
end

---Cuts what nobody may have any more: its link or its share has ended.
function Transfers:cut_invalid()
  for transfer in pairs(self.list) do
    if not self.is_valid(transfer) then
      transfer.is_cut = true
      transfer.socket:cut(transfer.id)
    end
  end
end

---Cuts what plugins do not let anybody have any more. Call in a task.
---@param is_welcome fun(share: btshare.Share, pass: btshare.Pass): boolean
function Transfers:ask(is_welcome)
  local under_way = {}
  for transfer in pairs(self.list) do under_way[#under_way + 1] = transfer end
  for _, transfer in ipairs(under_way) do
    if self.list[transfer] and not is_welcome(transfer.share, transfer.pass) and self.list[transfer] then
      transfer.socket:cut(transfer.id)
    end
  end
end

function Transfers:close()
  self.timer:close()
end

return transfers
