-- Limits that hold for a while beside the owner's own: of all of them the lowest counts, so none makes another looser.

---@class btshare.ceilings.Limits
---@field up integer? bytes a second; nil or 0: no limit
---@field down integer?

---@class btshare.Ceilings
---@field private list btshare.ceilings.Limits[]
---@field private on_change fun(lowest: btshare.ceilings.Limits)
local Ceilings = {}
Ceilings.__index = Ceilings

local ceilings = {}

---@param own integer? 0 or nil: no limit
---@param other integer?
---@return integer lowest 0 where there is none
function ceilings.lowest(own, other)
  own, other = own or 0, other or 0
  if own == 0 or other == 0 then return math.max(own, other) end
  return math.min(own, other)
end

---@param on_change fun(lowest: btshare.ceilings.Limits) told whenever what counts is another
---@return btshare.Ceilings
function ceilings.new(on_change)
  return setmetatable({ list = {}, on_change = on_change, up = 0, down = 0 }, Ceilings)
end

---@private
function Ceilings:renew()
  local up, down = 0, 0
  for _, limits in ipairs(self.list) do
    up, down = ceilings.lowest(up, limits.up), ceilings.lowest(down, limits.down)
  end
  if up == self.up and down == self.down then return end
  self.up, self.down = up, down
  self.on_change { up = up, down = down }
end

---@param limits btshare.ceilings.Limits
---@return fun() release takes it back; a second call does nothing
function Ceilings:add(limits)
  local own = { up = limits.up, down = limits.down }
  table.insert(self.list, own)
  self:renew()
  return function()
    for index, candidate in ipairs(self.list) do
      if candidate == own then
        table.remove(self.list, index)
        return self:renew()
      end
    end
  end
end

return ceilings
