-- Shares with a limit of their own (`up_limit`): it holds for their torrent and their HTTP transfers together, and is
-- divided between them as the limit of all is.

---@class btshare.budget.OwnLimits
---@field private services btshare.Services
---@field private uploaded table<string, integer> by info-hash: bytes sent of a torrent since it was added
---@field private divided table<btshare.Share, {division: btshare.budget.Division, uploaded: integer, torrent: integer}>
local OwnLimits = {}
OwnLimits.__index = OwnLimits

local own_limits = {}

---@param services btshare.Services
---@return btshare.budget.OwnLimits
function own_limits.new(services)
  local self = setmetatable({ services = services, uploaded = {}, divided = {} }, OwnLimits)
  services.engine:on("progress", function(event)
    for _, torrent in ipairs(event.torrents) do
      if next(self.divided) then self.uploaded[torrent.info_hash] = torrent.uploaded end
    end
  end)
  services.engine:on("removed", function(event) self.uploaded[event.info_hash] = nil end)
  return self
end

---Tells the engine what holds for the torrent of a share from now on.
---@param share btshare.Share
---@param limit integer? bytes a second
function OwnLimits:limit_torrent(share, limit)
  if share.is_seeding then self.services.engine:limit_torrent(share.info_hash, limit) end
end

-- Transfers by the share they belong to, where that has a limit.
local function limited(transfers)
  local by_share = {}
  for transfer in pairs(transfers) do
    transfer.most = nil
    if transfer.share.up_limit then
      local list = by_share[transfer.share] or {}
      by_share[transfer.share] = list
      list[#list + 1] = transfer
    end
  end
  return by_share
end

local function divide(self, share, transfers, seconds, make_division)
  local uploaded = self.uploaded[share.info_hash or ""] or 0
  local known = self.divided[share] or { division = make_division(), uploaded = uploaded, torrent = share.up_limit }
  self.divided[share] = known
  local http, is_held = 0, false
  for _, transfer in ipairs(transfers) do
    http, is_held = http + transfer.moved, is_held or transfer.is_held
  end
  local swarm = math.max(0, uploaded - known.uploaded)
  known.uploaded = uploaded
  local torrent, left = known.division:step(share.up_limit, seconds, swarm, http, is_held)
  if math.abs(torrent - known.torrent) > known.torrent / 50 then
    known.torrent = torrent
    self:limit_torrent(share, torrent)
  end
  return left
end

---Sets what each transfer may have at most.
---@param seconds number since the last time
---@param make_division fun(): btshare.budget.Division
---@param share_out fun(total: number, parts: btshare.budget.Part[]): integer[]
---@return boolean is_any whether there are such shares
function OwnLimits:renew(seconds, make_division, share_out)
  local by_share = limited(self.services.transfers.list)
  for share in pairs(self.divided) do
    if not by_share[share] then -- nothing goes by HTTP any more
      self.divided[share] = nil
      self:limit_torrent(share, share.up_limit)
    end
  end
  for share, transfers in pairs(by_share) do
    local limits = share_out(divide(self, share, transfers, seconds, make_division), transfers)
    for index, transfer in ipairs(transfers) do transfer.most = limits[index] end
  end
  return next(by_share) ~= nil
end

return own_limits
