-- `btshare link NAME`: the link of one share.
local control = require "btshare.cli.control"
local exit = require "btshare.exit"
local exposure = require "btshare.exposure"
local text = require "btshare.terminal.text"

local link = { summary = "print the link of a share" }

function link.describe(parser)
  parser:argument("name", "Name, path or id of the share."):argname("NAME")
  parser:flag("--qr", "Draw a QR code too, on standard error.")
  parser:mutex(
    parser:flag("--magnet", "Print the magnet link."),
    parser:flag("--torrent", "Print the address of the .torrent file.")
  )
end

local function draw(address, context)
  local art, message = require("core.qr").terminal(address)
  if not art then return context:fail("the QR code: " .. message) end
  context.err:write(art)
  return exit.ok
end

-- What the exposure means, for people: programs want the address alone.
local function explain(share, options, context)
  context.err:write((exposure.sentences[share.exposure] or "") .. "\n")
  if options.magnet and share.exposure == "link" then context.err:write(exposure.magnet_sentence .. "\n") end
end

function link.run(options, context)
  local share, code = control.find_share(context, options, options.name)
  if not share then return code end
  local kind = options.magnet and "magnet" or options.torrent and "torrent" or "link"
  local address = share[kind]
  if not address then
    local state = share.reason or share.state or "unknown"
    return context:fail(("%s: has no %s (%s)"):format(text.escape(share.name), kind, text.escape(state)))
  end
  context:print(text.escape(address))
  if context.err.is_terminal then explain(share, options, context) end
  return options.qr and draw(address, context) or exit.ok
end

return link
