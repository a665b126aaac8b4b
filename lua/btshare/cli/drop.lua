-- `btshare drop`: makes a link through which others send files, or ends one.
local control = require "btshare.cli.control"
local exit = require "btshare.exit"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"
local types = require "btshare.types"
local units = require "btshare.units"

local drop = {}

local function seconds_of(word)
  if word == "never" then return 0 end
  local seconds, message = units.parse_duration(word)
  if not seconds then return nil, speaker:message("drop: " .. message) end
  return seconds
end

local function bytes_of(word)
  local bytes = types.size(word)
  if bytes and bytes > 0 then return bytes end
  return nil, speaker:text("cli.drop.no.size", { word = word })
end

local function number_of(word)
  local count = math.tointeger(tonumber(word))
  if count and count > 0 then return count end
  return nil, speaker:text("cli.drop.no.number", { word = word })
end

function drop.describe(parser, t)
  parser:option("--title", t("cli.drop.title")):argname(t("cli.word.text"))
  parser:option("--note", t("cli.drop.note")):argname(t("cli.word.text"))
  parser:option("--for", t("cli.drop.for")):argname(t("cli.word.time")):target("seconds"):convert(seconds_of)
  parser:option("--max-file", t("cli.drop.max.file")):argname(t("cli.word.size")):target("file_bytes")
    :convert(bytes_of)
  parser:option("--max-files", t("cli.drop.max.files")):argname(t("cli.word.number")):target("files")
    :convert(number_of)
  parser:flag("--qr", t("cli.link.qr"))
  parser:option("--close", t("cli.drop.close")):argname(t("cli.word.id"))
end

local function close(options, context)
  local target = "/api/v1/boxes/" .. control.encode(options.close)
  local answer, code = control.ask(context, options, "PATCH", target, { is_open = false })
  if not answer then return code end
  context:say(speaker:text("cli.drop.closed", { n = answer.waiting }))
  return exit.ok
end

function drop.run(options, context)
  if options.close then return close(options, context) end
  local largest = options.file_bytes
  local made, code = control.ask(context, options, "POST", "/api/v1/boxes", {
    title = options.title, note = options.note, ["for"] = options.seconds, files = options.files,
    file_bytes = largest, bytes = largest and largest > 10 << 30 and largest or nil,
  })
  if not made then return code end
  if not made.link then return context:fail(speaker:text("cli.drop.no.link")) end
  context:print(text.escape(made.link))
  if context.err.is_terminal then
    context:say(speaker:text("cli.drop.waits"))
  end
  if not options.qr then return exit.ok end
  local art, message = require("core.qr").terminal(made.link)
  if not art then return context:fail(speaker:text("cli.link.undrawn", { reason = speaker:message(message) })) end
  context.err:write(art)
  return exit.ok
end

return drop
