-- First in, first out.
---@class btshare.task.fifo
---@field private items table<integer, any>
---@field private first integer
---@field private last integer
local Fifo = {}
Fifo.__index = Fifo

local fifo = {}

---@return btshare.task.fifo
function fifo.new()
  return setmetatable({ items = {}, first = 1, last = 0 }, Fifo)
end

---@param item any never nil
function Fifo:put(item)
  self.last = self.last + 1
  self.items[self.last] = item
end

---@return any item the oldest, nil where nothing waits
function Fifo:take()
  if self.first > self.last then return nil end
  local item = self.items[self.first]
  self.items[self.first] = nil
  self.first = self.first + 1
  return item
end

---@return integer
function Fifo:length()
  return self.last - self.first + 1
end

---@return fun(): any next oldest first; not to be changed meanwhile
function Fifo:each()
  local index = self.first - 1
  return function()
    index = index + 1
    return self.items[index]
  end
end

return fifo
