-- How facts about shares are told: at once, but what a start brings of those that were known before. Many handlers of
-- thousands of shares would hold it up, so that is told in the background, after `started`. Methods of btshare.Shares.
--
-- What a share still has to tell stands in `share.untold`, by fact. Another fact of it is never told before that, and
-- what is not true any more when its turn comes is not told at all.
local describe = require "btshare.shares.describe"
local task = require "btshare.task"

---@class btshare.Shares
---@field private restored btshare.Share[] those with something untold, in order; false where that was told
---@field private first_restored integer
---@field private is_telling_restored boolean? whether a task goes through them; nil before the start has ended
local Restored = {}

local in_order = { "share-created", "torrent-added", "share-ready" }

-- A share ends with these: whoever was not told of it yet is told only that.
local is_end = { ["share-removed"] = true, ["share-expired"] = true }

local function say(self, fact, share, more, description)
  local events = self.services.events
  if events:has(fact) then
    local event = more or {}
    event.share = description or self:describe(share)
    events:tell(fact, event)
  end
end

local function say_untold(self, share)
  local untold = share.untold
  share.untold = nil
  if not untold or describe.is_over(share) then return end -- an end that is being stored
  local description = self:describe(share)
  for _, fact in ipairs(in_order) do
    local is_true = untold[fact] and (fact ~= "share-ready" or share.state == "ready")
    if is_true then say(self, fact, share, untold[fact], description) end
  end
end

local function go_through(self)
  task.yield() -- what comes together is told together
  while self.restored[self.first_restored] do
    local share = self.restored[self.first_restored]
    self.restored[self.first_restored] = false
    self.first_restored = self.first_restored + 1
    say_untold(self, share)
    task.breathe()
  end
  self.restored, self.first_restored, self.is_telling_restored = {}, 1, false
end

local function put(self, fact, share, more)
  if not self.services.events:has(fact) then return end
  if not share.untold then
    share.untold = {}
    table.insert(self.restored, share)
  end
  share.untold[fact] = more
  if self.is_telling_restored == false then self:tell_restored() end
end

-- Drops what is untold and does not hold after this fact. Whether it has made up for the fact itself.
local function overtake(fact, share)
  local untold = share.untold
  if is_end[fact] then
    share.untold = nil
  elseif fact == "share-ready" then
    untold["share-ready"] = nil
  elseif fact == "torrent-removed" and untold["torrent-added"] then
    untold["torrent-added"] = nil
    return true
  end
  return false
end

---Tells who handles a fact of it, and no followers.
---@param fact string
---@param share btshare.Share
---@param more table? further fields
function Restored:inform(fact, share, more)
  if more and more.from_restore or fact == "torrent-added" and share.is_restored then
    put(self, fact, share, more)
    return
  end
  if share.untold then
    if overtake(fact, share) then return end
    if self.services.events:has(fact) then say_untold(self, share) end
  end
  say(self, fact, share, more)
end

---Begins to tell what is known from before: everybody who is to be told is there.
function Restored:tell_restored()
  self.is_telling_restored = true
  self:spawn(go_through, self)
end

return Restored
