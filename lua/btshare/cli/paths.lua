-- `btshare paths`: where BTshare keeps its things, and puts what comes.
local effective = require "btshare.cli.effective"
local exit = require "btshare.exit"
local json = require "core.json"
local places = require "btshare.paths"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"

local paths = {}

local names = { "config", "config_file", "plugins", "state", "cache", "downloads", "inbox", "uploads", "socket" }

function paths.describe(parser, t)
  parser:flag("--json", t("cli.paths.json"))
end

local function no_secrets() return function() end end

-- The folders that the owner may choose. A config.lua with mistakes chooses none; `btshare config check` names them.
local function chosen(found)
  local answer = effective.ask_running(found) or effective.look_up(found, no_secrets)
  local values = {}
  for _, row in ipairs(answer and answer.settings or {}) do values[row.key] = row.value end
  local downloads = values.downloads or found.downloads
  return { downloads = downloads, inbox = values.inbox or downloads .. "/Inbox", uploads = values.uploads }
end

function paths.run(options, context)
  local found = places.find { state = options.state }
  for name, folder in pairs(chosen(found)) do found[name] = folder end
  if options.json then
    context:print(json.encode(found, { indent = 2 }))
  else
    for _, name in ipairs(names) do
      if found[name] then context:print(("%-11s  %s"):format(name, text.escape(found[name]))) end
    end
  end
  local possible, message = places.check_socket(found.socket)
  if not possible then context:fail(speaker:text("cli.paths.warning", { message = speaker:message(message) })) end
  return exit.ok
end

return paths
