-- The owner's side of a drop box: what came is accepted, and only then has its name.
local describe = require "btshare.boxes.describe"

local accept = {}

-- The name is written down before the file has it, so that a restart in between knows of it.
local function publish(boxes, upload)
  for _ = 1, 100 do -- others may take a name between looking and having it
    local name = boxes.staging:free_name(upload.name)
    if not name then return nil, upload.name .. ": there are too many of that name", "exists" end
    local done, message, code = boxes.services.store:write {
      { "UPDATE box_uploads SET accepted_as = ? WHERE id = ?", name, upload.id },
    }
    if not done then return nil, message, code end
    upload.accepted_as = name
    local path
    path, message, code = boxes.staging:publish(upload.box.id, upload.id, name)
    if path or code ~= "exists" then return path, message, code end
  end
  return nil, upload.name .. ": its name is taken again and again", "busy"
end

---Accepts an upload: it gets its name in the inbox, or one with a number where that is taken. Call in a task.
---@param boxes btshare.Boxes
---@param care btshare.boxes.Care
---@param upload btshare.Upload
---@return btshare.Upload? accepted also where it was before
---@return string? message
---@return string? code
function accept.run(boxes, care, upload)
  local _ <close> = upload.lock:lock()
  if upload.accepted then return upload end
  if upload.is_gone then return nil, upload.name .. ": has been deleted", "missing" end
  if not upload.finished then return nil, upload.name .. ": is still coming", "busy" end
  local done, message, code = boxes:check_inbox()
  if not done then return nil, message, code end
  local path
  path, message, code = publish(boxes, upload)
  if not path then return nil, message, code end
  done, message, code = care:finish_accepting(upload)
  if not done then return nil, message, code end
  boxes.services.events:tell("upload-accepted", {
    box = describe.event_box(boxes.services, upload.box), name = upload.accepted_as, size = upload.size, path = path,
    sender = upload.sender,
  })
  return upload
end

return accept
