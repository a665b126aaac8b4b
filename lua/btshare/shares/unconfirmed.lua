-- What is held back after the state database was damaged, until its owner says that it may be shared: nobody knows any
-- more whether it was stopped, locked or private. Methods of btshare.Shares.
--
-- To others it is paused, and lists do not name it. It is stored as paused = 2: another start holds it back, too.
local damage = require "btshare.store.damage"
local seeding = require "btshare.shares.seeding"
local task = require "btshare.task"

---@class btshare.Shares
local Unconfirmed = {}

---Whether a share that is new to the database is held back: not where somebody has just asked for it.
---@param root btshare.Root
---@param entry string
---@return boolean
function Unconfirmed:must_confirm(root, entry)
  return self.services.store.damage ~= nil and not root.wanted[entry]
end

---@return integer count of shares that are held back
function Unconfirmed:count_unconfirmed()
  local count = 0
  for _, share in ipairs(self:list()) do
    if share.is_unconfirmed then count = count + 1 end
  end
  return count
end

local function let_go(self, share)
  if not share.is_unconfirmed or self.by_id[share.id] ~= share then return false end
  share.is_paused, share.is_unconfirmed, share.revision = false, nil, share.revision + 1
  if share.state == "ready" and not share.is_expired then seeding.rejoin(self, share) end
  self:tell("share-updated", share)
  return true
end

---Shares all that is held back; the damage is not told of any more. Call in a task.
---@return integer|nil count of shares
---@return string? message
---@return string? code
function Unconfirmed:confirm()
  local store = self.services.store
  local known = store.damage
  store.damage = nil -- first: what is found meanwhile is not held back
  local written, message, code = store:write {
    { "UPDATE shares SET paused = 0, revision = revision + 1 WHERE paused = 2" }, damage.forget(),
  }
  if not written then
    store.damage = known
    return nil, message, code
  end
  local count = 0
  for _, share in ipairs(self:list()) do
    if let_go(self, share) then count = count + 1 end
    task.breathe()
  end
  return count
end

return Unconfirmed
