-- Limits as Transmission has them: kilobytes of 1000 bytes a second, and a switch.
local switch = require ".switch"

local limits = {}

local kilobyte <const> = 1000
local highest <const> = 2000000 -- kB/s; more than any line has

---What is wanted of a limit; nil where nothing was said of it.
---@param arguments table
---@param limit string name of the number
---@param enabled string name of the switch
---@param former integer? bytes a second
---@return integer? rate bytes a second, 0: none
function limits.of(arguments, limit, enabled, former)
  local value, is_enabled = arguments[limit], arguments[enabled]
  if value == nil and is_enabled == nil then return nil end
  if is_enabled ~= nil and not switch(is_enabled) then return 0 end
  value = math.tointeger(value) or (former or 0) // kilobyte
  return math.max(0, math.min(value, highest)) * kilobyte
end

return limits
