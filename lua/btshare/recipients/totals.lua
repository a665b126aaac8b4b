-- What each share has sent and how many have it: one small table a share, always at hand, stored now and then.

---@class btshare.recipients.Total what a list shows of a share; never to be changed by others
---@field recipients integer that fetch it now
---@field complete integer people who have all of its present version
---@field downloads integer that were finished, of any version
---@field sent integer payload bytes, by BitTorrent and HTTP
---@field up_rate integer bytes a second
---@field last integer? when anything was sent last, since the start; seconds since 1970
---@field package version integer that `complete` counts

---@class btshare.recipients.Totals
---@field private store btshare.Store
---@field private of table<string, btshare.recipients.Total> by share
---@field private unstored table<string, true> by share
local Totals = {}
Totals.__index = Totals

local totals = {}

local nothing = setmetatable({ recipients = 0, complete = 0, downloads = 0, sent = 0, up_rate = 0 },
  { __newindex = function() error("a summary is not to be changed", 2) end })

---@param store btshare.Store
---@return btshare.recipients.Totals
function totals.open(store)
  local self = setmetatable({ store = store, of = {}, unstored = {} }, Totals)
  for share, sent, downloads, complete, version in store:rows(
    "SELECT share, sent, downloads, complete, version FROM totals") do
    self.of[share] = {
      recipients = 0, complete = complete, downloads = downloads, sent = sent, up_rate = 0, version = version,
    }
  end
  return self
end

---The version that whoever fetches a share now gets: the next one, while it is being made.
---@param share btshare.Share
---@return integer
function totals.version(share)
  local is_next = not share.number or share.state == "changed"
  return (share.number or 0) + (is_next and 1 or 0)
end

local function renew(total, share)
  local version = totals.version(share)
  if version ~= total.version then
    total.version, total.complete = version, 0
  end
  return total
end

---In constant time.
---@param share btshare.Share
---@return btshare.recipients.Total total valid until something happens
function Totals:get(share)
  local total = self.of[share.id]
  return total and renew(total, share) or nothing
end

---One that may be changed; `touch` afterwards has it stored.
---@param share btshare.Share
---@return btshare.recipients.Total
function Totals:take(share)
  local total = self.of[share.id]
  if not total then
    total = { recipients = 0, complete = 0, downloads = 0, sent = 0, up_rate = 0, version = totals.version(share) }
    self.of[share.id] = total
  end
  return renew(total, share)
end

---@param id string of a share
function Totals:touch(id)
  self.unstored[id] = true
end

-- A share that was removed meanwhile must not cost the others their batch.
local write_total = [[
INSERT OR REPLACE INTO totals SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM shares WHERE id = ?1)]]

---@param id string of a share
---@return table statement for Store:write
function Totals:statement(id)
  local total = self.of[id]
  self.unstored[id] = nil
  return { write_total, id, total.sent, total.downloads, total.complete, total.version }
end

---What has not been stored yet, as one batch.
---@return table[] statements for Store:write
function Totals:statements()
  local batch = {}
  for id in pairs(self.unstored) do
    batch[#batch + 1] = self:statement(id)
  end
  return batch
end

---@param is_known fun(id: string): boolean whether there is such a share
function Totals:forget_unknown(is_known)
  for id in pairs(self.of) do
    if not is_known(id) then self.of[id], self.unstored[id] = nil, nil end
  end
end

return totals
