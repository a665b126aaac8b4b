-- `btshare paths`: where BTshare keeps its things.
local exit = require "btshare.exit"
local json = require "core.json"
local places = require "btshare.paths"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"

local paths = {}

local names = { "config", "config_file", "plugins", "state", "cache", "downloads", "socket" }

function paths.describe(parser, t)
  parser:flag("--json", t("cli.paths.json"))
end

function paths.run(options, context)
  local found = places.find { state = options.state }
  if options.json then
    context:print(json.encode(found, { indent = 2 }))
  else
    for _, name in ipairs(names) do
      context:print(("%-11s  %s"):format(name, text.escape(found[name])))
    end
  end
  local possible, message = places.check_socket(found.socket)
  if not possible then context:fail(speaker:text("cli.paths.warning", { message = speaker:message(message) })) end
  return exit.ok
end

return paths
