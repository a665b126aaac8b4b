-- The routes of plugins: while a plugin is swapped for its new form both have the same ones open, so the
-- program sees one route each, which the newest handler answers.

---@alias btshare.plugin.add_route fun(pattern: string, handler: function, owner: string, about: table): fun()

---@class btshare.plugin.routes
---@field package add btshare.plugin.add_route
---@field package owner string
---@field package slots table<string, {openings: {handler: function, about: table}[], about: table, remove: fun()}>
local routes = {}
routes.__index = routes

---@param add btshare.plugin.add_route registers a route, returns its undo
---@param owner string
---@return btshare.plugin.routes
function routes.new(add, owner)
  return setmetatable({ add = add, owner = owner, slots = {} }, routes)
end

-- The listener keeps one description of the route, which always says what the newest form says.
local function describe(slot)
  for name in pairs(slot.about) do slot.about[name] = nil end
  for name, value in pairs(slot.openings[#slot.openings].about) do slot.about[name] = value end
end

---@param pattern string
---@param handler function
---@param about btshare.plugin.RouteAbout
---@return (fun())? undo
---@return string? message where another has it
function routes:open(pattern, handler, about)
  local key = about.on .. " " .. pattern
  local slot = self.slots[key] or { openings = {}, about = {} }
  local opening = { handler = handler, about = about }
  table.insert(slot.openings, opening)
  describe(slot)
  if not self.slots[key] then
    local added, undo = pcall(self.add, pattern, function(...)
      return slot.openings[#slot.openings].handler(...)
    end, self.owner, slot.about)
    if not added then return nil, "plugin:route: " .. tostring(undo):gsub("^[^:]*:%d+: ", "") end
    slot.remove = undo
    self.slots[key] = slot
  end
  return function() self:close(key, slot, opening) end
end

---@package
function routes:close(key, slot, opening)
  for index = #slot.openings, 1, -1 do
    if slot.openings[index] == opening then
      table.remove(slot.openings, index)
      break
    end
  end
  if #slot.openings > 0 then return describe(slot) end
  self.slots[key] = nil
  slot.remove()
end

return routes
