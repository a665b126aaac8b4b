-- How much went up and down: rings of the last hour, day and week, and totals, kept over restarts.
local task = require "btshare.task"
local uv = require "luv"

---@class btshare.activity.Ring
---@field step integer seconds of a slot
---@field size integer slots
---@field slot integer the current one, seconds since 1970 // step
---@field up table<integer, integer> bytes, by slot modulo size
---@field down table<integer, integer>

---@class btshare.activity.Totals
---@field sent integer bytes
---@field received integer
---@field people integer who have got all of something
---@field downloads integer that were finished

---@class btshare.Activity
---@field totals btshare.activity.Totals not to be changed by others
---@field private services btshare.Services
---@field private clock fun(): integer seconds since 1970
---@field private rings table<string, btshare.activity.Ring>
---@field private seen {up: integer, down: integer} what the counters showed last
---@field private jobs table<btshare.task.job, true>
local Activity = {}
Activity.__index = Activity

local activity = {}

activity.periods = { hour = { 10, 360 }, day = { 300, 288 }, week = { 1800, 336 } }

local look_milliseconds = 10000
local store_looks = 18 -- each three minutes
local totals_setting = "activity_totals"
local total_names = { "sent", "received", "people", "downloads" }

local function new_ring(period, now)
  local step, size = table.unpack(activity.periods[period])
  local ring = { step = step, size = size, slot = now // step, up = {}, down = {} }
  for index = 0, size - 1 do ring.up[index], ring.down[index] = 0, 0 end
  return ring
end

-- Slots between then and now held nothing. A clock that was set back goes on where it was.
local function turn(ring, now)
  local slot = now // ring.step
  for passed = math.max(ring.slot + 1, slot - ring.size + 1), slot do
    ring.up[passed % ring.size], ring.down[passed % ring.size] = 0, 0
  end
  ring.slot = math.max(ring.slot, slot)
end

local function pack(ring, values)
  local list = {}
  for index = 1, ring.size do list[index] = values[(ring.slot + index) % ring.size] end
  return string.pack("<" .. ("i8"):rep(ring.size), table.unpack(list))
end

local function unpack_into(ring, values, bytes)
  for index = 1, ring.size do
    values[(ring.slot + index) % ring.size] = string.unpack("<i8", bytes, 8 * index - 7)
  end
end

local function load(self, now)
  for row_period, start, up, down in self.services.store:rows("SELECT period, start, up, down FROM activity") do
    local ring = self.rings[row_period]
    if ring and #up == 8 * ring.size and #down == 8 * ring.size then
      ring.slot = start // ring.step + ring.size - 1
      unpack_into(ring, ring.up, up)
      unpack_into(ring, ring.down, down)
      if ring.slot > now // ring.step then self.rings[row_period] = new_ring(row_period, now) end
      turn(self.rings[row_period], now)
    end
  end
  local stored = self.services.store:setting(totals_setting)
  for name, value in (stored or ""):gmatch("(%a+)=(%d+)") do
    self.totals[name] = math.tointeger(tonumber(value))
  end
end

---@param services btshare.Services with its recipients
---@param clock (fun(): integer)?
---@return btshare.Activity
function activity.new(services, clock)
  local self = setmetatable({
    services = services, clock = clock or os.time, rings = {}, jobs = {}, looks = 0, seen = { up = 0, down = 0 },
    totals = { sent = 0, received = 0, people = 0, downloads = 0 },
  }, Activity)
  local now = self.clock()
  for period in pairs(activity.periods) do self.rings[period] = new_ring(period, now) end
  load(self, now)
  services.recipients.on_finished = function(is_news)
    self.totals.downloads = self.totals.downloads + 1
    if is_news then self.totals.people = self.totals.people + 1 end
  end
  self.timer = uv.new_timer()
  self.timer:start(look_milliseconds, look_milliseconds, function() self:tick() end)
  return self
end

---Puts what went out and came in since the last look into the rings.
function Activity:look()
  local traffic, now = self.services.engine.traffic, self.clock()
  local up, down = traffic.uploaded + self.services.recipients.http_sent, traffic.downloaded
  local sent, received = math.max(0, up - self.seen.up), math.max(0, down - self.seen.down)
  self.seen.up, self.seen.down = up, down
  self.totals.sent, self.totals.received = self.totals.sent + sent, self.totals.received + received
  for _, ring in pairs(self.rings) do
    turn(ring, now)
    local index = ring.slot % ring.size
    ring.up[index], ring.down[index] = ring.up[index] + sent, ring.down[index] + received
  end
end

---@private
function Activity:tick()
  self:look()
  self.looks = self.looks + 1
  if self.looks % store_looks == 0 then self:store() end
end

---@private
function Activity:store()
  local blob, batch, totals = self.services.store.blob, {}, {}
  for period, ring in pairs(self.rings) do
    batch[#batch + 1] = {
      "INSERT OR REPLACE INTO activity (period, start, up, down) VALUES (?, ?, ?, ?)", period,
      (ring.slot - ring.size + 1) * ring.step, blob(pack(ring, ring.up)), blob(pack(ring, ring.down)),
    }
  end
  for index, name in ipairs(total_names) do totals[index] = ("%s=%d"):format(name, self.totals[name]) end
  batch[#batch + 1] = {
    "INSERT OR REPLACE INTO settings VALUES (?, ?)", totals_setting, table.concat(totals, " "),
  }
  task.spawn_with({ group = self.jobs }, function() self.services.store:write(batch) end)
end

---Rates of a period, oldest first; the slot that is not over yet is left out.
---@param period "hour"|"day"|"week"
---@return {step: integer, start: integer, up: integer[], down: integer[]} in seconds and bytes a second
function Activity:rates(period)
  self:look()
  local ring = self.rings[period]
  local up, down = {}, {}
  for index = 1, ring.size - 1 do
    local place = (ring.slot + index) % ring.size
    up[index], down[index] = ring.up[place] // ring.step, ring.down[place] // ring.step
  end
  return { step = ring.step, start = (ring.slot - ring.size + 1) * ring.step, up = up, down = down }
end

function Activity:close()
  self.timer:close()
  self:look()
  self:store()
  task.cancel(self.jobs)
end

return activity
