-- Holding all shares back for a while, as plugins ask. Methods of btshare.Shares.
--
-- To others it is as if each were paused: out of the swarm, and its page says so. Nothing of it is stored, so that
-- neither an end by force nor a plugin that goes leaves a share paused that its owner wants to be sent.
local task = require "btshare.task"
local seeding = require "btshare.shares.seeding"

---@class btshare.Shares
local Holds = {}

-- Brings each share in line with its mark, which may change meanwhile: the latest counts. One task at a time.
local function follow(shares)
  local _ <close> = shares.holding:lock()
  for _, share in ipairs(shares:list()) do
    local is_there = shares.by_id[share.id] == share and not share.is_stopped and not share.is_expired
    if is_there and share.is_held then
      seeding.leave(shares, share)
    elseif is_there and share.state == "ready" then
      seeding.rejoin(shares, share)
    end
    task.breathe()
  end
end

local function set_held(shares, is_held)
  for _, share in pairs(shares.by_id) do share.is_held = is_held end
  if is_held then shares.services.transfers:cut_invalid() end
  for _, share in ipairs(shares:list()) do shares:touch(share) end
  shares.holding = shares.holding or task.mutex()
  shares:spawn(follow, shares)
end

---Sends nothing of any share, also of those that come, until released. Holds add up: the last to go releases.
---@return fun() release a second call does nothing
function Holds:hold()
  self.holds = self.holds + 1
  if self.holds == 1 then set_held(self, true) end
  local is_released = false
  return function()
    if is_released then return end
    is_released, self.holds = true, self.holds - 1
    if self.holds == 0 and not self.services.instance.is_stopping then set_held(self, false) end
  end
end

return Holds
