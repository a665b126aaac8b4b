-- `btshare drop`: makes a link through which others send files, or ends one, or deletes what came through it.
local control = require "btshare.cli.control"
local draw = require "btshare.cli.qr_code"
local drops = require "btshare.cli.drops"
local exit = require "btshare.exit"
local limits = require "btshare.boxes.limits"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"
local types = require "btshare.types"
local units = require "btshare.units"

local drop = {}

local function seconds_of(word)
  if word == "never" then return 0 end
  local seconds, message = units.parse_duration(word)
  if not seconds then return nil, speaker:message(message) end
  return seconds
end

local function bytes_of(option)
  return function(word)
    local bytes = types.size(word)
    if bytes and bytes > 0 then return bytes end
    return nil, speaker:text("cli.drop.no.size", { option = option, word = word })
  end
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
    :convert(bytes_of("--max-file"))
  parser:option("--max-files", t("cli.drop.max.files")):argname(t("cli.word.number")):target("files")
    :convert(number_of)
  parser:option("--max-all", t("cli.drop.max.all")):argname(t("cli.word.size")):target("bytes")
    :convert(bytes_of("--max-all"))
  parser:flag("--qr", t("cli.link.qr"))
  parser:option("--close", t("cli.drop.close")):argname(t("cli.word.id"))
  parser:option("--delete", t("cli.drop.delete")):argname(t("cli.word.id"))
end

local function close(options, context)
  local target = "/api/v1/boxes/" .. control.encode(options.close)
  local answer, code = control.ask(context, options, "PATCH", target, { is_open = false })
  if not answer then return code end
  context:say(speaker:text("cli.drop.closed", { n = answer.waiting }))
  return exit.ok
end

local function delete(options, context)
  local boxes, code = drops.fetch(options, context)
  if not boxes then return code end
  local box, upload = drops.find(boxes, options.delete)
  if not box then
    return context:fail(speaker:text("cli.accept.missing", { id = text.escape(options.delete) }), exit.missing)
  end
  local answer
  answer, code = control.ask(context, options, "DELETE",
    ("/api/v1/boxes/%s/uploads/%s"):format(control.encode(box.id), control.encode(upload.id)))
  if not answer then return code end
  context:say(speaker:text("cli.drop.gone." .. upload.state, { name = text.escape(upload.name) }))
  return exit.ok
end

-- Who lets larger files in lets at least one in.
local function room_of(options)
  local largest = options.file_bytes
  return options.bytes or largest and largest > limits.bytes and largest or nil
end

function drop.run(options, context)
  if options.close then return close(options, context) end
  if options.delete then return delete(options, context) end
  local made, code = control.ask(context, options, "POST", "/api/v1/boxes", {
    title = options.title, note = options.note, ["for"] = options.seconds, files = options.files,
    file_bytes = options.file_bytes, bytes = room_of(options),
  })
  if not made then return code end
  if not made.link then return context:fail(speaker:text("cli.drop.no.link")) end
  context:print(text.escape(made.link))
  if context.err.is_terminal then
    context:say(speaker:text("cli.drop.waits"))
  end
  return options.qr and draw(made.link, context) or exit.ok
end

return drop
