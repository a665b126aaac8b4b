-- `btshare plugin list`: the plugins of the running instance, and how they are.
local control = require "btshare.cli.control"
local exit = require "btshare.exit"
local json = require "core.json"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"

return function(options, context)
  local answer, code = control.ask(context, options, "GET", "/api/v1/plugins")
  if not answer then return code end
  if options.json then
    context:print(json.encode(answer.plugins, { indent = 2 }))
    return exit.ok
  end
  local widest = 0
  for _, one in ipairs(answer.plugins) do widest = math.max(widest, text.width(text.escape(one.name))) end
  for _, one in ipairs(answer.plugins) do
    local state = one.is_running and "●" or "○"
    context:print(("%s %s  %s"):format(state, text.pad(text.escape(one.name), widest),
      text.escape(one.description and speaker:message(one.description) or one.path)))
    if not one.is_running then
      context:print("  " .. speaker:text("status.aside", { reason = text.escape(one.reason or "") }))
    end
  end
  return exit.ok
end
