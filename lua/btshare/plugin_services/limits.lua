-- For plugins, as `btshare.limits`: limits and a pause that hold beside the owner's own, until they are taken back.
local limits = {}

local function check_rate(name, value)
  if value == nil or math.type(value) == "integer" and value > 0 then return end
  error(("limits.restrict: %s must be a whole number of bytes a second above 0, or nil"):format(name), 3)
end

---@param services btshare.Services
---@return table<string, function>
function limits.make(services)
  local api = {}

  ---Restricts what goes out and comes in, over whatever else restricts it: of all limits the lowest counts. What it
  ---gives takes it back, as `plugin:bind` wants it. Nothing is stored.
  ---@param what {up: integer?, down: integer?, pause: boolean?} bytes a second; pause: nothing of any share is sent
  ---@return fun() release a second call does nothing
  function api.restrict(what)
    if type(what) ~= "table" then error("limits.restrict: a table is wanted", 2) end
    check_rate("up", what.up)
    check_rate("down", what.down)
    local lift = services.budget.ceilings:add { up = what.up, down = what.down }
    local let_go = what.pause and services.shares:hold()
    return function()
      lift()
      if let_go then let_go() end
    end
  end

  return api
end

return limits
