-- Ends coroutines that run too long without waiting, so that no mistake in a script holds the loop up. What no
-- hook sees, a long `string.find` for one, it cannot end.
local uv = require "luv"

local overtime = {}

local default_seconds = 2
local instructions_between_looks = 10000

-- The error has a type of its own so that the pcall of a plugin can let it through.
local kind = { __tostring = function(self) return self.message end }

-- Where a task is in its own file, whatever it has called from there; for a hook.
local function place(source)
  local level = 3
  local frame = debug.getinfo(level, "Sl")
  local innermost = frame
  while source and frame and frame.source ~= source do
    level = level + 1
    frame = debug.getinfo(level, "Sl")
  end
  frame = frame or innermost
  return frame and frame.currentline > 0 and ("%s:%d: "):format(frame.short_src, frame.currentline) or ""
end

---Watches a coroutine.
---@param thread thread
---@param options btshare.task.options
---@param resumed fun(): integer when it last began to run, in nanoseconds of `uv.hrtime`
function overtime.watch(thread, options, resumed)
  local seconds = options.watch == true and default_seconds or options.watch
  debug.sethook(thread, function()
    if uv.hrtime() - resumed() < seconds * 1e9 then return end
    local name = options.name or "a task"
    local message = ("%s%s ran for more than %g s"):format(place(options.source), name, seconds)
    error(setmetatable({ message = message }, kind), 0)
  end, "", instructions_between_looks)
end

---Whether an error is the one that ended a coroutine.
---@param problem any
---@return boolean
function overtime.is(problem) return getmetatable(problem) == kind end

return overtime
