-- Tells how far recipients and downloads are, at most every two seconds of each, and only where somebody listens.
local uv = require "luv"
local view = require "btshare.recipients.view"

---@class btshare.news.Progress
---@field private services btshare.Services
---@field private told table<table, {at: integer, mark: any}> by recipient or download
local Progress = {}
Progress.__index = Progress

local progress = {}

local look_milliseconds, least_milliseconds = 1000, 2000

---@param services btshare.Services with its recipients; its downloads may come later
---@return btshare.news.Progress
function progress.new(services)
  local self = setmetatable({ services = services, told = setmetatable({}, { __mode = "k" }) }, Progress)
  self.timer = uv.new_timer()
  self.timer:start(look_milliseconds, look_milliseconds, function() self:look() end)
  return self
end

-- Whether `mark` says something else of `one` than what was told last, and long enough ago.
local function is_news(self, one, mark, now)
  local last = self.told[one]
  if last and (last.mark == mark or now - last.at < least_milliseconds) then return false end
  self.told[one] = { at = now, mark = mark }
  return true
end

local function look_at_recipients(self, now)
  local services = self.services
  for record in services.recipients:active() do
    for _, one in ipairs(record.list) do
      local mark = one.is_active and one.progress
      if mark and mark > 0 and is_news(self, one, mark, now) then
        local recipient = view.recipient(record, one)
        recipient.pieces = nil -- a picture for the console
        services.events:tell("recipient-progress", {
          share = services.shares:describe(record.share), recipient = recipient,
        })
      end
    end
  end
end

local function look_at_downloads(self, now)
  local downloads = self.services.downloads
  for _, download in pairs(downloads and downloads.by_id or {}) do
    local done = download.row and download.row.done or 0
    if done > 0 and not download.finished and is_news(self, download, done, now) then
      downloads:tell("download-progress", download)
    end
  end
end

---@private
function Progress:look()
  local events, now = self.services.events, uv.now()
  if events:has("recipient-progress") then look_at_recipients(self, now) end
  if events:has("download-progress") then look_at_downloads(self, now) end
end

function Progress:close()
  self.timer:close()
end

return progress
