-- `btshare link NAME`: the links of one share.
local control = require "btshare.cli.control"
local draw = require "btshare.cli.qr_code"
local exit = require "btshare.exit"
local exposure = require "btshare.exposure"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"
local units = require "btshare.units"

-- Of exposures, what their shares never have, and why.
local withheld = {
  private = { magnet = "cli.link.none.private" },
  http = { magnet = "cli.link.none.http", torrent = "cli.link.none.http" },
}

local function downloads(word)
  local count = math.tointeger(tonumber(word))
  if count and count > 0 then return count end
  return nil, speaker:text("cli.link.no.limit", { word = word })
end

local link = {}

function link.describe(parser, t)
  parser:argument(t("cli.word.name"), t("cli.link.name")):argname(t("cli.word.name")):target("name")
    :convert(control.share_name)
  parser:flag("--qr", t("cli.link.qr"))
  parser:mutex(
    parser:flag("--magnet", t("cli.link.magnet")),
    parser:flag("--torrent", t("cli.link.torrent"))
  )
  parser:flag("--grant", t("cli.link.grant"))
  parser:mutex(
    parser:option("--to", t("cli.link.to")):argname(t("cli.word.person")):target("person"),
    parser:flag("--list", t("cli.link.list")),
    parser:option("--revoke", t("cli.link.revoke")):argname(t("cli.word.person"))
  )
  parser:option("--for", t("cli.link.for")):argname(t("cli.word.time")):target("duration")
  parser:option("--limit", t("cli.link.limit")):argname(t("cli.word.number"))
    :convert(downloads)
end

-- What the exposure means, for people: programs want the address alone.
local function explain(share, options, context)
  context:say(speaker:message(exposure.sentences[share.exposure] or ""))
  if options.magnet and share.exposure == "link" then context:say(speaker:message(exposure.magnet_sentence)) end
  if options.magnet and share.locked then
    context:say(speaker:text(options.grant and "cli.link.granted" or "cli.link.locked"))
  end
end

-- Why a share has no such address.
local function say_none(kind, share, context)
  local never = (withheld[share.exposure] or {})[kind]
  local state = never and speaker:text(never) or share.reason and speaker:message(share.reason)
    or speaker:word("state", share.state or "unknown")
  local values = { name = text.escape(share.name), state = text.escape(state) }
  local key = kind == "magnet" and "cli.link.none.magnet" or kind == "torrent" and "cli.link.none.torrent"
    or "cli.link.none"
  return context:fail(speaker:text(key, values))
end

local function path_of(share, link_name)
  local path = "/api/v1/shares/" .. control.encode(share.id) .. "/links"
  return link_name and path .. "/" .. control.encode(link_name) or path
end

-- Prints what was asked for of a share or of one of its links, which say it in the same words.
local function print_address(described, share, options, context)
  local kind = options.magnet and "magnet" or options.torrent and "torrent" or "link"
  local address = described[kind]
  if address and options.grant then
    local granted, code = control.ask(context, options, "POST", path_of(share, described.id) .. "/magnet")
    if not granted then return code end
    address = granted.magnet
  end
  if not address then return say_none(kind, share, context) end
  context:print(text.escape(address))
  if context.err.is_terminal then explain(share, options, context) end
  return options.qr and draw(address, context) or exit.ok
end

local function make(share, options, context)
  local seconds, message
  if options.duration then
    seconds, message = units.parse_duration(options.duration)
    if not seconds then return context:fail(speaker:message("link: " .. message), exit.usage) end
  end
  local made, code = control.ask(context, options, "POST", path_of(share), {
    name = options.person, for_seconds = seconds, limit = options.limit,
  })
  if not made then return code end
  return print_address(made, share, options, context)
end

local function downloads_of(one)
  local count = one.downloads or 0
  return one.limit and speaker:text("cli.link.downloads.of", { done = count, limit = one.limit })
    or speaker:text("cli.link.downloads", { n = count })
end

---@param links table[] as the API gives them
---@return string[] lines aligned
function link.format(links)
  local rows, widths = {}, {}
  for index, one in ipairs(links) do
    local row = {
      one.default and "default" or text.escape(one.name or ""), speaker:word("cli.link.state", one.state),
      downloads_of(one),
      one.used and speaker:text("cli.link.used", { moment = speaker:short_moment(one.used) })
        or speaker:text("cli.link.unused"),
      one.expires and speaker:text("cli.link.ends", { moment = speaker:short_moment(one.expires) }) or "",
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
    context:say(speaker:text("cli.link.revoked.default", { share = name }))
    context:print(text.escape(now.link or ""))
  else
    context:say(speaker:text("cli.link.revoked", { person = text.escape(now.name or options.revoke), share = name }))
  end
  context:say(speaker:message(exposure.turned_away_sentence))
  context:say(speaker:message(exposure.revoked_sentence))
  return exit.ok
end

function link.run(options, context)
  if (options.duration or options.limit) and not options.person then
    return context:fail(speaker:text("cli.link.needs.to"), exit.usage)
  elseif options.grant and not options.magnet then
    return context:fail(speaker:text("cli.link.needs.magnet"), exit.usage)
  end
  local share, code = control.find_share(context, options, options.name)
  if not share then return code end
  if options.person then return make(share, options, context) end
  if options.list then return list(share, options, context) end
  if options.revoke then return revoke(share, options, context) end
  return print_address(share, share, options, context)
end

return link
