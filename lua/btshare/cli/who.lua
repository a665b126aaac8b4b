-- `btshare who NAME`: the recipients of one share, and how far they are.
local control = require "btshare.cli.control"
local exit = require "btshare.exit"
local json = require "core.json"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"

local who = {}

local style_of = { active = "blue", done = "green", gone = "dim" }

function who.describe(parser, t)
  parser:argument(t("cli.word.name"), t("cli.link.name")):argname(t("cli.word.name")):target("name")
    :convert(control.share_name)
  parser:flag("--json", t("cli.who.json"))
end

local function state_of(one)
  if one.state == "done" then
    return speaker:text("cli.who.done", { moment = speaker:short_moment(one.finished or one.last) })
  elseif one.state == "gone" then
    return speaker:text("cli.who.gone", { moment = speaker:short_moment(one.last) })
  end
  local rate = one.up_rate > 0 and speaker:rate(one.up_rate) or speaker:text("cli.who.waits")
  return one.left_seconds and rate .. ", " .. speaker:text("view.left", { time = speaker:duration(one.left_seconds) })
    or rate
end

local function cells(one)
  return {
    one.name and text.escape(("%s (%s)"):format(one.name, one.address)) or text.escape(one.address),
    text.escape(one.client or speaker:word("cli.who.way", one.way)),
    one.progress and speaker:percent(one.progress) or "",
    speaker:size(one.sent),
    state_of(one),
  }
end

local to_the_right = { [3] = true, [4] = true }

---@param recipients table[] as the API gives them
---@param colour boolean
---@return string[] lines aligned
function who.format(recipients, colour)
  local rows, widths = {}, {}
  for index, one in ipairs(recipients) do
    rows[index] = cells(one)
    for column, cell in ipairs(rows[index]) do widths[column] = math.max(widths[column] or 0, text.width(cell)) end
  end
  local lines = {}
  for index, row in ipairs(rows) do
    local padded = { text.paint("●", style_of[recipients[index].state], colour) }
    for column, cell in ipairs(row) do
      local width = column < #row and widths[column] or 0
      if widths[column] > 0 then padded[#padded + 1] = text.pad(cell, width, to_the_right[column]) end
    end
    lines[index] = padded[1] .. " " .. table.concat(padded, "  ", 2)
  end
  return lines
end

function who.run(options, context)
  local share, code = control.find_share(context, options, options.name)
  if not share then return code end
  local answer
  answer, code = control.ask(context, options, "GET", "/api/v1/shares/" .. control.encode(share.id) .. "/recipients")
  if not answer then return code end
  local recipients = answer.recipients or {}
  if options.json then
    context:print(json.encode(json.array(recipients), { indent = 2 }))
  elseif #recipients == 0 then
    context:say(speaker:text("cli.who.nobody", { share = text.escape(share.name) }))
  else
    context:print(table.concat(who.format(recipients, context.out.colour), "\n"))
  end
  return exit.ok
end

return who
