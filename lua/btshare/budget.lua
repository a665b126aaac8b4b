-- One upload budget: `limits { up = … }` holds for what the swarm and HTTP send together.
--
-- The swarm is limited to what HTTP leaves, and HTTP to what the swarm did leave: HTTP's limit is the total less what
-- the swarm was seen to send, so that their sum is right although libtorrent keeps a limit only roughly and nobody
-- can tell how much it would send without one. What HTTP would send *is* known: core.http says for how long a reply was
-- held up by its rate, and not by its reader. While it is, the swarm leaves HTTP a third; otherwise it leaves what HTTP
-- takes, and a little more. What HTTP has is divided among its transfers in the same way, and what a share may send
-- alone (`up_limit`) between its torrent and its transfers.
--
-- The limit counts bytes of files and BitTorrent's messages, not the headers of TCP and IP (some 3 %).
local ceilings = require "btshare.ceilings"
local own_limits = require "btshare.budget.own_limits"
local uv = require "luv"

local budget = {}

local http_part = 1 / 3   -- of the total, while HTTP could send more
local least_part = 1 / 6  -- of the total: what HTTP may take at once when it begins to want more
local headroom = 1.1      -- on what somebody takes who wants no more
local spare = 0.03        -- of the total, on top of that
local trickle = 1024      -- bytes a second that everybody has at least
local smoothing = 0.25    -- weight of the latest look
local most_debt = 1       -- seconds of the total that HTTP makes up for when too much was sent
local most_credit = 0.25  -- and when too little was

local function smooth(before, now)
  return before and before + (now - before) * smoothing or now
end

---@class btshare.budget.Division
---@field swarm number? bytes a second, smoothed
---@field http number?
---@field credit number bytes that were sent too little, or, below 0, too much
local Division = {}
Division.__index = Division

---@return btshare.budget.Division
function budget.division()
  return setmetatable({ credit = 0 }, Division)
end

---Divides a limit anew by what was sent since the last time.
---@param total integer bytes a second
---@param seconds number since the last time
---@param swarm integer bytes sent meanwhile
---@param http integer bytes
---@param is_held boolean? whether HTTP could send more; nil: there is nothing to send
---@return integer swarm bytes a second
---@return integer http
function Division:step(total, seconds, swarm, http, is_held)
  self.swarm, self.http = smooth(self.swarm, swarm / seconds), smooth(self.http, http / seconds)
  if is_held == nil then
    self.credit = 0
    return total, math.max(trickle, math.floor(total * least_part))
  end
  self.credit = math.min(most_credit * total, math.max(-most_debt * total,
    self.credit + total * seconds - swarm - http))
  local part = total * http_part
  local kept = is_held and part or math.min(part, self.http * headroom + total * spare)
  local left = math.max(total * least_part, total - self.swarm + self.credit)
  return math.max(trickle, math.floor(total - kept)), math.max(trickle, math.floor(left))
end

---@class btshare.budget.Part
---@field taken number bytes a second
---@field is_held boolean whether it could take more
---@field most number? bytes a second that it may have

