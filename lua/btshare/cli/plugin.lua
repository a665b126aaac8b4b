-- `btshare plugin`: for people who write plugins, and for those who run them.
local exit = require "btshare.exit"
local speaker = require "btshare.terminal.speaker"

local plugin = {}

-- Each action has a file of its own, and takes so many words behind it: the least, the most.
local actions = {
  new = { file = "plugin_new", least = 1, most = 1 }, check = { file = "plugin_check", least = 1, most = 1 },
  test = { file = "plugin_test", least = 0, most = 1 }, list = { file = "plugin_list", least = 0, most = 0 },
  reload = { file = "plugin_reload", least = 1, most = 1 },
}

-- Options that one action alone knows.
local owners = { folder = "new", options = "check", json = "list" }
local flags = { folder = "--in", options = "--options", json = "--json" }

function plugin.describe(parser, t)
  local action, name = t("cli.word.action"), t("cli.word.plugin")
  parser:argument(action, t("cli.plugin.action")):argname(action):target("action")
    :choices { "new", "check", "test", "list", "reload" }
  parser:argument(name, t("cli.plugin.name")):argname(name):target("name"):args("?")
  parser:option("--in", t("cli.plugin.in")):argname(t("cli.word.dir")):target("folder")
  parser:option("--options", t("cli.plugin.options")):argname(t("cli.word.options")):target("options"):args("+")
  parser:flag("--json", t("cli.plugin.json"))
end

function plugin.run(options, context)
  local action = actions[options.action]
  for option, owner in pairs(owners) do
    if options[option] and owner ~= options.action then
      return context:fail(speaker:text("cli.plugin.misplaced", { option = flags[option], action = owner }), exit.usage)
    end
  end
  if action.least == 1 and not options.name then
    return context:fail(speaker:text("cli.plugin.nameless", { action = options.action }), exit.usage)
  elseif action.most == 0 and options.name then
    return context:fail(speaker:text("cli.plugin.named", { action = options.action }), exit.usage)
  end
  return require("btshare.cli." .. action.file)(options, context)
end

return plugin
