-- `btshare quit`: ends the running instance and waits until it has ended.
local control = require "btshare.cli.control"
local exit = require "btshare.exit"
local paths = require "btshare.paths"
local speaker = require "btshare.terminal.speaker"
local uv = require "luv"

local quit = {}

local longest_wait = 30

local function seconds_of(word)
  local seconds = tonumber(word)
  if seconds and seconds >= 0 and seconds < math.huge then return seconds end
  return nil, speaker:text("cli.quit.no.seconds", { word = word })
end

function quit.describe(parser, t)
  parser:option("--timeout", t("cli.quit.timeout")):argname(t("cli.word.seconds"))
    :default(tostring(longest_wait)):convert(seconds_of)
end

-- An instance that was killed leaves its socket behind; then nobody answers there.
local function wait_until_gone(socket, seconds)
  local deadline = uv.now() + seconds * 1000
  local timer = uv.new_timer()
  local gone, asking = false, nil
  timer:start(0, 50, function()
    gone = gone or not uv.fs_stat(socket)
    if gone or asking then return end
    asking = uv.new_pipe(false)
    asking:connect(socket, function(failure)
      gone = gone or failure == "ECONNREFUSED" or failure == "ENOENT"
      asking:close()
      asking = nil
    end)
  end)
  while (not gone and uv.now() < deadline) or asking do uv.run("once") end
  timer:close()
  return gone
end

function quit.run(options, context)
  local answer, code = control.ask(context, options, "POST", "/api/v1/quit")
  if not answer then return code end
  local socket = paths.find(options).socket
  if not wait_until_gone(socket, options.timeout) then
    return context:fail(speaker:text("cli.quit.slow", { seconds = ("%g"):format(options.timeout) }), exit.timed_out)
  end
  context:say(speaker:text("cli.quit.done"))
  return exit.ok
end

return quit
