-- `btshare plugin reload NAME`: has the running instance read one plugin's file again.
local control = require "btshare.cli.control"
local exit = require "btshare.exit"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"

return function(options, context)
  local answer, code = control.ask(context, options, "POST",
    ("/api/v1/plugins/%s/reload"):format(control.encode(options.name)))
  if not answer then return code end
  context:say(speaker:text("cli.plugin.reload.done", { name = text.escape(options.name) }))
  return exit.ok
end
