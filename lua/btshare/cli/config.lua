-- `btshare config`: `check` reads the configuration, rehearses a start, and says what is wrong; `show` says what holds.
local exit = require "btshare.exit"
local paths = require "btshare.paths"
local say_mistakes = require "btshare.cli.mistakes"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"
local uv = require "luv"

local config = {}

function config.describe(parser, t)
  local action = t("cli.word.action")
  parser:argument(action, t("cli.config.action")):argname(action):target("action"):choices { "check", "show" }
  parser:option("--config", t("cli.config.file")):argname(t("cli.word.file")):target("config")
  parser:flag("--json", t("config.json"))
end

function config.run(options, context)
  local places = paths.find(options)
  local file = places.config_file
  local is_there = uv.fs_stat(file) ~= nil
  if not is_there and options.config then
    return context:fail(speaker:text("cli.config.missing", { file = text.escape(file) }), exit.missing)
  end
  if options.action == "show" then
    return require("btshare.cli.config_show").run(options, context, places)
  end
  local _, found = require("btshare.rehearsal").read(is_there and file or nil, { home = uv.os_homedir() },
    { paths = places, plugins_too = true })
  if found.exit_code ~= exit.ok then
    say_mistakes(context, found.mistakes)
    return found.exit_code
  end
  say_mistakes(context, found.notes)
  if is_there then
    context:print(speaker:text("cli.config.ok", { file = text.escape(file) }))
  else
    context:say(speaker:text("cli.config.absent", { file = text.escape(file) }))
  end
  return exit.ok
end

return config
