-- `btshare open`: opens the console in the browser, logged in; without a desktop it prints the address.
local control = require "btshare.cli.control"
local exit = require "btshare.exit"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"
local uv = require "luv"

local open = {}

function open.describe(parser, t)
  parser:flag("--print", t("cli.open.print"))
end

local function has_desktop()
  return os.getenv("DISPLAY") ~= nil or os.getenv("WAYLAND_DISPLAY") ~= nil
end

-- Whether the desktop took the address.
local function hand_over(url)
  local code
  local handle = uv.spawn("xdg-open", { args = { url }, detached = true }, function(status) code = status end)
  if not handle then return false end
  while not code do uv.run("once") end
  handle:close()
  return code == 0
end

function open.run(options, context)
  local answer, code = control.ask(context, options, "POST", "/api/v1/keys")
  if not answer then return code end
  if not options.print and has_desktop() and hand_over(answer.url) then return exit.ok end
  context:print(text.escape(answer.url))
  if context.err.is_terminal then context:say(speaker:text("cli.open.once")) end
  return exit.ok
end

return open
