-- How many shares there are of each sort, kept in step by what changes: a look costs no walk through all of them.
local listing = require "btshare.shares.listing"

---@class btshare.live.Counts
---@field private services btshare.Services
---@field private counted table<string, table> by share: as what it was counted
---@field private touched table<string, true> ids
---@field private is_stale boolean whether something has changed that was not marked
---@field private sums {filters: table<string, integer>, states: table<string, integer>, shares: integer,
---bytes: integer, done: integer} shares, bytes and done are of what is being prepared
local Counts = {}
Counts.__index = Counts

local counts = {}

---@param services btshare.Services
---@return btshare.live.Counts
function counts.new(services)
  return setmetatable({ services = services, counted = {}, touched = {}, is_stale = true }, Counts)
end

---@param share btshare.Share
---@param is_watched boolean whether anybody wants to know
function Counts:touch(share, is_watched)
  if is_watched and not self.is_stale then
    self.touched[share.id] = true
  else
    self.is_stale = true
  end
end

local function add(self, one, sign)
  local sums = self.sums
  for name in pairs(one.filters) do sums.filters[name] = sums.filters[name] + sign end
  local left = (sums.states[one.state] or 0) + sign
  sums.states[one.state] = left > 0 and left or nil
  if one.bytes then
    sums.shares, sums.bytes, sums.done = sums.shares + sign, sums.bytes + sign * one.bytes, sums.done + sign * one.done
  end
end

local function look_at(self, share)
  local is_preparing = share.state == "preparing" or share.state == "changed"
  return {
    filters = listing.filters_of(self.services.rows, share), state = share.state,
    bytes = is_preparing and share.size or nil,
    done = is_preparing and math.floor(share.size * (share.progress or 0)) or nil,
  }
end

local function count(self, id)
  local share, former = self.services.shares.by_id[id], self.counted[id]
  local now = share and not share.is_stopped and look_at(self, share) or nil
  if former then add(self, former, -1) end
  if now then add(self, now, 1) end
  self.counted[id] = now
end

local function renew(self)
  if self.is_stale then
    self.counted, self.touched, self.is_stale = {}, {}, false
    self.sums = { filters = {}, states = {}, shares = 0, bytes = 0, done = 0 }
    for _, name in ipairs(listing.filters) do self.sums.filters[name] = 0 end
    for _, share in ipairs(self.services.shares:list()) do count(self, share.id) end
  end
  for id in pairs(self.touched) do count(self, id) end
  self.touched = {}
  return self.sums
end

---@return table<string, integer> how many each filter of the list would show
function Counts:filters() return renew(self).filters end

---@return table<string, integer> how many are in each state
function Counts:states() return renew(self).states end

---@return {shares: integer, bytes: integer, done: integer} what is being prepared
function Counts:preparing()
  local sums = renew(self)
  return { shares = sums.shares, bytes = sums.bytes, done = sums.done }
end

return counts
