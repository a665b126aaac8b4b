-- `btshare help [COMMAND]`.
local exit = require "btshare.exit"
local speaker = require "btshare.terminal.speaker"
local suggest = require "btshare.suggest"
local usage = require "btshare.cli.usage"

local help = {}

function help.describe(parser, t)
  local word = t("cli.word.command")
  parser:argument(word, t("cli.help.command")):argname(word):target("command"):args("?")
end

---@param cli table the module btshare.cli
---@return string text
function help.overview(cli)
  local lines = {
    speaker:text("cli.overview"), "", speaker:text("cli.overview.what"), "", speaker:text("cli.overview.commands"),
  }
  for _, name in ipairs(cli.names) do
    lines[#lines + 1] = ("  %-8s %s"):format(name, cli.summary(name))
  end
  table.move({ "", speaker:text("cli.overview.options"), speaker:text("cli.overview.path") }, 1, 3, #lines + 1, lines)
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
      context:print(usage.help(cli.parser(name)))
      return exit.ok
    end
  end
  local meant = suggest.nearest(wanted, cli.names)
  local message = meant and speaker:text("cli.help.unknown.meant", { word = wanted, meant = meant })
    or speaker:text("cli.help.unknown", { word = wanted })
  return context:fail(message, exit.usage)
end

return help
