-- `btshare config check`: reads the configuration, rehearses a start, and says what is wrong.
local exit = require "btshare.exit"
local paths = require "btshare.paths"
local say_mistakes = require "btshare.cli.mistakes"
local text = require "btshare.terminal.text"
local uv = require "luv"

local config = { summary = "check the configuration file" }

function config.describe(parser)
  parser:argument("action", "What to do with it."):argname("ACTION"):choices { "check" }
  parser:option("--config", "The file, if not the usual one."):argname("FILE"):target("config")
end

function config.run(options, context)
  local places = paths.find(options)
  local file = places.config_file
  local is_there = uv.fs_stat(file) ~= nil
  if not is_there and options.config then
    return context:fail(text.escape(file) .. ": no such file", exit.missing)
  end
  local settings, mistakes = require("btshare.config").load(is_there and file or nil, { home = uv.os_homedir() })
  local code = exit.configuration
  if settings then
    mistakes, code = require("btshare.rehearsal").run(settings, places)
  end
  if code ~= exit.ok then
    say_mistakes(context, mistakes)
  elseif is_there then
    context:print(text.escape(file) .. ": ok")
  else
    context:say(text.escape(file) .. ": not there; the defaults hold")
  end
  return code
end

return config
