-- `btshare stop NAME`: ends one share.
local control = require "btshare.cli.control"
local exit = require "btshare.exit"
local text = require "btshare.terminal.text"

local stop = { summary = "stop sharing something; the file stays on your disk" }

function stop.describe(parser)
  parser:argument("name", "Name, path or id of the share."):argname("NAME")
end

function stop.run(options, context)
  local share, code = control.find_share(context, options, options.name)
  if not share then return code end
  local answer
  answer, code = control.ask(context, options, "DELETE", "/api/v1/shares/" .. control.encode(share.id))
  if not answer then return code end
  context:say(("%s is no longer shared. The file stays on your disk."):format(text.escape(share.name)))
  return exit.ok
end

return stop
