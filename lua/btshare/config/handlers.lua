-- The handlers that config.lua names: each runs guarded, so that its mistakes cost no more than itself.
local catalog = require "btshare.catalog"
local guard = require "btshare.plugin.guard"
local log = require "btshare.log"

local handlers = {}

-- Hooks one, and says how to undo that.
local function hook(events, file, handler)
  local is_question = catalog[handler.event].kind == "question"
  local owner = ("the handler of '%s' in %s:%d"):format(handler.event, file, handler.line)
  local guarded, undo
  guarded = guard.new {
    owner = owner, source = "@" .. file, log = log,
    on_out = function(message)
      undo()
      undo = is_question and events:on(handler.event, guarded:refusal(), nil, owner) or function() end
      guarded:cancel()
      events:tell("notice", { level = "error", message = guarded:say_out(message) })
    end,
  }
  local fn = guarded:handler(catalog[handler.event].kind, handler.fn)
  undo = events:on(handler.event, fn, nil, owner, guarded.task_options)
  return function()
    undo()
    guarded:cancel()
  end
end

---Hooks the handlers of a configuration.
---@param events btshare.events
---@param settings btshare.config.settings
---@return fun() undo ends what they have begun, too
function handlers.hook(events, settings)
  local undos = {}
  for index, handler in ipairs(settings.handlers) do
    undos[index] = hook(events, settings.file, handler)
  end
  return function()
    for _, undo in ipairs(undos) do undo() end
  end
end

return handlers
