-- What is done for drop boxes without anybody asking: taking up after a restart, deleting what was never finished, and
-- telling how far along what is being sent is.
local limits = require "btshare.boxes.limits"
local removal = require "btshare.boxes.removal"
local task = require "btshare.task"
local uv = require "luv"

---@class btshare.boxes.Care
---@field private boxes btshare.Boxes
---@field private intake btshare.boxes.Intake
---@field private jobs table<btshare.task.job, true>
local Care = {}
Care.__index = Care

local care = {}

local look_milliseconds = 1000
local expire_milliseconds = 600000
local twice_milliseconds = 3600000 -- a clock that jumps deletes nothing: it must be over at two looks so far apart

---@param boxes btshare.Boxes
---@param with btshare.boxes.Intake
---@return btshare.boxes.Care
function care.new(boxes, with)
  return setmetatable({ boxes = boxes, intake = with, jobs = {} }, Care)
end

local function load_boxes(boxes)
  for _, row in ipairs(boxes.services.store:query("SELECT * FROM boxes")) do
    row.is_open = row.is_open ~= 0
    row.limits = { files = row.files, bytes = row.bytes, file_bytes = row.file_bytes }
    row.files, row.bytes, row.file_bytes = nil, nil, nil
    boxes:add(row)
  end
end

local function take_up(self, upload)
  local boxes = self.boxes
  local status = boxes.staging:look(upload.box.id, upload.id)
  if upload.finished then
    local is_there = upload.accepted_as
      and boxes.staging:is_published(upload.box.id, upload.id, upload.accepted_as)
    if is_there and not upload.accepted then self:finish_accepting(upload) end
  elseif status then
    upload.received, upload.touched = math.min(status.size, upload.certain or status.size), status.mtime.sec
  end
end

---Reads all boxes, and what has become of their files. Call in a task, before anybody can ask for them.
function Care:load()
  local boxes = self.boxes
  load_boxes(boxes)
  for _, row in ipairs(boxes.services.store:query("SELECT * FROM box_uploads")) do
    row.box = boxes.by_id[row.box]
    row.received, row.touched, row.lock = row.finished and row.size or 0, row.begun, task.mutex()
    boxes:add_upload(row)
  end
  self.intake.stopped:load(boxes)
  if not boxes.staging then return end
  for _, box in pairs(boxes.by_id) do
    for _, upload in pairs(box.uploads) do
      if not upload.accepted then take_up(self, upload) end
    end
  end
  boxes.staging:sweep(function(box, id)
    local known = boxes.by_id[box]
    local upload = known and known.uploads[id]
    return upload ~= nil and not upload.accepted
  end)
end

---@param upload btshare.Upload that has its name in the inbox
---@return true|nil done
---@return string? message
---@return string? code
function Care:finish_accepting(upload)
  local now = os.time()
  local done, message, code = self.boxes.services.store:write {
    { "UPDATE box_uploads SET accepted = ? WHERE id = ?", now, upload.id },
  }
  if not done then return nil, message, code end
  upload.accepted = now
  self.boxes.staging:remove(upload.box.id, upload.id)
  self.boxes:touch(upload.box)
  return true
end

local function is_over(upload)
  if upload.finished or upload.transfer or limits.expires(upload) > os.time() then
    upload.over_since = nil
    return false
  end
  upload.over_since = upload.over_since or uv.now()
  return uv.now() - upload.over_since >= twice_milliseconds
end

---Deletes parts that have been kept for long enough. Call in a task.
function Care:expire()
  for _, box in ipairs(self.boxes:list()) do
    for _, upload in ipairs(self.boxes:list_uploads(box)) do
      if is_over(upload) then removal.remove(self.intake, upload, "age") end
    end
  end
end

local function look(self)
  for _, box in ipairs(self.boxes:list()) do
    if next(box.transfers) then
      for _, upload in ipairs(self.boxes:list_uploads(box)) do
        local transfer = upload.transfer
        local status = transfer and self.boxes.staging:look(box.id, upload.id)
        if status and upload.transfer == transfer then upload.received = status.size end
      end
      self.boxes:touch(box)
    end
  end
end

-- Never twice at once: a disk may take its time.
local function every(self, milliseconds, fn)
  local timer, is_busy = uv.new_timer(), false
  timer:start(milliseconds, milliseconds, function()
    if is_busy then return end
    is_busy = true
    task.spawn_with({ group = self.jobs }, function()
      local _ <close> = task.on_close(function() is_busy = false end)
      fn(self)
    end)
  end)
  return timer
end

---Begins; when those are there who want to know of what has come. What was whole when BTshare ended, but was not yet
---said to be, is finished now. Call in a task.
function Care:start()
  for _, box in ipairs(self.boxes:list()) do
    for _, upload in ipairs(self.boxes:list_uploads(box)) do
      if not upload.finished and upload.received >= upload.size then self.intake:settle(upload) end
    end
  end
  self.timers = { every(self, look_milliseconds, look), every(self, expire_milliseconds, self.expire) }
end

function Care:close()
  for _, timer in ipairs(self.timers or {}) do timer:close() end
  task.cancel(self.jobs)
end

return care
