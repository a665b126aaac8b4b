-- One upload budget: `limits { up = … }` is divided between the swarm and HTTP, again each second.
--
-- While both want more than they get, HTTP has a third. Whoever takes less than its part is left a little more than it
-- takes, and the other has the rest. What HTTP has is divided among its transfers in the same way.
-- Not reached yet: a share that one side does not use is passed on to the other only partly.
local uv = require "luv"

local budget = {}

local http_part = 1 / 3     -- of the total, while the swarm wants more, too
local hungry = 0.65         -- who takes so much of what it may have wants more
local headroom = 1.6        -- on what others take, so that it is seen when they want more
local probe = 0.05          -- of the total: kept for who takes nothing now, but could
local trickle = 1024        -- bytes a second that everybody has at least

local function wants_more(taken, limit)
  return limit == 0 or taken >= hungry * limit
end

local function reserve(taken, total)
  return math.max(taken * headroom, total * probe, trickle)
end

---@class btshare.budget.State
---@field total integer bytes a second
---@field swarm_taken number bytes a second, measured
---@field swarm_limit integer that it had meanwhile, 0: none
---@field has_peers boolean
---@field http_taken number
---@field http_limit integer
---@field has_transfers boolean

---@param state btshare.budget.State
---@return integer swarm bytes a second
---@return integer http
function budget.divide(state)
  local total = state.total
  local http = total * http_part
  if not state.has_transfers then
    http = trickle
  elseif not state.has_peers then
    http = total - trickle
  elseif not wants_more(state.swarm_taken, state.swarm_limit) then
    http = math.max(http, total - reserve(state.swarm_taken, total))
  elseif not wants_more(state.http_taken, state.http_limit) then
    http = math.min(http, reserve(state.http_taken, total))
  end
  http = math.max(trickle, math.floor(http))
  return math.max(trickle, total - http), http
end

---Divides among those who take: who takes little of its part keeps that, the others share the rest alike.
---@param total integer bytes a second
---@param parts {taken: number, limit: integer}[] `limit` 0: it has just begun
---@return integer[] limits
function budget.share_out(total, parts)
  local limits, left, open = {}, total, {}
  for index, part in ipairs(parts) do
    local wanted = wants_more(part.taken, part.limit) and math.huge or math.max(part.taken * headroom, trickle)
    open[#open + 1] = { index = index, wanted = wanted }
  end
  table.sort(open, function(a, b)
    if a.wanted ~= b.wanted then return a.wanted < b.wanted end
    return a.index < b.index
  end)
  for position, one in ipairs(open) do
    local given = math.min(one.wanted, left / (#open - position + 1))
    limits[one.index] = math.max(trickle, math.floor(given))
    left = left - given
  end
  return limits
end

---@class btshare.Budget
---@field private services btshare.Services
---@field private swarm_limit integer 0: the engine has what config.lua says
---@field private http_limit integer
local Budget = {}
Budget.__index = Budget

local period = 1000 -- milliseconds
local smoothing = 0.5 -- weight of the latest second

---@param services btshare.Services with its transfers
---@return btshare.Budget
function budget.new(services)
  local self = setmetatable({
    services = services, swarm_limit = 0, http_limit = 0, http_taken = 0, swarm_taken = 0,
    swarm_allowed = 0, swarm_former = 0,
  }, Budget)
  self.uploaded = services.engine.traffic.uploaded
  self.last = uv.now()
  services.transfers.on_change = function() self:welcome() end
  services.events:on("reloaded", function() self.swarm_limit = 0 end)
  self.timer = uv.new_timer()
  self.timer:start(period, period, function() self:renew() end)
  return self
end

local function smooth(before, now)
  return before + (now - before) * smoothing
end

-- What was taken since the last look, bytes a second; of each transfer too.
local function measure(self)
  local now = uv.now()
  local seconds = math.max(0.001, (now - self.last) / 1000)
  self.last = now
  local uploaded = self.services.engine.traffic.uploaded
  self.swarm_taken = smooth(self.swarm_taken, (uploaded - self.uploaded) / seconds)
  self.uploaded = uploaded
  local bytes, total = self.services.transfers:measure()
  self.http_taken = smooth(self.http_taken, total / seconds)
  for transfer, count in pairs(bytes) do
    transfer.taken = transfer.taken and smooth(transfer.taken, count / seconds) or count / seconds
  end
end

-- Changes too small to matter are not worth a call to libtorrent's thread.
local function limit_swarm(self, limit)
  if self.swarm_limit == 0 or math.abs(limit - self.swarm_limit) > self.swarm_limit / 50 then
    self.swarm_limit = limit
    self.services.engine:limit_upload(limit)
  end
end

local function limit_transfers(self)
  local transfers, parts = {}, {}
  for transfer in pairs(self.services.transfers.list) do
    transfers[#transfers + 1] = transfer
    parts[#parts + 1] = { taken = transfer.taken or 0, limit = transfer.taken and transfer.rate or 0 }
  end
  for index, limit in ipairs(budget.share_out(self.http_limit, parts)) do
    self.services.transfers:set_rate(transfers[index], limit)
  end
end

-- Nothing is limited: what was so far is set free.
local function release(self)
  if self.http_limit == 0 then return end
  self.http_limit, self.swarm_limit = 0, 0
  self.services.engine:limit_upload(nil)
  for transfer in pairs(self.services.transfers.list) do
    self.services.transfers:set_rate(transfer, 0)
  end
end

---@private
function Budget:renew()
  measure(self)
  local total = self.services.config.limits.up
  if total == 0 then
    release(self)
    return
  end
  -- What was taken is known late and smoothed; it is held against limits that are so, too.
  self.swarm_allowed = smooth(self.swarm_allowed, self.swarm_former)
  self.swarm_former = self.swarm_limit
  local swarm, http = budget.divide {
    total = total, swarm_taken = self.swarm_taken, swarm_limit = math.floor(self.swarm_allowed),
    has_peers = self.services.engine.traffic.peers > 0,
    http_taken = self.http_taken, http_limit = self.http_limit, has_transfers = self.services.transfers.count > 0,
  }
  self.http_limit = http
  limit_swarm(self, swarm)
  limit_transfers(self)
end

-- One more transfer: it gets its part at once, not only when the next second begins.
---@private
function Budget:welcome()
  local total = self.services.config.limits.up
  if total == 0 then return end
  if self.services.transfers.count == 1 then
    local is_shared = self.services.engine.traffic.peers > 0
    self.http_limit = math.max(trickle, math.floor(is_shared and total * http_part or total - trickle))
    limit_swarm(self, math.max(trickle, total - self.http_limit))
  end
  limit_transfers(self)
end

function Budget:close()
  self.timer:close()
end

return budget
