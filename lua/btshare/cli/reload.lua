-- `btshare reload`: has the running instance read its configuration again.
local control = require "btshare.cli.control"
local exit = require "btshare.exit"
local say_mistakes = require "btshare.cli.mistakes"
local speaker = require "btshare.terminal.speaker"

local reload = {}

function reload.describe() end

function reload.run(options, context)
  local answer, code, problem = control.ask(context, options, "POST", "/api/v1/reload")
  if answer then
    context:say(speaker:text("cli.reload.done"))
    say_mistakes(context, answer.notes or {})
    return exit.ok
  end
  if problem and problem.mistakes then say_mistakes(context, problem.mistakes) end
  return code
end

return reload
