-- Drop boxes and uploads as the API, the command line and plugins see them.
local describe = {}

local function link_of(services, box)
  return services.reach and services.reach:public_urls("/d/" .. box.token)[1] or nil
end

---@param services btshare.Services
---@param box btshare.Box
---@return table
function describe.box(services, box)
  local received, coming, waiting = { files = 0, bytes = 0 }, 0, 0
  for _, upload in pairs(box.uploads) do
    if upload.finished then
      received.files, received.bytes = received.files + 1, received.bytes + upload.size
      if not upload.accepted then waiting = waiting + 1 end
    else
      coming = coming + 1
    end
  end
  return {
    id = box.id, title = box.title, note = box.note, link = link_of(services, box), token = box.token,
    qr = ("/api/v1/boxes/%s/qr.svg"):format(box.id), created = box.created, expires = box.expires,
    is_open = box.is_open,
    limits = { files = box.limits.files, bytes = box.limits.bytes, file_bytes = box.limits.file_bytes },
    received = received, waiting = waiting, coming = coming, revision = box.revision, version = box.version,
  }
end

---@param box btshare.Box
---@return table as events carry it: without what opens it
function describe.event_box(services, box)
  return {
    id = box.id, title = box.title, link = link_of(services, box), created = box.created, expires = box.expires,
    is_open = box.is_open,
  }
end

---@param upload btshare.Upload
---@return "coming"|"waiting"|"accepted"
function describe.state(upload)
  return upload.accepted and "accepted" or upload.finished and "waiting" or "coming"
end

---@param upload btshare.Upload
---@param folder string? the inbox
---@return table
function describe.upload(upload, folder)
  return {
    id = upload.id, box = upload.box.id, name = upload.name, size = upload.size,
    received = upload.finished and upload.size or upload.received,
    state = describe.state(upload),
    sender = upload.sender, note = upload.note, address = upload.address, receipt = upload.receipt,
    begun = upload.begun, finished = upload.finished,
    path = upload.accepted and folder and folder .. "/" .. upload.accepted_as or nil,
  }
end

return describe
