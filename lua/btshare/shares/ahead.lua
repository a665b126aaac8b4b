-- Makes ahead what lists of all shares and searches in them need: their order, the texts of their rows, the names of
-- their files. In the background, in small steps, so that the first who asks waits no longer than those after.
local task = require "btshare.task"
local uv = require "luv"

local ahead = {}

local look_milliseconds = 1000
local step_milliseconds = 2 -- that a turn of the loop may last
local many = 50             -- changes between two looks: then it is waited until there are fewer,
local most_looks = 10       -- so often
local most_files = 5000     -- of a share whose names are kept before anybody has asked

---@class btshare.Ahead
---@field private services btshare.Services
---@field private timer uv_timer_t
---@field private jobs table<btshare.task.job, true>
---@field private list btshare.Share[]? all, as they were at the last look
---@field private waiting table<btshare.Share, true>
---@field private waited integer looks
local Ahead = {}
Ahead.__index = Ahead

---@param services btshare.Services with shares, rows and listing
---@return btshare.Ahead
function ahead.new(services)
  local self = setmetatable({
    services = services, timer = uv.new_timer(), jobs = {}, waiting = {}, waited = 0,
  }, Ahead)
  self.timer:start(look_milliseconds, look_milliseconds, function() self:look() end)
  return self
end

-- Who is being sent to changes again before anybody looks: that row is written when it is asked for.
local function work(services, shares)
  local rows, search = services.rows, services.listing.search
  for share in pairs(shares) do
    if services.shares.by_id[share.id] == share and not share.is_stopped then
      if rows:summary(share).recipients == 0 then rows:text(share) end
      if share.files <= most_files then search:learn(share) end
    end
    task.breathe(step_milliseconds)
  end
end

-- Puts what has changed to what waits; how much it was.
local function gather(self)
  local services = self.services
  services.rows:begin()
  local list, count = services.shares:list(), 0
  local changed, is_another = services.rows:take_changed()
  for share in pairs(changed) do
    self.waiting[share] = true
    count = count + 1
  end
  if list ~= self.list or is_another then
    for _, share in ipairs(list) do self.waiting[share] = true end
  end
  self.list = list
  return count
end

---Sees whether there is anything to do, and has it done.
---@private
function Ahead:look()
  if next(self.jobs) then return end
  if gather(self) >= many and self.waited < most_looks then
    self.waited = self.waited + 1
    return
  end
  self.waited = 0
  if not next(self.waiting) then return end
  local shares = self.waiting
  self.waiting = {}
  task.spawn_with({ group = self.jobs, is_patient = true }, work, self.services, shares)
end

function Ahead:close()
  self.timer:close()
  task.cancel(self.jobs)
end

return ahead
