-- Draws an address as a QR code on standard error, for whoever holds a phone before the terminal.
local exit = require "btshare.exit"
local qr = require "core.qr"
local speaker = require "btshare.terminal.speaker"

---@param address string
---@param context btshare.cli.context
---@return integer exit_code
return function(address, context)
  local has_colour = context.err.colour
  local art, message = qr.terminal(address, not has_colour)
  if not art then return context:fail(speaker:text("cli.link.undrawn", { reason = speaker:message(message) })) end
  if not has_colour then context:say(speaker:text("cli.link.plain")) end
  context.err:write(art)
  return exit.ok
end
