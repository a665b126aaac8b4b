-- `btshare confirm`: shares what is held back since the state database was damaged.
local control = require "btshare.cli.control"
local exit = require "btshare.exit"
local speaker = require "btshare.terminal.speaker"

local confirm = {}

function confirm.describe() end

function confirm.run(options, context)
  local answer, code = control.ask(context, options, "POST", "/api/v1/damage/confirm")
  if not answer then return code end
  local key = answer.shares > 0 and "cli.confirm.done" or "cli.confirm.none"
  context:say(speaker:text(key, { n = answer.shares }))
  return exit.ok
end

return confirm
