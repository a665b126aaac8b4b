-- What the service manager is told, where one started us (sd_notify(3)): that we are ready, alive, about to end.
local host = require "core.host"
local log = require "btshare.log"
local uv = require "luv"

local service = {}

local function notify(text)
  local told, message = host.notify(text)
  if told == nil then
    log.warning("the service manager cannot be told %s: %s", text, message)
  end
end

-- Half of the time after which it would restart us, in milliseconds; nil where it does not watch this process.
local function watchdog_period()
  local microseconds = tonumber(os.getenv("WATCHDOG_USEC"))
  local pid = tonumber(os.getenv("WATCHDOG_PID"))
  if microseconds and microseconds > 0 and (not pid or pid == uv.os_getpid()) then
    return math.max(1, microseconds // 2000)
  end
end

---Tells what happens from now on. The loop itself feeds the watchdog: where it hangs, we are restarted.
---@param events btshare.events
---@return fun() close
function service.follow(events)
  local timer
  local function close()
    if timer then timer:close() end
    timer = nil
  end
  events:on("started", function()
    notify "READY=1"
    local period = watchdog_period()
    if period then
      timer = uv.new_timer()
      timer:start(period, period, function() notify "WATCHDOG=1" end)
    end
  end)
  events:on("stopping", function() notify "STOPPING=1" end)
  return close
end

return service
