-- How far hashing has come, over all shares of a batch; a batch lasts until nothing is left to do.
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"

local progress = {}

-- Seconds over which the speed is averaged.
local memory = 5
local shortest_sample = 0.5

---@class btshare.cli.progress
local Progress = {}
Progress.__index = Progress

---@param now fun(): number seconds, monotonic
---@return btshare.cli.progress
function progress.new(now)
  local self = setmetatable({ now = now }, Progress)
  self:reset()
  return self
end

function Progress:reset()
  self.shares, self.total, self.done, self.left, self.active = {}, 0, 0, 0, 0
  self.rate, self.measured_at, self.measured = nil, nil, 0
end

---Notes a share that waits for hashing, or the bytes done of one that is being hashed.
---@param id string
---@param bytes integer
---@param done integer? nil while it waits
function Progress:note(id, bytes, done)
  local share = self.shares[id]
  if not share then
    share = { bytes = 0, done = 0, is_active = false }
    self.shares[id] = share
    self.left = self.left + 1
  end
  if done and not share.is_active then
    share.is_active, self.active = true, self.active + 1
  end
  local now_done = done and math.min(done, bytes) or 0
  self.total, self.done = self.total + bytes - share.bytes, self.done + now_done - share.done
  share.bytes, share.done = bytes, now_done
  if done and not self.measured_at then
    self.measured_at, self.measured = self.now(), self.done
  end
end

---Notes that a share needs no hashing any more, because it is ready or gone.
---@param id string
---@param is_hashed boolean whether its bytes count as done
function Progress:forget(id, is_hashed)
  local share = self.shares[id]
  if not share then return end
  if is_hashed then
    self:note(id, share.bytes, share.bytes)
  else
    self.total, self.done = self.total - share.bytes, self.done - share.done
  end
  self.shares[id] = nil
  self.left = self.left - 1
  if share.is_active then self.active = self.active - 1 end
  if self.left == 0 then self:reset() end
end

function Progress:measure()
  local now = self.now()
  local passed = self.measured_at and now - self.measured_at or 0
  if passed < shortest_sample then return self.rate end
  local speed = math.max(0, self.done - self.measured) / passed
  local weight = 1 - math.exp(-passed / memory)
  self.rate = self.rate and self.rate + (speed - self.rate) * weight or speed
  self.measured_at, self.measured = now, self.done
  return self.rate
end

---@param columns integer
---@param share number 0 to 1
---@return string bar
function progress.bar(columns, share)
  local filled = math.floor(columns * math.max(0, math.min(1, share)) + 0.5)
  return ("█"):rep(filled) .. ("░"):rep(columns - filled)
end

---@param columns integer there are
---@return string? line nil when nothing is being prepared
function Progress:line(columns)
  if self.left == 0 then return nil end
  local rate = self:measure()
  local share = self.total > 0 and self.done / self.total or 0
  local pieces = { text.pad(speaker:percent(share), text.width(speaker:percent(1)), true) }
  if rate and rate >= 1 then
    pieces[#pieces + 1] = speaker:rate(rate)
    pieces[#pieces + 1] = speaker:text("view.left", { time = speaker:duration((self.total - self.done) / rate) })
  end
  local waiting = self.left - self.active
  if waiting > 0 then pieces[#pieces + 1] = speaker:text("view.waiting", { n = waiting }) end
  local words, preparing = table.concat(pieces, "  "), speaker:text("view.preparing") .. " "
  local room = math.min(30, columns - text.width(preparing) - text.width(words) - 2)
  if room < 5 then return text.shorten(preparing .. words, columns) end
  return ("%s%s  %s"):format(preparing, progress.bar(room, share), words)
end

return progress
