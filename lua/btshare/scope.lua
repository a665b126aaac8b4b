-- Lifetimes: a scope remembers how to undo what was done in it, and undoes it when it closes.
local log = require "btshare.log"

---@class btshare.scope
---@field name string
---@field package entries btshare.scope.handle[] in the order in which they were owned
---@field package is_closed boolean
local scope = {}
scope.__index = scope

---@class btshare.scope.handle
---@field package undo function?
---@field package scope btshare.scope
local handle = {}
handle.__index = handle

---@param name string for messages
---@return btshare.scope
function scope.new(name)
  return setmetatable({ name = name, entries = {}, is_closed = false }, scope)
end

local function call(self, undo)
  local fine, traceback = xpcall(undo, debug.traceback)
  if not fine then log.error("%s: %s", self.name, traceback) end
end

---Owns what `undo` undoes. What is given to a closed scope is undone at once: a task that waited may
---come back to find that its scope has gone.
---@param undo function
---@return btshare.scope.handle
function scope:own(undo)
  if type(undo) ~= "function" then
    error("scope:own: a function that undoes is wanted, not a " .. type(undo), 2)
  end
  local owned = setmetatable({ undo = undo, scope = self }, handle)
  if self.is_closed then
    owned:release()
  else
    table.insert(self.entries, owned)
  end
  return owned
end

---A scope that closes with this one at the latest.
---@param name string
---@return btshare.scope
function scope:child(name)
  local child = scope.new(self.name .. " " .. name)
  child.handle = self:own(function() child:close() end)
  return child
end

---Undoes everything, last in first out. An undo that raises is logged and the others still run.
function scope:close()
  if self.is_closed then return end
  self.is_closed = true
  while #self.entries > 0 do
    local owned = table.remove(self.entries)
    local undo = owned.undo
    owned.undo = nil
    call(self, undo)
  end
  if self.handle then self.handle:forget() end
end

---Undoes this one now instead of at the end. A second call does nothing.
function handle:release()
  local undo = self.undo
  if not undo then return end
  self:forget()
  call(self.scope, undo)
end

---Takes this one out of its scope without undoing it: somebody else owns it now.
function handle:forget()
  if not self.undo then return end
  self.undo = nil
  local entries = self.scope.entries
  for index = #entries, 1, -1 do
    if entries[index] == self then
      table.remove(entries, index)
      break
    end
  end
end

return scope
