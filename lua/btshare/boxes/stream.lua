-- A file of a form: nobody knows how large it will be, and it comes in one go or not at all.
local disk = require "btshare.uploads.disk"
local limits = require "btshare.boxes.limits"
local uv = require "luv"
local words = require "btshare.boxes.words"

---@class btshare.boxes.Stream
---@field upload btshare.Upload
---@field private intake btshare.boxes.Intake
---@field private file integer? descriptor
---@field private looked integer at how many bytes the room was looked at
local Stream = {}
Stream.__index = Stream

local stream = {}

local room_step = 64 << 20

---Begins a file. Call in a task.
---@param intake btshare.boxes.Intake
---@param box btshare.Box
---@param offer btshare.boxes.Offer without a size
---@param transfer btshare.boxes.Transfer
---@return btshare.boxes.Stream?
---@return btshare.boxes.Refusal?
function stream.begin(intake, box, offer, transfer)
  local name, refusal = intake:check(box, offer)
  if not name then return nil, refusal end
  local boxes = intake.boxes
  local upload = intake:new_upload(box, name, 0, offer)
  upload.transfer = transfer
  local self = setmetatable({ upload = upload, intake = intake, looked = 0 }, Stream)
  local file, message, code = boxes.staging:create(box.id, upload.id)
  if file then file, message, code = boxes.staging:open(box.id, upload.id) end
  self.file = file
  if file then return self end
  self:abort()
  return nil, intake.refusal(message, code)
end

---Adds what a form said of a file after it. Call in a task.
---@param boxes btshare.Boxes
---@param upload btshare.Upload which is finished
---@param offer {sender: string?, note: string?}
function stream.add_words(boxes, upload, offer)
  local sender = upload.sender or words.sender(offer.sender)
  local note = upload.note or words.note(offer.note)
  if upload.is_gone or sender == upload.sender and note == upload.note then return end
  local update = { "UPDATE box_uploads SET sender = ?, note = ? WHERE id = ?", sender, note, upload.id, n = 3 }
  if not boxes.services.store:write { update } then return end
  upload.sender, upload.note = sender, note
  boxes:touch(upload.box)
end

-- What its box takes may change while it comes.
local function check(self, bytes)
  local upload = self.upload
  local box = upload.box
  local _, all = limits.count(box)
  if upload.is_gone then return nil, self.intake.refusal("the link has ended", "gone") end
  if upload.size + bytes > box.limits.file_bytes then
    return nil, self.intake.refusal(("a file may have %d bytes here"):format(box.limits.file_bytes), "too_large")
  elseif all + bytes > box.limits.bytes then
    return nil, self.intake.refusal("all that may be sent here would be more than it may", "box_full")
  elseif upload.size - self.looked >= room_step then
    self.looked = upload.size
    return self.intake:check_room(bytes)
  end
  return true
end

---@param bytes string
---@return true|nil done
---@return btshare.boxes.Refusal?
function Stream:write(bytes)
  local upload = self.upload
  local done, refusal = check(self, #bytes)
  if not done then return nil, refusal end
  upload.size = upload.size + #bytes
  while bytes ~= "" do
    local written, problem = disk.wait(function(resume) uv.fs_write(self.file, bytes, -1, resume) end)
    if not written then
      local _, message, code = disk.failed(upload.name, problem)
      return nil, self.intake.refusal(message, code)
    end
    upload.received = upload.received + written
    bytes = bytes:sub(written + 1)
  end
  upload.touched = os.time()
  return true
end

---All of it has come: it is stored. Call in a task.
---@return btshare.Upload?
---@return btshare.boxes.Refusal?
function Stream:finish()
  local upload, intake = self.upload, self.intake
  local done, message, code = intake.boxes.staging:sync(self.file)
  local refusal = not done and intake.refusal(message, code)
  if done then done, refusal = intake:store_finished(upload) end
  if not done then
    self:abort()
    return nil, refusal
  end
  upload.transfer = nil
  self:close()
  return upload
end

---@private
function Stream:close()
  if self.file then uv.fs_close(self.file) end
  self.file = nil
end

---It did not come whole, or is not wanted: nothing of it stays. Call in a task.
function Stream:abort()
  local upload = self.upload
  self:close()
  upload.transfer = nil
  local boxes = self.intake.boxes
  if not upload.is_gone then boxes:forget_upload(upload) end
  boxes.staging:remove(upload.box.id, upload.id)
end

return stream
