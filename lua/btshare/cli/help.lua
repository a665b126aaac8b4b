-- `btshare help [COMMAND]`.
local exit = require "btshare.exit"
local suggest = require "btshare.suggest"

local help = { summary = "show this help, or that of a command" }

function help.describe(parser)
  parser:argument("command", "The command to explain."):argname("COMMAND"):args("?")
end

---@param cli table the module btshare.cli
---@return string text
function help.overview(cli)
  local lines = {
    "Usage: btshare DIR…          share folders until Ctrl-C",
    "       btshare COMMAND …     talk to the running btshare",
    "",
    "Every file and every folder directly inside DIR gets a link that works for anyone.",
    "",
    "Commands:",
  }
  for _, name in ipairs(cli.names) do
    lines[#lines + 1] = ("  %-8s %s"):format(name, cli.command(name).summary)
  end
  table.move({
    "",
    "Every command takes --state DIR and --help; btshare --version tells the version.",
    "A folder that has a command's name is written as a path: btshare ./list",
  }, 1, 3, #lines + 1, lines)
  return table.concat(lines, "\n")
end

function help.run(options, context)
  local cli = require "btshare.cli" -- which requires this file
  local wanted = options.command
  if not wanted then
    context:print(help.overview(cli))
    return exit.ok
  end
  for _, name in ipairs(cli.names) do
    if name == wanted then
      context:print(cli.parser(name):get_help())
      return exit.ok
    end
  end
  local meant = suggest.nearest(wanted, cli.names)
  local hint = meant and (" (did you mean %s?)"):format(meant) or ""
  return context:fail(("no such command: %s%s"):format(wanted, hint), exit.usage)
end

return help
