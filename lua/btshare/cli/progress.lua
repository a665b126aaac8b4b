-- How far hashing has come, over all shares of a batch; a batch lasts until nothing is left to do.
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"

local progress = {}

-- Seconds over which the speed is averaged.
local memory = 5
local shortest_sample = 0.5
local shortest_name, shortest_bar = 8, 5 -- columns

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
  self.furthest, self.has_grown, self.current = 0, false, nil
end

---Notes a share that waits for hashing, or the bytes done of one that is being hashed.
---@param id string
---@param bytes integer
---@param done integer? nil while it waits
---@param name string? harmless
function Progress:note(id, bytes, done, name)
  local share = self.shares[id]
  if not share then
    share = { bytes = 0, done = 0, is_active = false }
    self.shares[id] = share
    self.left = self.left + 1
  end
  share.name = name or share.name
  if done then self.current = share end
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
  if self.current == share then self.current = nil end
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

-- The parts of a line in their order; and of these what can be done without, what is missed least first.
local order = { "amount", "rate", "left", "waiting", "more" }
local dispensable = { "waiting", "rate", "more", "left" }

-- As many of the parts as there is room for: whole ones.
local function fit(parts, columns)
  local function join()
    local list = {}
    for _, name in ipairs(order) do list[#list + 1] = parts[name] end
    return table.concat(list, "  ")
  end
  for _, name in ipairs(dispensable) do
    if text.width(join()) <= columns then break end
    parts[name] = nil
  end
  return join()
end

-- How much is done: a part of all, or, once more was found than was known of, bytes, since a part would go back.
function Progress:amount()
  local share = self.total > 0 and self.done / self.total or 0
  self.has_grown = self.has_grown or share < self.furthest
  self.furthest = math.max(self.furthest, share)
  if self.has_grown then
    return speaker:text("view.bytes", { done = speaker:size(self.done), total = speaker:size(self.total) })
  end
  return text.pad(speaker:percent(share), text.width(speaker:percent(1)), true), share
end

-- Of several the one that was heard of last, in a column of its own, so that nothing jumps.
function Progress:name(columns)
  local name = self.current and self.current.name
  if not name or columns < shortest_name then return "" end
  name = text.shorten(name, columns)
  return (self.left > 1 and text.pad(name, columns) or name) .. " "
end

---@param columns integer there are
---@param more string? to be said at the end
---@return string? line nil when nothing is being prepared
function Progress:line(columns, more)
  if self.left == 0 then return nil end
  local rate = self:measure()
  local amount, share = self:amount()
  local parts = { amount = amount, more = more }
  if rate and rate >= 1 then
    parts.rate = speaker:rate(rate)
    parts.left = speaker:text("view.left", { time = speaker:duration((self.total - self.done) / rate) })
  end
  local waiting = self.left - self.active
  if waiting > 0 then parts.waiting = speaker:text("view.waiting", { n = waiting }) end
  local preparing = speaker:text("view.preparing") .. " "
  local words = fit(parts, columns - text.width(preparing))
  local room = columns - text.width(preparing) - text.width(words)
  if room < 0 then return text.shorten((words:gsub("^ +", "")), columns) end
  local name = self:name(math.min(columns // 3, room - shortest_bar - 3))
  preparing, room = preparing .. name, room - text.width(name)
  local bar = share and math.min(30, room - 2) or 0
  if bar < shortest_bar then return preparing .. words end
  return ("%s%s  %s"):format(preparing, progress.bar(bar, share), words)
end

return progress
