-- The routes of plugins: while a plugin is swapped for its new form both have the same ones open, so the
-- program sees one route each, which the newest handler answers.

---@class btshare.plugin.routes
---@field package add fun(pattern: string, handler: function, owner: string): fun()
---@field package owner string
---@field package slots table<string, {handlers: function[], remove: fun()}>
local routes = {}
routes.__index = routes

---@param add fun(pattern: string, handler: function, owner: string): fun() registers a route, returns its undo
---@param owner string
---@return btshare.plugin.routes
function routes.new(add, owner)
  return setmetatable({ add = add, owner = owner, slots = {} }, routes)
end

---@param pattern string
---@param handler function
---@return fun() undo
function routes:open(pattern, handler)
  local slot = self.slots[pattern]
  if slot then
    table.insert(slot.handlers, handler)
  else
    slot = { handlers = { handler } }
    slot.remove = self.add(pattern, function(...) return slot.handlers[#slot.handlers](...) end, self.owner)
    self.slots[pattern] = slot
  end
  return function() self:close(pattern, slot, handler) end
end

---@package
function routes:close(pattern, slot, handler)
  for index = #slot.handlers, 1, -1 do
    if slot.handlers[index] == handler then
      table.remove(slot.handlers, index)
      break
    end
  end
  if #slot.handlers > 0 then return end
  self.slots[pattern] = nil
  slot.remove()
end

return routes
