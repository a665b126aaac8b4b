-- `btshare stop NAME`: ends one share.
local control = require "btshare.cli.control"
local exit = require "btshare.exit"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"

local stop = {}

function stop.describe(parser, t)
  parser:argument(t("cli.word.name"), t("cli.link.name")):argname(t("cli.word.name")):target("name")
    :convert(control.share_name)
end

function stop.run(options, context)
  local share, code = control.find_share(context, options, options.name, true)
  if not share then return code end
  local answer
  answer, code = control.ask(context, options, "DELETE", "/api/v1/shares/" .. control.encode(share.id))
  if not answer then return code end
  context:say(speaker:text("cli.stop.done", { name = text.escape(share.name) }))
  return exit.ok
end

return stop
