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

-- "FILE:LINE" of a mistake, which is a text or a table of its parts.
local function place_of(mistake)
  if type(mistake) == "table" then return ("%s:%s"):format(mistake.file, mistake.line) end
  return mistake:match("^.-:%d+") or mistake
end

-- What is wrong with the file, and with what it wants of folders and plugins: all at once, but for what follows from
-- another mistake of the same line.
local function find_mistakes(file, places)
  local settings, mistakes, _, rest = require("btshare.config").load(file, { home = uv.os_homedir() })
  local more, code = require("btshare.rehearsal").run(settings or rest, places)
  if settings then return more, code end
  local has_one = {}
  for _, mistake in ipairs(mistakes) do has_one[place_of(mistake)] = true end
  for _, mistake in ipairs(more) do
    if not has_one[place_of(mistake)] then mistakes[#mistakes + 1] = mistake end
  end
  return mistakes, exit.configuration
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
  local mistakes, code = find_mistakes(is_there and file or nil, places)
  if code ~= exit.ok then
    say_mistakes(context, mistakes)
  elseif is_there then
    context:print(speaker:text("cli.config.ok", { file = text.escape(file) }))
  else
    context:say(speaker:text("cli.config.absent", { file = text.escape(file) }))
  end
  return code
end

return config
