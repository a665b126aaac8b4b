-- The API's routes for drop boxes: what others may send to the owner, and what becomes of it.
local accept = require "btshare.boxes.accept"
local common = require "btshare.routes.api.common"
local describe = require "btshare.boxes.describe"
local json = require "core.json"
local limits = require "btshare.boxes.limits"
local qr = require "core.qr"
local removal = require "btshare.boxes.removal"
local reply = require "btshare.http.reply"
local t = require "btshare.api.schema"

local latest = 253402300799 -- the end of the year 9999

local function count(description) return t.integer { min = 0, description = description } end

local box_shape = t.define("Box", t.object {
  id = t.string(),
  title = t.optional(t.string()),
  note = t.optional(t.string { description = "What its page says." }),
  link = t.optional(t.string { description = "Its page, at the first address where others reach it." }),
  token = t.string { description = "The last part of the page's address." },
  qr = t.string { description = "Where the QR code of the link is." },
  created = common.time "When it was made.",
  expires = t.optional(common.time "When its link ends."),
  is_open = t.boolean { description = "Whether its owner lets files in." },
  limits = t.object {
    files = count(), bytes = count "Of all its files.", file_bytes = count "Of each file.",
  },
  received = t.object { files = count(), bytes = count() },
  waiting = count "Files that are there and not accepted yet.",
  coming = count "Files that are under way.",
  revision = count "Counts what was set; see ETag.",
  version = count "Counts whatever changes, its uploads too.",
})

local upload_shape = t.define("BoxUpload", t.object {
  id = t.string(),
  box = t.string(),
  name = t.string { description = "As its sender calls it, made fit to be one." },
  size = count(),
  received = count "Bytes that are there.",
  state = t.string { choices = { "coming", "waiting", "accepted" } },
  sender = t.optional(t.string { description = "The name that was given." }),
  note = t.optional(t.string()),
  address = t.string(),
  receipt = t.string { description = "The code that the sender was shown." },
  begun = common.time "When it was begun.",
  finished = t.optional(common.time "When all of it was there."),
  path = t.optional(t.string { description = "Where it is, once it is accepted." }),
})

local with_box = common.with("boxes", "no such drop box")

local function with_upload(handler)
  return with_box(function(call, box)
    local upload = box.uploads[call.parameters.upload]
    if not upload then return reply.problem("missing", call.parameters.upload .. ": no such upload") end
    return handler(call, upload)
  end)
end

local function show(call, box, status)
  return reply.json(status or 200, describe.box(call.services, box))
end

local function show_upload(call, upload)
  local staging = call.services.boxes.staging
  return describe.upload(upload, staging and staging.folder)
end

local function current(call)
  local box = call.services.boxes.by_id[call.parameters.id]
  return box and describe.box(call.services, box)
end

local function list(call)
  local described = {}
  for index, box in ipairs(call.services.boxes:list()) do described[index] = describe.box(call.services, box) end
  return reply.json(200, { boxes = json.array(described) })
end

local function create(call)
  local body = call.body
  local seconds = body["for"]
  local choice = { title = body.title, note = body.note, files = body.files, bytes = body.bytes,
    file_bytes = body.file_bytes }
  if seconds then choice.expires = seconds > 0 and common.expires(seconds) end
  local box, message, code = call.services.boxes:create(choice)
  return common.problem(box, message, code) or show(call, box, 201)
end

local function patch(call, box)
  local body = call.body
  local choice = {}
  for name, value in pairs(body) do
    if value == json.null then value = name == "expires" and false or "" end
    choice[name] = value
  end
  local done, message, code = call.services.boxes:change(box, choice)
  return common.problem(done, message, code) or show(call, box)
end

local function list_uploads(call, box)
  local described = {}
  for index, upload in ipairs(call.services.boxes:list_uploads(box)) do described[index] = show_upload(call, upload) end
  return reply.json(200, { uploads = json.array(described) })
end

