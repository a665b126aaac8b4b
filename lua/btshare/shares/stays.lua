-- Whether those who are in may stay. What let them in is asked again every two seconds, of replies under way and of
-- torrent clients that are connected; whoever would not be let in now has to go. Costs nothing while no plugin cares.
--
-- Where one does, a torrent begins closed to everybody of whom nothing is known, until it was asked whether it is: at
-- once where somebody comes, else one after the other, so that a start with many shares is not held up.
local task = require "btshare.task"
local uv = require "luv"

---@class btshare.Stays
---@field private services btshare.Services
---@field private present table<string, table<string, integer>> info-hash → address → connections
---@field private due table<string, true> info-hashes that are to be asked about at once
---@field private waiting table<btshare.Share, true> those that have time
---@field private was_asked boolean whether plugins cared the last time
---@field private job btshare.task.job?
---@field private slow_job btshare.task.job?
local Stays = {}
Stays.__index = Stays

local stays = {}

local look_milliseconds = 2000
local breath = 10     -- milliseconds that a turn of the loop may last
local most_closed = 50 -- shares that let in nobody unknown, asked about in one look though nobody is there
local at_a_time, pause = 10, 25 -- of those that have time; milliseconds

---@param services btshare.Services
---@return btshare.Stays
function stays.new(services)
  local self = setmetatable({ services = services, present = {}, due = {}, waiting = {}, was_asked = false }, Stays)
  local engine = services.engine
  engine:on("peer-connected", function(event) self:count(event, 1) end)
  engine:on("peer-disconnected", function(event) self:count(event, -1) end)
  engine:on("removed", function(event)
    self.present[event.info_hash], self.due[event.info_hash] = nil, nil
  end)
  engine:on("added", function(event)
    local share = services.shares.by_hash[event.info_hash]
    if not share or not self:is_asked() then return end
    services.guests:shut(share)
    self:ask_in_time(share)
  end)
  services.shares:follow(function(fact, share) -- what has no torrent is never added
    if fact == "share-ready" and not share.is_seeding and self:is_asked() then self:ask_in_time(share) end
  end)
  self.ignore = services.events:on("reloaded", function()
    if not self:is_asked() and not self.was_asked then return end
    for _, share in ipairs(services.shares:list()) do
      if not share.is_expired then self:ask_in_time(share) end
    end
  end)
  self.timer = uv.new_timer()
  self.timer:start(look_milliseconds, look_milliseconds, function() self:look() end)
  return self
end

---@private
function Stays:count(event, change)
  local of = self.present[event.info_hash] or {}
  local count = (of[event.address] or 0) + change
  of[event.address] = count > 0 and count or nil
  self.present[event.info_hash] = next(of) and of or nil
  if change > 0 and count == 1 and self:is_asked() then
    self.due[event.info_hash] = true
    self:look()
  end
end

---@private
function Stays:is_asked()
  return self.services.events:has "share-open"
end

-- Shares that are closed, in turn: none must stay so after its reason has gone.
local function add_closed(self, list)
  local by_hash, guests = self.services.shares.by_hash, self.services.guests
  local at, count = by_hash[self.at] and self.at or nil, 0
  for _ = 1, 1000 do
    at = next(by_hash, at)
    if not at or count >= most_closed then break end
    if guests:is_closed(by_hash[at]) then list[at], count = true, count + 1 end
  end
  self.at = at
end

---Asks again who may be let in to a share, and waits until that is known. Call in a task.
---@param share btshare.Share
function Stays:ask_about(share)
  local services = self.services
  self.waiting[share] = nil
  services.guests:ask(share, self.present[share.info_hash or ""] or {}, function(guest)
    return services.entrance:is_welcome(share, {
      link = guest.link, address = guest.address, proof = guest.proof, purpose = "announce",
    })
  end)
end

local function ask_slowly(self)
  while next(self.waiting) do
    local list = {}
    for share in pairs(self.waiting) do list[#list + 1] = share end
    for index, share in ipairs(list) do
      if self.waiting[share] then self:ask_about(share) end
      if index % at_a_time == 0 then task.sleep(pause) end
    end
  end
end

---@private
---@param share btshare.Share
function Stays:ask_in_time(share)
  self.waiting[share] = true
  if self.slow_job and not self.slow_job:has_ended() then return end
  self.slow_job = task.spawn(function()
    task.sleep(pause) -- what comes together is asked together
    ask_slowly(self)
  end)
end

local function ask(self)
  local services = self.services
  services.transfers:ask(function(share, pass) return services.entrance:is_welcome(share, pass) end)
  local list = self.due
  self.due = {}
  for info_hash in pairs(self.present) do list[info_hash] = true end
  add_closed(self, list)
  for info_hash in pairs(list) do
    local share = services.shares.by_hash[info_hash]
    if share then self:ask_about(share) end
    task.breathe(breath)
  end
end

---Asks again, unless that is under way.
function Stays:look()
  if self.job and not self.job:has_ended() then return end
  local is_asked = self:is_asked()
  if not is_asked and not self.was_asked then
    self.due = {}
    return
  end
  self.was_asked = is_asked
  self.job = task.spawn(ask, self)
end

function Stays:close()
  self.ignore()
  self.timer:close()
  if self.job then self.job:cancel() end
  if self.slow_job then self.slow_job:cancel() end
end

return stays
