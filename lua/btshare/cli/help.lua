-- `btshare help [COMMAND]`, and `btshare help --plugins` for the shells.
local exit = require "btshare.exit"
local plugin_commands = require "btshare.cli.plugin_commands"
local speaker = require "btshare.terminal.speaker"
local suggest = require "btshare.suggest"
local text = require "btshare.terminal.text"
local usage = require "btshare.cli.usage"

local help = {}

function help.describe(parser, t)
  local word = t("cli.word.command")
  parser:argument(word, t("cli.help.command")):argname(word):target("command"):args("?")
  parser:flag("--plugins", t("cli.help.plugins"))
end

local function add_line(lines, name, summary)
  lines[#lines + 1] = ("  %-8s %s"):format(name, summary)
end

---@param cli table the module btshare.cli
---@param options {state: string?} which instance runs
---@return string text
function help.overview(cli, options)
  local lines = {
    speaker:text("cli.overview"), "", speaker:text("cli.overview.what"), "", speaker:text("cli.overview.commands"),
  }
  for _, name in ipairs(cli.names) do
    add_line(lines, name, cli.summary(name))
  end
  local added = plugin_commands.list(options)
  if added[1] then
    table.move({ "", speaker:text("cli.overview.plugins") }, 1, 2, #lines + 1, lines)
    for _, command in ipairs(added) do add_line(lines, command.name, text.escape(command.summary)) end
  end
  table.move({ "", speaker:text("cli.overview.options"), speaker:text("cli.overview.path") }, 1, 3, #lines + 1, lines)
  return table.concat(lines, "\n")
end

-- Names and summaries in two columns, as shells read them.
local function print_added(options, context)
  for _, command in ipairs(plugin_commands.list(options)) do
    context:print(command.name .. "\t" .. text.escape(command.summary))
  end
  return exit.ok
end

function help.run(options, context)
  if options.plugins then return print_added(options, context) end
  local cli = require "btshare.cli" -- which requires this file
  local wanted = options.command
  if not wanted then
    context:print(help.overview(cli, options))
    return exit.ok
  end
  for _, name in ipairs(cli.names) do
    if name == wanted then
      context:print(usage.help(cli.parser(name)))
      return exit.ok
    end
  end
  local added = plugin_commands.find(options, wanted)
  if added then
    context:print(plugin_commands.help(added))
    return exit.ok
  end
  local meant = suggest.nearest(wanted, cli.names)
  local message = meant and speaker:text("cli.help.unknown.meant", { word = wanted, meant = meant })
    or speaker:text("cli.help.unknown", { word = wanted })
  return context:fail(message, exit.usage)
end

return help
