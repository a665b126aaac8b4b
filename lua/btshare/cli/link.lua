-- `btshare link NAME`: the links of one share.
local control = require "btshare.cli.control"
local exit = require "btshare.exit"
local exposure = require "btshare.exposure"
local text = require "btshare.terminal.text"
local units = require "btshare.units"

local link = { summary = "print the link of a share, or make, list and revoke further ones" }

function link.describe(parser)
  parser:argument("name", "Name, path or id of the share."):argname("NAME")
  parser:flag("--qr", "Draw a QR code too, on standard error.")
  parser:mutex(
    parser:flag("--magnet", "Print the magnet link."),
    parser:flag("--torrent", "Print the address of the .torrent file.")
  )
  parser:mutex(
    parser:option("--to", "Make a link of its own for somebody."):argname("PERSON"):target("person"),
    parser:flag("--list", "Show all links of the share."),
    parser:option("--revoke", "End the link of somebody; \"default\" puts a new one in place of the share's own.")
      :argname("PERSON")
  )
  parser:option("--for", "With --to: the link ends after this time: 30m, 2h, 7d."):argname("TIME"):target("duration")
  parser:option("--limit", "With --to: the link ends after so many downloads."):argname("N")
    :convert(function(value) return math.tointeger(tonumber(value)) end)
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

-- Prints what was asked for of a share or of one of its links, which say it in the same words.
local function print_address(described, share, options, context)
  local kind = options.magnet and "magnet" or options.torrent and "torrent" or "link"
  local address = described[kind]
  if not address then
    local state = share.reason or share.state or "unknown"
    return context:fail(("%s: has no %s (%s)"):format(text.escape(share.name), kind, text.escape(state)))
  end
  context:print(text.escape(address))
  if context.err.is_terminal then explain(share, options, context) end
  return options.qr and draw(address, context) or exit.ok
end

local function path_of(share, link_name)
  local path = "/api/v1/shares/" .. control.encode(share.id) .. "/links"
  return link_name and path .. "/" .. control.encode(link_name) or path
end

local function make(share, options, context)
  local seconds, message
  if options.duration then
    seconds, message = units.parse_duration(options.duration)
    if not seconds then return context:fail("link: " .. message, exit.usage) end
  end
  local made, code = control.ask(context, options, "POST", path_of(share), {
    name = options.person, for_seconds = seconds, limit = options.limit,
  })
  if not made then return code end
  return print_address(made, share, options, context)
end

local function moment(seconds)
  return os.date("%Y-%m-%d %H:%M", seconds)
end

local function downloads_of(one)
  local count = one.downloads or 0
  return one.limit and ("%d of %d downloads"):format(count, one.limit)
    or count == 1 and "1 download" or count .. " downloads"
end

---@param links table[] as the API gives them
---@return string[] lines aligned
function link.format(links)
  local rows, widths = {}, {}
  for index, one in ipairs(links) do
    local row = {
      one.default and "default" or text.escape(one.name or ""), one.state, downloads_of(one),
      one.used and "used " .. moment(one.used) or "never used",
      one.expires and "ends " .. moment(one.expires) or "",
      text.escape(one.link or ""),
    }
    rows[index] = row
    for column, cell in ipairs(row) do widths[column] = math.max(widths[column] or 0, text.width(cell)) end
  end
  local lines = {}
  for index, row in ipairs(rows) do
    local cells = {}
    for column, cell in ipairs(row) do
      if widths[column] > 0 then cells[#cells + 1] = text.pad(cell, widths[column]) end
    end
    lines[index] = (table.concat(cells, "  "):gsub(" +$", ""))
  end
  return lines
end

local function list(share, options, context)
  local answer, code = control.ask(context, options, "GET", path_of(share))
  if not answer then return code end
  context:print(table.concat(link.format(answer.links or {}), "\n"))
  return exit.ok
end

local function revoke(share, options, context)
  local now, code = control.ask(context, options, "DELETE", path_of(share, options.revoke))
  if not now then return code end
  local name = text.escape(share.name)
  if now.default then
    context:say(("The link of %s is dead; this is its new one:"):format(name))
    context:print(text.escape(now.link or ""))
  else
    context:say(("The link of %s to %s is dead."):format(text.escape(now.name or options.revoke), name))
  end
  context:say(exposure.turned_away_sentence)
  context:say(exposure.revoked_sentence)
  return exit.ok
end

function link.run(options, context)
  if (options.duration or options.limit) and not options.person then
    return context:fail("link: --for and --limit go with --to", exit.usage)
  end
  local share, code = control.find_share(context, options, options.name)
  if not share then return code end
  if options.person then return make(share, options, context) end
  if options.list then return list(share, options, context) end
  if options.revoke then return revoke(share, options, context) end
  return print_address(share, share, options, context)
end

return link