---Divides among those who take: who wants less than an equal part keeps that, the others share the rest alike.
---@param total number bytes a second
---@param parts btshare.budget.Part[]
---@return integer[] limits
function budget.share_out(total, parts)
  local limits, open, left = {}, {}, total
  for index, part in ipairs(parts) do
    local wanted = part.is_held and math.huge or math.max(part.taken * headroom + total * spare, trickle)
    open[index] = { index = index, wanted = math.min(wanted, part.most or math.huge) }
  end
  table.sort(open, function(a, b)
    if a.wanted ~= b.wanted then return a.wanted < b.wanted end
    return a.index < b.index
  end)
  for position, one in ipairs(open) do
    one.given = math.min(one.wanted, left / (#open - position + 1))
    left = left - one.given
  end
  for _, one in ipairs(open) do -- nobody wants what is left: it is there for whoever does next
    local given = math.min(one.given + left / #open, parts[one.index].most or math.huge)
    limits[one.index] = math.max(trickle, math.floor(given))
  end
  return limits
end

---@class btshare.Budget
---@field private services btshare.Services
---@field private division btshare.budget.Division
---@field private own btshare.budget.OwnLimits
---@field ceilings btshare.Ceilings what plugins allow at most
---@field private swarm_limit integer? what the engine was told, nil: it has what config.lua says
---@field private http_limit integer? nil: there is none
local Budget = {}
Budget.__index = Budget

---@param services btshare.Services with its transfers
---@return btshare.Budget
function budget.new(services)
  local self = setmetatable({
    services = services, division = budget.division(), own = own_limits.new(services),
  }, Budget)
  self.ceilings = ceilings.new(function(most)
    services.engine:set_ceilings(most)
    self.swarm_limit = nil
    self:renew()
  end)
  self.sent, self.last = services.engine.traffic.sent, uv.hrtime()
  services.transfers.on_change = function(transfer) self:welcome(transfer) end
  services.events:on("reloaded", function()
    self.swarm_limit = nil -- the engine has a new one
    self:renew()
  end)
  services.engine:on("stats", function() self:renew() end)
  return self
end

---@private
---@return integer rate of all that goes out, bytes a second; 0: no limit
function Budget:total()
  return ceilings.lowest(self.services.config.limits.up, self.ceilings.up)
end

-- Changes too small to matter are not worth a call to libtorrent's thread.
local function limit_swarm(self, limit)
  local former = self.swarm_limit
  if not former or math.abs(limit - former) > former / 50 then
    self.swarm_limit = limit
    self.services.engine:limit_upload(limit)
  end
end

-- Divides what HTTP has among its transfers.
local function limit_transfers(self)
  local transfers = {}
  for transfer in pairs(self.services.transfers.list) do
    transfers[#transfers + 1] = transfer
  end
  local limits = self.http_limit and budget.share_out(self.http_limit, transfers)
  for index, transfer in ipairs(transfers) do
    self.services.transfers:set_rate(transfer, limits and limits[index] or transfer.most or 0)
  end
end

local function is_any_held(transfers)
  local is_held = nil
  for transfer in pairs(transfers.list) do
    is_held = is_held or transfer.is_held
  end
  return is_held
end

---@private
function Budget:renew()
  local services = self.services
  local now, sent = uv.hrtime(), services.engine.traffic.sent
  local seconds, swarm = (now - self.last) / 1e9, sent - self.sent
  if seconds < 0.05 then return end
  self.last, self.sent = now, sent
  local http = services.transfers:measure(seconds)
  local total = self:total()
  local has_own = self.own:renew(seconds, budget.division, budget.share_out)
  services.engine:set_pace(has_own or total > 0 and services.transfers.count > 0, has_own)
  if total > 0 then
    local swarm_limit, http_limit = self.division:step(total, seconds, swarm, http, is_any_held(services.transfers))
    self.http_limit = http_limit
    limit_swarm(self, swarm_limit)
  elseif self.http_limit then -- nothing is limited any more; the engine was told by whoever said so
    self.http_limit, self.swarm_limit, self.division = nil, nil, budget.division()
  end
  limit_transfers(self)
end

-- One more transfer: it gets its part at once, not only at the next look.
---@private
---@param transfer btshare.Transfer
function Budget:welcome(transfer)
  local services = self.services
  local total, own = self:total(), transfer.share.up_limit
  if own then transfer.most = math.max(trickle, math.floor(own * least_part)) end
  if total > 0 and services.transfers.count == 1 then
    limit_swarm(self, math.max(trickle, math.floor(total * (1 - http_part))))
  end
  if total > 0 and not self.http_limit then self.http_limit = math.max(trickle, math.floor(total * least_part)) end
  if total > 0 or own then services.engine:set_pace(true, own ~= nil) end
  limit_transfers(self)
end

---A share has another limit of its own, or none any more.
---@param share btshare.Share
function Budget:limit_share(share)
  self.own:limit_torrent(share, share.up_limit)
  self:renew()
end

return budget
