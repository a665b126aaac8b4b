-- How what was sent into a drop box goes again: its owner deletes it or stops it on its way, its sender takes it back,
-- or it was begun and never finished.
local describe = require "btshare.boxes.describe"
local limits = require "btshare.boxes.limits"
local refusals = require "btshare.boxes.refusals"
local stopped = require "btshare.boxes.stopped"
local transfers = require "btshare.boxes.transfers"

local removal = {}

local function delete(intake, upload, is_stopped)
  local boxes = intake.boxes
  local statements = is_stopped and stopped.statements(upload) or {}
  table.insert(statements, { "DELETE FROM box_uploads WHERE id = ?", upload.id })
  local done, message, code = boxes.services.store:write(statements)
  if not done then return nil, refusals.new(message, code) end
  boxes:forget_upload(upload)
  if boxes.staging then boxes.staging:remove(upload.box.id, upload.id) end
  return true
end

local function tell(boxes, upload, by, state)
  boxes.services.events:tell("upload-removed", {
    box = describe.event_box(boxes.services, upload.box), name = upload.name, size = upload.size,
    sender = upload.sender, by = by, state = state,
  })
end

---Deletes an upload, and what waits of it; of an accepted one only what is known of it. Who still sends it is cut off.
---Call in a task.
---@param intake btshare.boxes.Intake
---@param upload btshare.Upload
---@param by "owner"|"sender"|"age"|nil who does, for those who are told; nil: nobody has been told that it is there
---@return true|nil done
---@return btshare.boxes.Refusal?
function removal.remove(intake, upload, by)
  local was_there = not upload.is_gone
  local is_stopped = by == "owner" and not upload.finished
  if is_stopped then intake.stopped:add(upload.box, upload.secret) end
  transfers.take_over(upload)
  local _ <close> = upload.lock:lock()
  local state = upload.is_gone and "coming" or describe.state(upload) -- what a form sends goes with its connection
  if not upload.is_gone then
    local done, refusal = delete(intake, upload, is_stopped)
    if not done then return nil, refusal end
  end
  if by and was_there and not upload.is_removed and state ~= "accepted" then
    upload.is_removed = true
    tell(intake.boxes, upload, by, state)
  end
  return true
end

---Takes an upload back, as its sender may while it comes and for a short while after. Call in a task.
---@param intake btshare.boxes.Intake
---@param upload btshare.Upload
---@return true|nil done
---@return btshare.boxes.Refusal?
function removal.take_back(intake, upload)
  transfers.take_over(upload)
  if upload.accepted or upload.finished and os.time() - upload.finished > limits.removable_seconds then
    return nil, refusals.new("it can no longer be taken back", "denied")
  end
  return removal.remove(intake, upload, "sender")
end

return removal
