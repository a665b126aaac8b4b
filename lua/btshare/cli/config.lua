-- `btshare config check`: reads the configuration and says what is wrong with it.
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
  if not uv.fs_stat(file) then
    if options.config then return context:fail(text.escape(file) .. ": no such file", exit.missing) end
    context:say(text.escape(file) .. ": not there; the defaults hold")
    return exit.ok
  end
  local loaded, mistakes = require("btshare.config").load(file, { home = uv.os_homedir() })
  if not loaded then
    say_mistakes(context, mistakes)
    return exit.configuration
  end
  context:print(text.escape(file) .. ": ok")
  return exit.ok
end

return config
