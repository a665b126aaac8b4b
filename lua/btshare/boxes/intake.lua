-- The sender's side of a drop box: what is asked and stored before the first byte of a file, and after its last.
local describe = require "btshare.boxes.describe"
local ids = require "btshare.boxes.ids"
local limits = require "btshare.boxes.limits"
local names = require "btshare.uploads.names"
local refusals = require "btshare.boxes.refusals"
local task = require "btshare.task"
local transfers = require "btshare.boxes.transfers"
local uv = require "luv"
local words = require "btshare.boxes.words"

---@class btshare.boxes.Offer what a sender says of a file
---@field name string
---@field size integer?
---@field sender string?
---@field note string?
---@field address string

---@class btshare.boxes.Intake
---@field boxes btshare.Boxes
---@field private services btshare.Services
local Intake = {}
Intake.__index = Intake

local intake = {}

local longest_sender, longest_note = 100, 2000 -- characters

---@param boxes btshare.Boxes
---@return btshare.boxes.Intake
function intake.new(boxes)
  return setmetatable({ boxes = boxes, services = boxes.services }, Intake)
end

local function refuse(message, reason)
  return nil, refusals.new(message, reason)
end

---Whether so much more fits beside what must stay free. Call in a task.
---@param bytes integer
---@return integer? keep_free bytes
---@return btshare.boxes.Refusal?
function Intake:check_room(bytes)
  local free, size = self.boxes.staging:room()
  if not free then return refuse(self.boxes.staging.folder .. ": " .. size, "failed") end
  local keep_free = limits.keep_free(size)
  if free - bytes < keep_free then return refuse("there is no room for it here", "no_room") end
  return keep_free
end

local function coming_bytes(self)
  local bytes = 0
  for _, box in pairs(self.boxes.by_id) do
    local _, _, left = limits.count(box)
    bytes = bytes + left
  end
  return bytes
end

local function ask_plugins(self, box, name, offer)
  local allowed, message = self.services.events:ask("upload-accept", {
    box = describe.event_box(self.services, box), name = name, size = offer.size, address = offer.address,
  })
  if allowed then return true end
  return refuse(message or "refused by a plugin", "denied")
end

---Whether a file may come: its name, its size, what the plugins say, the room. Nothing is written. Call in a task.
---@param box btshare.Box
---@param offer btshare.boxes.Offer
---@return string? name clean
---@return btshare.boxes.Refusal?
function Intake:check(box, offer)
  local ready, message = self.boxes:check_inbox()
  if not ready then return refuse(message, "failed") end
  local name, why = names.clean(offer.name)
  if not name then return refuse(why, "bad_name") end
  local reason
  ready, message, reason = limits.check_file(box, offer.size or 0)
  if not ready then return refuse(message, reason) end
  local refusal
  ready, refusal = ask_plugins(self, box, name, offer)
  if ready then ready, refusal = self:check_room((offer.size or 0) + coming_bytes(self)) end
  if not ready then return nil, refusal end
  ready, message, reason = limits.check_file(box, offer.size or 0) -- others came while this one waited
  if not ready then return refuse(message, reason) end
  if self.boxes:find(box.token) ~= box then return refuse("the link has ended", "gone") end
  return name
end

