-- `btshare accept ID…`: gives what others have sent its name in the inbox.
local control = require "btshare.cli.control"
local drops = require "btshare.cli.drops"
local exit = require "btshare.exit"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"

local accept = {}

function accept.describe(parser, t)
  parser:argument(t("cli.word.id"), t("cli.accept.ids")):argname(t("cli.word.id")):target("ids"):args("+")
end

-- A box means all that waits in it.
local function find(boxes, wanted)
  for _, box in ipairs(boxes) do
    if box.id == wanted then
      local found = {}
      for _, upload in ipairs(box.uploads) do
        if upload.state == "waiting" then found[#found + 1] = { box = box, upload = upload } end
      end
      return found
    end
  end
  local box, upload = drops.find(boxes, wanted)
  return box and { { box = box, upload = upload } }
end

function accept.run(options, context)
  local boxes, code = drops.fetch(options, context)
  if not boxes then return code end
  for _, wanted in ipairs(options.ids) do
    local found = find(boxes, wanted)
    if not found then
      return context:fail(speaker:text("cli.accept.missing", { id = text.escape(wanted) }), exit.missing)
    end
    for _, one in ipairs(found) do
      local answer
      answer, code = control.ask(context, options, "POST",
        ("/api/v1/boxes/%s/uploads/%s/accept"):format(one.box.id, one.upload.id))
      if not answer then return code end
      context:print(text.escape(answer.path))
    end
  end
  return exit.ok
end

return accept
