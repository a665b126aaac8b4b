-- What `require "btshare.NAME"` gives in a plugin's tests: all that there is in a real BTshare, by its names. What the
-- harness plays does what it can; what only computes is the real thing; the rest is for the test to play.
local plugin_services = require "btshare.plugin_services"

local services = {}

-- They ask nothing of the rest.
local only_compute = { bencode = true, reach = true, text = true }

-- Stands for all that a real BTshare is made of: only names are wanted of it.
local nothing = setmetatable({}, {
  __index = function(self) return self end,
  __call = function(self) return self end,
})

---@return table<string, table<string, any>> members by module
function services.real()
  return plugin_services.make(nothing).services
end

local function do_nothing() end

-- The test's own comes first, then the harness's. Where a plugin is only looked over, what nobody plays does nothing,
-- and gives what undoes that.
local function played(world, name, default)
  return function(...)
    local play = world.plays[name]
    if play then return play(...) end
    if default then return default(...) end
    if world.is_rehearsal then return do_nothing, do_nothing end
    error(('btshare.%s is not played here; a test can: fake:play("%s", function(…) … end)'):format(name, name), 2)
  end
end

---@param world btshare.harness.World
---@param own table<string, table<string, function>> what the harness plays
---@return table<string, table<string, any>>
function services.make(world, own)
  local made = {}
  local function add(module, member, value, default)
    made[module] = made[module] or {}
    if type(value) == "function" and not only_compute[module] then
      value = played(world, module .. "." .. member, default)
    end
    made[module][member] = value
  end
  for module, members in pairs(services.real()) do
    for member, value in pairs(members) do add(module, member, value, nil) end
  end
  for module, members in pairs(own) do
    for member, value in pairs(members) do add(module, member, value, value) end
  end
  return made
end

return services
