-- A file that comes in one go or not at all, as a form or PUT sends it. How large it will be may not be known.
local disk = require "btshare.uploads.disk"
local limits = require "btshare.boxes.limits"
local refusals = require "btshare.boxes.refusals"
local uv = require "luv"

---@class btshare.boxes.Stream
---@field upload btshare.Upload
---@field private intake btshare.boxes.Intake
---@field private file integer? descriptor
---@field private is_measured boolean whether its size was told before
---@field private written integer bytes
---@field private looked integer at how many of them the room was looked at
local Stream = {}
Stream.__index = Stream

local stream = {}

local room_step = 64 << 20

---Begins a file. Call in a task.
---@param intake btshare.boxes.Intake
---@param box btshare.Box
---@param offer btshare.boxes.Offer
---@param transfer btshare.boxes.Transfer
---@return btshare.boxes.Stream?
---@return btshare.boxes.Refusal?
function stream.begin(intake, box, offer, transfer)
  local name, refusal = intake:check(box, offer)
  if not name then return nil, refusal end
  local boxes = intake.boxes
  local upload = intake:new_upload(box, name, offer.size or 0, offer)
  upload.transfer = transfer
  local self = setmetatable({
    upload = upload, intake = intake, is_measured = offer.size ~= nil, written = 0, looked = 0,
  }, Stream)
  local file, message, code = boxes.staging:create(box.id, upload.id)
  if file then file, message, code = boxes.staging:open(box.id, upload.id) end
  self.file = file
  if file then return self end
  self:abort()
  return nil, refusals.new(message, code)
end

-- What its box takes may change while it comes. What was measured was counted before.
local function check(self, coming)
  local upload, bytes = self.upload, self.is_measured and 0 or coming
  local box = upload.box
  local _, all = limits.count(box)
  if upload.is_gone then return nil, refusals.new("the link has ended", "gone") end
  if upload.size + bytes > box.limits.file_bytes then
    return nil, refusals.new(("a file may have %d bytes here"):format(box.limits.file_bytes), "too_large")
  elseif all + bytes > box.limits.bytes then
    return nil, refusals.new("all that may be sent here would be more than it may", "box_full")
  elseif self.written - self.looked >= room_step then
    self.looked = self.written
    return self.intake:check_room(coming)
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
  if not self.is_measured then upload.size = upload.size + #bytes end
  while bytes ~= "" do
    local written, problem = disk.wait(function(resume) uv.fs_write(self.file, bytes, -1, resume) end)
    if not written then
      local _, message, code = disk.failed(upload.name, problem)
      return nil, refusals.new(message, code)
    end
    self.written = self.written + written
    bytes = bytes:sub(written + 1)
  end
  upload.received, upload.touched = self.written, os.time()
  return true
end

---All of it has come: it is stored. Call in a task.
---@return btshare.Upload?
---@return btshare.boxes.Refusal?
function Stream:finish()
  local upload, intake = self.upload, self.intake
  local done, message, code = intake.boxes.staging:sync(self.file)
  local refusal = not done and refusals.new(message, code)
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