local function accept_upload(call, upload)
  local services = call.services
  local done, message, code = accept.run(services.boxes, services.box_care, upload)
  return common.problem(done, message, code) or reply.json(200, show_upload(call, upload))
end

local function remove_upload(call, upload)
  local done, refusal = removal.remove(call.services.box_intake, upload, "owner")
  return done and reply.empty() or reply.problem(refusal.status, refusal.message)
end

local function qr_code(call, box)
  local link = describe.box(call.services, box).link
  if not link then return reply.problem("missing", "no address where others reach this") end
  return { status = 200, headers = { ["Content-Type"] = "image/svg+xml", ["Cache-Control"] = "no-store" },
    body = qr.svg(link) }
end

local function fields(more)
  local all = {
    files = t.optional(t.integer { min = 1, max = limits.most_files }),
    bytes = t.optional(t.integer { min = 1, max = limits.most_bytes }),
    file_bytes = t.optional(t.integer { min = 1, max = limits.most_bytes }),
  }
  for name, of in pairs(more) do all[name] = of end
  return all
end

---@return btshare.api.Route[]
return function()
  return {
    { "GET /api/v1/boxes", scope = "read", summary = "Lists the drop boxes, newest first.",
      answers = { [200] = t.object { boxes = t.array(box_shape) } }, handler = list },
    { "POST /api/v1/boxes", scope = "share", summary = "Makes a drop box: a link through which others send files.",
      body = t.object(fields {
        title = t.optional(t.string { max = 400 }),
        note = t.optional(t.string { max = 2000, description = "What its page says; 500 characters are kept." }),
        ["for"] = t.optional(t.number { min = 0, max = 1e10 - 1,
          description = "Seconds from now; 0 for ever. Default: 7 days." }),
      }),
      answers = { [201] = box_shape, [403] = true }, handler = create },
    { "GET /api/v1/boxes/:id", scope = "read", summary = "Shows a drop box.",
      answers = { [200] = box_shape, [404] = true }, handler = with_box(show) },
    { "PATCH /api/v1/boxes/:id", scope = "share", summary = "Changes a drop box; opens or closes it.",
      body = t.object(fields {
        title = t.optional(t.nullable(t.string { max = 400 })),
        note = t.optional(t.nullable(t.string { max = 2000 })),
        expires = t.optional(t.nullable(t.integer { min = 0, max = latest })),
        is_open = t.optional(t.boolean()),
      }, { min = 1 }),
      current = current,
      answers = { [200] = box_shape, [404] = true, [412] = true }, handler = with_box(patch) },
    { "DELETE /api/v1/boxes/:id", scope = "share",
      summary = "Deletes a drop box and what waits in it. What was accepted stays.",
      current = current,
      answers = { [204] = true, [404] = true, [412] = true },
      handler = with_box(function(call, box)
        return common.problem(call.services.boxes:remove(box)) or reply.empty()
      end) },
    { "GET /api/v1/boxes/:id/qr.svg", scope = "read", summary = "Gives the QR code of a drop box's link.",
      media = "image/svg+xml", answers = { [200] = t.string(), [404] = true }, handler = with_box(qr_code) },
    { "GET /api/v1/boxes/:id/uploads", scope = "read", summary = "Lists what was sent, newest first.",
      answers = { [200] = t.object { uploads = t.array(upload_shape) }, [404] = true },
      handler = with_box(list_uploads) },
    { "POST /api/v1/boxes/:id/uploads/:upload/accept", scope = "share",
      summary = "Accepts a file: it gets its name in the inbox, or one with a number where that is taken.",
      answers = { [200] = upload_shape, [403] = true, [404] = true, [409] = true, [503] = true, [507] = true },
      handler = with_upload(accept_upload) },
    { "DELETE /api/v1/boxes/:id/uploads/:upload", scope = "share",
      summary = "Deletes what came, or stops what is coming; of an accepted file only the entry goes.",
      answers = { [204] = true, [404] = true }, handler = with_upload(remove_upload) },
  }
end
