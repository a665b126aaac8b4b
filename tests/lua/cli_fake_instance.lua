-- Stands in for the module btshare: an instance that plays the Lua chunk in FAKE_SCRIPT, which is handed
-- `emit(fact, event)`, the options and the instance, and then lives until it is stopped.
local uv = require "luv"

local btshare = {}

function btshare.start(options, on_started, on_failed)
  local handlers, keeper = {}, nil
  local instance = { events = {} }
  function instance.events.on(_, name, handler) handlers[name] = handler end
  local function emit(name, event)
    if handlers[name] then handlers[name](event or {}) end
  end
  function instance.stop(_, reason)
    emit("stopping", { reason = reason })
    if not instance.never_ends then keeper:close() end
  end
  function instance.reload() emit("reloaded") end
  local script = assert(load(os.getenv("FAKE_SCRIPT") or "", "script", "t"))
  local result = table.pack(script(emit, options, instance))
  if result.n > 0 then return on_failed(table.unpack(result, 1, result.n)) end
  on_started(instance)
  keeper = uv.new_timer()
  keeper:start(0, 60000, function()
    if instance.play then instance.play() end
    instance.play = nil
  end)
  return instance
end

return btshare
