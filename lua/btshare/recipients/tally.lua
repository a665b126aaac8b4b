-- How many bytes went out by each link, whatever the way: counted as they go, stored now and then.

---@class btshare.recipients.Tally
---@field private of table<string, integer> bytes by link
---@field private unstored table<string, true>
local Tally = {}
Tally.__index = Tally

local tally = {}

---@param store btshare.Store
---@return btshare.recipients.Tally
function tally.open(store)
  local self = setmetatable({ of = {}, unstored = {} }, Tally)
  for link, sent in store:rows "SELECT id, sent FROM links WHERE sent > 0" do self.of[link] = sent end
  return self
end

---@param link string id
---@param bytes integer
function Tally:add(link, bytes)
  if bytes <= 0 then return end
  self.of[link] = (self.of[link] or 0) + bytes
  self.unstored[link] = true
end

---@param link string id
---@return integer bytes
function Tally:get(link)
  return self.of[link] or 0
end

---What could not be stored is to be tried again; what is no link's is left alone.
---@param link string id
function Tally:touch(link)
  if self.of[link] then self.unstored[link] = true end
end

---Adds what has not been stored yet to a batch.
---@param batch table[] statements for Store:write
---@return table[] batch
function Tally:add_statements(batch)
  for link in pairs(self.unstored) do
    batch[#batch + 1] = { "UPDATE links SET sent = ?2 WHERE id = ?1", link, self.of[link] }
  end
  self.unstored = {}
  return batch
end

return tally