---@param box btshare.Box
---@param name string clean
---@param size integer
---@param offer btshare.boxes.Offer
---@return btshare.Upload upload which is not stored yet
function Intake:new_upload(box, name, size, offer)
  local now = os.time()
  local seconds, microseconds = uv.gettimeofday()
  return self.boxes:add_upload {
    id = ids.upload(seconds * 1000 + microseconds // 1000), box = box, name = name, size = size, received = 0,
    sender = words.clean(offer.sender, longest_sender, true), note = words.clean(offer.note, longest_note),
    address = offer.address, begun = now, touched = now, lock = task.mutex(),
  }
end

local function insertion(upload, finished)
  return {
    "INSERT INTO box_uploads (id, box, name, size, sender, note, address, begun, finished) "
      .. "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    upload.id, upload.box.id, upload.name, upload.size, upload.sender, upload.note, upload.address, upload.begun,
    finished, n = 9,
  }
end

---Begins an upload: it is stored, and its file is there, empty. Call in a task.
---@param box btshare.Box
---@param offer btshare.boxes.Offer with its size
---@return btshare.Upload?
---@return btshare.boxes.Refusal?
function Intake:begin(box, offer)
  local name, refusal = self:check(box, offer)
  if not name then return nil, refusal end
  local upload = self:new_upload(box, name, offer.size, offer)
  local done, message, code = self.boxes.staging:create(box.id, upload.id)
  if done then
    done, message, code = self.services.store:write { insertion(upload) }
    if not done then self.boxes.staging:remove(box.id, upload.id) end
  end
  if not done or upload.is_gone then
    self.boxes:forget_upload(upload)
    return refuse(message or "the link has ended", done and "gone" or code)
  end
  self.boxes:touch(box)
  if upload.size == 0 then
    done, refusal = self:settle(upload)
    if not done then return nil, refusal end
  end
  return upload
end

-- Waits until nobody sends bytes of an upload any more: a connection that broke is not known to be gone for long.
local function take_over(upload)
  while upload.transfer do upload.transfer:stop() end
end

---How much of an upload is there, with nobody sending any more of it. Call in a task.
---@param upload btshare.Upload
---@return integer bytes
function Intake:offset(upload)
  take_over(upload)
  if not upload.finished then self:settle(upload) end
  return upload.finished and upload.size or upload.received
end

-- Stores how many bytes are certain, before the next one comes; nil: all that are there.
local function set_certain(self, upload, bytes)
  if upload.certain == bytes then return true end
  local done, message, code = self.services.store:write {
    { "UPDATE box_uploads SET certain = ? WHERE id = ?", bytes, upload.id, n = 2 },
  }
  if not done then return refuse(message, code) end
  upload.certain = bytes
  return true
end

local function end_transfer(upload)
  local transfer = upload.transfer
  upload.transfer = nil
  if transfer then transfer:finish() end
end

-- Gives an upload to the one who sends the next bytes, unless somebody else does by now.
local function begin_transfer(self, upload, offset, request, certain)
  if upload.transfer or upload.received ~= offset then return refuse("somebody else sends it", "offset") end
  local box = upload.box
  if upload.is_gone or self.boxes:find(box.token) ~= box then return refuse("the link has ended", "gone") end
  local transfer, message, reason = transfers.begin(box, request)
  if not transfer then return refuse(message, reason) end
  upload.transfer = transfer
  local is_set, refusal = set_certain(self, upload, certain)
  if is_set and not transfer.is_cut then return transfer end
  end_transfer(upload)
  return nil, refusal or refusals.new("somebody else sends it", "offset")
end

---Opens an upload for bytes that are to be put behind those that are there. Call in a task.
---@param upload btshare.Upload
---@param offset integer where the sender thinks that they go
---@param bytes integer? how many come, where that is known
---@param request core.http.Request
---@param digest string? what will be compared: without it, the bytes count as they come; with it, all of them or none
---@return btshare.WayIn?
---@return btshare.boxes.Refusal?
function Intake:open(upload, offset, bytes, request, digest)
  if self:offset(upload) ~= offset or upload.finished then
    return refuse(("the next byte is number %d"):format(upload.received), "offset")
  end
  local left = upload.size - offset
  if bytes and bytes > left then return refuse(("only %d bytes are to come"):format(left), "too_large") end
  local keep_free, refusal = self:check_room(left)
  if not keep_free then return nil, refusal end
  local file, message, reason = self.boxes.staging:open(upload.box.id, upload.id)
  if not file then return refuse(message, reason) end
  local transfer
  transfer, refusal = begin_transfer(self, upload, offset, request, digest and offset or nil)
  if not transfer then
    uv.fs_close(file)
    return nil, refusal
  end
  local function close() self:close(upload) end
  return {
    file = file, limit = left, keep_free = keep_free, digest = digest, upload = upload, on_lost = close,
  }
end

---Takes note that no more bytes of an upload come for now; when all of it is there, it is finished. Call in a task.
---@param upload btshare.Upload
---@param is_right boolean? what was compared is what was announced
---@return true|nil done
---@return btshare.boxes.Refusal?
function Intake:close(upload, is_right)
  local done, refusal = self:settle(upload, is_right)
  end_transfer(upload)
  if done and is_right == false then return refuse("the bytes are not those that were announced", "checksum") end
  return done, refusal
end

-- It is on the disk, and so is what says so.
local function finish(self, upload, statement, now)
  local done, message, code = self.services.store:write { statement }
  if not done then return refuse(message, code) end
  upload.finished = now
  self.boxes:touch(upload.box)
  if upload.is_gone then return refuse("the link has ended", "gone") end
  self.services.events:tell("upload-finished", {
    box = describe.event_box(self.services, upload.box), name = upload.name, size = upload.size,
    path = self.boxes.staging:path(upload.box.id, upload.id), sender = upload.sender, note = upload.note,
  })
  return true
end

---Stores an upload that came whole, and of which nothing was stored before. Call in a task.
---@param upload btshare.Upload whose file is on the disk
function Intake:store_finished(upload)
  local now = os.time()
  return finish(self, upload, insertion(upload, now), now)
end

---Finds out how much of an upload is there, and puts it on the disk; what is not certain goes. Call in a task.
---@param upload btshare.Upload
---@param is_certain boolean? all that is there
---@return true|nil done
---@return btshare.boxes.Refusal?
function Intake:settle(upload, is_certain)
  local _ <close> = upload.lock:lock()
  if upload.finished then return true end
  if upload.is_gone then return refuse("it is gone", "gone") end
  local boxes, box = self.boxes, upload.box
  if not boxes.staging then return refuse("its folder is not there", "failed") end
  local done, message, code = boxes.staging:settle(box.id, upload.id, not is_certain and upload.certain or nil)
  local status = done and boxes.staging:look(box.id, upload.id)
  if not status then return refuse(message or "it is gone", code or "gone") end
  upload.received, upload.touched, upload.over_since = status.size, status.mtime.sec, nil
  boxes:touch(box)
  if upload.received < upload.size then return set_certain(self, upload, upload.certain and upload.received) end
  local now = os.time()
  return finish(self, upload, { "UPDATE box_uploads SET finished = ? WHERE id = ?", now, upload.id }, now)
end

---Takes an upload back, as its sender may while it comes and for a short while after. Call in a task.
---@param upload btshare.Upload
---@return true|nil done
---@return btshare.boxes.Refusal?
function Intake:take_back(upload)
  take_over(upload)
  if upload.accepted or upload.finished and os.time() - upload.finished > limits.removable_seconds then
    return refuse("it can no longer be taken back", "denied")
  end
  return self:remove(upload)
end

---Deletes an upload, and what waits of it. Call in a task.
---@param upload btshare.Upload
---@return true|nil done
---@return btshare.boxes.Refusal?
function Intake:remove(upload)
  take_over(upload)
  local _ <close> = upload.lock:lock()
  if upload.is_gone then return true end
  local done, message, code = self.services.store:write { { "DELETE FROM box_uploads WHERE id = ?", upload.id } }
  if not done then return refuse(message, code) end
  self.boxes:forget_upload(upload)
  if self.boxes.staging then self.boxes.staging:remove(upload.box.id, upload.id) end
  return true
end

return intake
