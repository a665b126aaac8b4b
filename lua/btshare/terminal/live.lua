-- A line at the bottom of the terminal that is drawn over again, with ordinary lines passing above it.
local text = require "btshare.terminal.text"

local live = {}

local clear = "\r\27[2K"
-- A stopped terminal (Ctrl-S) must not gather redrawings.
local most_waiting = 16 * 1024

---@class btshare.terminal.live
---@field output btshare.terminal.output
---@field drawn string? what stands there now
local Live = {}
Live.__index = Live

---@param output btshare.terminal.output
---@return btshare.terminal.live
function live.open(output)
  return setmetatable({ output = output }, Live)
end

---@return integer columns that a line may take: the last stays free, since filling it wraps
function Live:width()
  return math.max(1, math.min(self.output:width() - 1, 200))
end

---Draws the line; nil or "" clears it. Does nothing where the output is no terminal.
---@param line string? without escape sequences
function Live:set(line)
  if not self.output.is_terminal or self.output.waiting > most_waiting then return end
  line = line ~= "" and line or nil
  if line then line = text.shorten(line, self:width()) end
  if line == self.drawn then return end
  self.drawn = line
  self.output:write(clear .. (line or ""))
end

---Writes ordinary lines above.
---@param target btshare.terminal.output where they belong; may be the same terminal
---@param lines string each with its line feed
function Live:print(target, lines)
  if not self.drawn or not target.is_terminal then
    target:write(lines)
    return
  end
  if target == self.output then
    target:write(clear .. lines .. self.drawn)
  else
    self.output:write(clear)
    target:write(lines)
    self.output:write(self.drawn)
  end
end

---Draws again after the terminal has changed its size.
function Live:redraw()
  local line = self.drawn
  self.drawn = nil
  if line then self:set(line) end
end

return live
