-- `btshare drops`: the drop boxes, and what others have sent.
local control = require "btshare.cli.control"
local exit = require "btshare.exit"
local json = require "core.json"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"

local drops = {}

function drops.describe(parser, t)
  parser:flag("--json", t("cli.list.json"))
end

---All boxes, each with what was sent into it.
---@param options table
---@param context btshare.cli.context
---@return table[]? boxes with `uploads`, newest first
---@return integer code
function drops.fetch(options, context)
  local answer, code = control.ask(context, options, "GET", "/api/v1/boxes")
  if not answer then return nil, code end
  for _, box in ipairs(answer.boxes) do
    local inside
    inside, code = control.ask(context, options, "GET", "/api/v1/boxes/" .. box.id .. "/uploads")
    if not inside then return nil, code end
    box.uploads = inside.uploads
  end
  return answer.boxes, exit.ok
end

---The file of a code or an id.
---@param boxes table[] as of `fetch`
---@param wanted string
---@return table? box
---@return table? upload
function drops.find(boxes, wanted)
  for _, box in ipairs(boxes) do
    for _, upload in ipairs(box.uploads) do
      if upload.id == wanted or upload.receipt == wanted:upper() then return box, upload end
    end
  end
end

local function state_of(box)
  if not box.is_open then return speaker:text("cli.drops.closed") end
  if not box.expires then return speaker:text("cli.drops.open") end
  local is_over = box.expires <= os.time()
  return speaker:text(is_over and "cli.drops.over" or "cli.link.ends", { moment = speaker:short_moment(box.expires) })
end

local function upload_line(upload)
  local size = speaker:size(upload.size)
  if upload.state == "coming" and upload.size > 0 then size = speaker:percent(upload.received / upload.size) end
  return table.concat({
    "  " .. upload.receipt, speaker:word("cli.drops.state", upload.state), size, text.escape(upload.name),
    upload.sender and speaker:text("from", { name = text.escape(upload.sender) }) or nil,
  }, "  ")
end

---@param boxes table[] as of `fetch`
---@return string[] lines
function drops.format(boxes)
  local lines = {}
  for _, box in ipairs(boxes) do
    local title = text.escape(box.title or speaker:text("drop.title"))
    lines[#lines + 1] = table.concat({ text.escape(box.id), title, state_of(box), text.escape(box.link or "") }, "  ")
    for _, upload in ipairs(box.uploads) do lines[#lines + 1] = upload_line(upload) end
  end
  return lines
end

function drops.run(options, context)
  local boxes, code = drops.fetch(options, context)
  if not boxes then return code end
  if options.json then
    for _, box in ipairs(boxes) do box.uploads = json.array(box.uploads) end
    context:print(json.encode(json.array(boxes), { indent = 2 }))
  elseif #boxes == 0 then
    context:say(speaker:text("cli.drops.empty"))
  else
    context:print(table.concat(drops.format(boxes), "\n"))
  end
  return exit.ok
end

return drops
