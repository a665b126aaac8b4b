-- The latest deltas: for clients that come back, and for those that poll.

---@class btshare.live.Ring
---@field private first integer number of the state before the oldest delta that is kept
---@field private list {number: integer, text: string, of: table}[] oldest first
---@field private bytes integer
local Ring = {}
Ring.__index = Ring

local ring = {}

local most, most_bytes = 240, 4 * 1024 * 1024

---@param number integer of the state that the first delta follows
---@return btshare.live.Ring
function ring.new(number)
  return setmetatable({ first = number, list = {}, bytes = 0 }, Ring)
end

---@param number integer
---@param text string the delta as it was sent
---@param of table what it told: sets of ids by member, `status`, `events`
function Ring:add(number, text, of)
  self.list[#self.list + 1] = { number = number, text = text, of = of }
  self.bytes = self.bytes + #text
  while #self.list > 1 and (#self.list > most or self.bytes > most_bytes) do
    local oldest = table.remove(self.list, 1)
    self.first, self.bytes = oldest.number, self.bytes - #oldest.text
  end
end

---@param number integer
---@param latest integer
---@return boolean whether all that came after `number` is kept
function Ring:reaches(number, latest)
  return number >= self.first and number <= latest
end

---@param number integer
---@param latest integer
---@return string[]? texts of the deltas after it; nil where some are gone
function Ring:texts(number, latest)
  if not self:reaches(number, latest) then return nil end
  local texts = {}
  for _, delta in ipairs(self.list) do
    if delta.number > number then texts[#texts + 1] = delta.text end
  end
  return texts
end

---@param number integer
---@param latest integer
---@return table? of what the deltas after it told, together
function Ring:since(number, latest)
  if not self:reaches(number, latest) then return nil end
  local all = { status = {}, events = {} }
  for _, delta in ipairs(self.list) do
    if delta.number > number then
      for member, set in pairs(delta.of) do
        if member == "events" then
          table.move(set, 1, #set, #all.events + 1, all.events)
        else
          all[member] = all[member] or {}
          for id in pairs(set) do all[member][id] = true end
        end
      end
    end
  end
  return all
end

return ring
