-- What all shares together have sent since midnight, and how often they were fetched.
local shares = require "btshare.shares"
local time = require "btshare.time"

local day = {}

---@class quota.Day
---@field downloads integer
---@field bytes integer
---@field private day string "2026-01-05"
---@field private kept btshare.plugin.Store its "use" is "DAY DOWNLOADS BYTES"
---@field private last {downloads: integer, sent: integer}? of all shares at the latest look
---@field private stored string? what is kept
local Day = {}
Day.__index = Day

---@param kept btshare.plugin.Store
---@return quota.Day
function day.new(kept)
  return setmetatable({ day = "", downloads = 0, bytes = 0, kept = kept }, Day)
end

local function today() return os.date("%Y-%m-%d", time.now()) end

local function begin(self)
  local known, downloads, bytes = (not self.last and self.kept.get "use" or ""):match("^(%S+) (%d+) (%d+)$")
  if known ~= today() then downloads, bytes = 0, 0 end
  self.day, self.downloads, self.bytes = today(), math.tointeger(downloads), math.tointeger(bytes)
end

---Counts what went out since the last look. A share that was removed takes its part of the sum with it.
function Day:look()
  local total = shares.total()
  if self.day ~= today() then begin(self) end
  if self.last then
    self.downloads = self.downloads + math.max(0, total.downloads - self.last.downloads)
    self.bytes = self.bytes + math.max(0, total.sent - self.last.sent)
  end
  self.last = total
end

---Has it outlive a restart.
function Day:store()
  local use = ("%s %d %d"):format(self.day, self.downloads, self.bytes)
  if use ~= self.stored then
    self.stored = use
    self.kept.set("use", use)
  end
end

---@return boolean whether it was looked at yet
function Day:is_known() return self.last ~= nil end

return day
