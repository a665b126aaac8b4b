-- The last lines that a plugin logged, for whoever wants to know what became of it.

---@class btshare.plugin.line
---@field time integer seconds since 1970
---@field level btshare.log.level
---@field text string without the plugin's name; one line, or a traceback's

---@class btshare.plugin.Lines
---@field private now fun(): integer
---@field private kept btshare.plugin.line[] a ring
---@field private count integer of all that ever came
local Lines = {}
Lines.__index = Lines

local lines = {}

local most, longest = 200, 2000 -- lines; bytes of each, so that no plugin fills the memory by its log

---@param now fun(): integer
---@return btshare.plugin.Lines
function lines.new(now)
  return setmetatable({ now = now, kept = {}, count = 0 }, Lines)
end

---@param level btshare.log.level
---@param text string valid UTF-8
function Lines:add(level, text)
  if #text > longest then text = text:sub(1, utf8.offset(text, 0, longest + 1) - 1) .. "…" end
  self.kept[self.count % most + 1] = { time = self.now(), level = level, text = text }
  self.count = self.count + 1
end

---@return btshare.plugin.line[] list newest first
function Lines:list()
  local list = {}
  for index = 1, math.min(self.count, most) do
    list[index] = self.kept[(self.count - index) % most + 1]
  end
  return list
end

return lines
