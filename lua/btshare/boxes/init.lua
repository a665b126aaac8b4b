-- Drop boxes: links through which others send files to the owner. What came waits until the owner accepts it; nothing
-- of it is shared on.
local crypto = require "core.crypto"
local describe = require "btshare.boxes.describe"
local ids = require "btshare.boxes.ids"
local limits = require "btshare.boxes.limits"
local place = require "btshare.downloads.place"
local places = require "btshare.library.places"
local staging = require "btshare.boxes.staging"
local task = require "btshare.task"
local words = require "btshare.boxes.words"

---@class btshare.Box
---@field id string
---@field token string
---@field title string?
---@field note string? what its page says
---@field created integer seconds since 1970, as all times here
---@field expires integer?
---@field is_open boolean
---@field limits {files: integer, bytes: integer, file_bytes: integer}
---@field revision integer counts what its owner chose
---@field version integer counts whatever is told of it
---@field uploads table<string, btshare.Upload> by id
---@field transfers table<btshare.boxes.Transfer, true> what is being sent
---@field lock btshare.task.mutex held by who changes what its owner chose

---@class btshare.Upload something that was sent into a box, or is being sent
---@field id string
---@field box btshare.Box
---@field secret string of its sender's address for it
---@field receipt string
---@field name string clean
---@field size integer
---@field received integer bytes that are there
---@field touched integer when its last byte came
---@field certain integer? bytes that are what their sender meant, where that is compared; what is behind them may go
---@field sender string?
---@field note string?
---@field address string
---@field begun integer
---@field finished integer?
---@field accepted integer?
---@field accepted_as string? its name in the inbox
---@field lock btshare.task.mutex
---@field transfer btshare.boxes.Transfer?
---@field over_since integer? loop time, milliseconds: when it was first found to be kept for long enough
---@field is_gone boolean?
---@field is_removed boolean? it was told that it is gone

---@class btshare.Boxes
---@field staging btshare.boxes.Staging? nil where there is no inbox
---@field by_id table<string, btshare.Box>
---@field services btshare.Services
---@field private why string? there is no inbox
---@field private by_token table<string, btshare.Box> by the SHA-256 of its token: a look tells nothing of others
---@field private by_secret table<string, btshare.Upload> likewise
local Boxes = {}
Boxes.__index = Boxes

local boxes = {}

local deleted_before = "the drop box has been deleted"
local longest_title, longest_note = 100, 500 -- characters

---The inbox: as config.lua says, or a folder in the one for downloads. It must be no part of what is shared.
---@param configured string?
---@param downloads string? the folder for downloads
---@param roots table[] what will be shared
---@return string? folder resolved; one in the folder for downloads may have to be made
---@return string? why there is none
function boxes.folder(configured, downloads, roots)
  if configured then return place.usual("inbox", configured, nil, roots) end
  if downloads then
    local usual = places.real(downloads .. "/Inbox") -- made when it is needed
    local possible, message = place.check_apart(usual, roots)
    if possible then return usual end
    return nil, message
  end
  return nil, 'there is no folder for what others send; write inbox = "~/Dir" into config.lua, and start again'
end

---@param services btshare.Services its store, links and events
---@param folder string? the inbox
---@param why string? there is none
---@return btshare.Boxes
function boxes.new(services, folder, why)
  return setmetatable({
    services = services, by_id = {}, by_token = {}, by_secret = {}, why = why,
    staging = folder and staging.new(folder) or nil,
  }, Boxes)
end

---@param box table a row, or what is to become one
---@return btshare.Box
function Boxes:add(box)
  box.token = self.services.links:address("drop box", box.id)
  box.uploads, box.transfers, box.version, box.lock = {}, {}, os.time() * 1000, task.mutex()
  self.by_id[box.id] = box
  self.by_token[crypto.sha256(box.token)] = box
  return box
end

---What lets the sender of an upload go on with it.
---@param id string of an upload
---@return string
function Boxes:secret_of(id)
  return self.services.links:address("drop box upload", id)
end

---@param upload table
---@return btshare.Upload
function Boxes:add_upload(upload)
  upload.secret = self:secret_of(upload.id)
  upload.receipt = ids.receipt(self.services.links:address("drop box receipt", upload.id))
  upload.box.uploads[upload.id] = upload
  self.by_secret[crypto.sha256(upload.secret)] = upload
  return upload
end

---@param upload btshare.Upload
function Boxes:forget_upload(upload)
  upload.is_gone = true
  upload.box.uploads[upload.id] = nil
  self.by_secret[crypto.sha256(upload.secret)] = nil
  self:touch(upload.box)
end

---Something of a box is not as it was told.
---@param box btshare.Box
function Boxes.touch(_, box)
  box.version = box.version + 1
end

---The box that a token opens now.
---@param token string as it came in a request
---@return btshare.Box?
function Boxes:find(token)
  local box = self.by_token[crypto.sha256(token)]
  local is_over = box and box.expires and box.expires <= os.time()
  return box and box.is_open and not is_over and box or nil
end

---What a sender's own address means.
---@param box btshare.Box
---@param secret string as it came in a request
---@return btshare.Upload?
function Boxes:find_upload(box, secret)
  local upload = self.by_secret[crypto.sha256(secret)]
  return upload and upload.box == box and upload or nil
end

---Whether something can be received at all.
---@return true|nil ready
---@return string? message
---@return string? code "denied"
function Boxes:check_inbox()
  if not self.staging then return nil, self.why, "denied" end
  return place.check_apart(self.staging.folder, self.services.library and self.services.library.roots or {})
end

local function tell(self, name, box, deleted)
  self.services.events:tell(name, { box = describe.event_box(self.services, box), deleted = deleted })
end

local insert = "INSERT INTO boxes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

---@class btshare.boxes.Choice
---@field title string? "" takes it away
---@field note string? likewise
---@field expires integer|false|nil false: never
---@field is_open boolean?
---@field files integer?
---@field bytes integer?
---@field file_bytes integer?

---Makes a box. Call in a task.
---@param choice btshare.boxes.Choice
---@return btshare.Box?
---@return string? message
---@return string? code
function Boxes:create(choice)
  local ready, message, code = self:check_inbox()
  if not ready then return nil, message, code end
  local now = os.time()
  local box = {
    id = ids.box(), title = words.clean(choice.title, longest_title, true),
    note = words.clean(choice.note, longest_note), created = now, is_open = true, revision = 0,
    limits = {
      files = choice.files or limits.files, bytes = choice.bytes or limits.bytes,
      file_bytes = choice.file_bytes or limits.file_bytes,
    },
  }
  if choice.expires ~= false then box.expires = choice.expires or now + limits.seconds end
  local written
  written, message, code = self.services.store:write { {
    insert, box.id, box.title, box.note, now, box.expires, 1, box.limits.files, box.limits.bytes,
    box.limits.file_bytes, 0, n = 10,
  } }
  if not written then return nil, message, code end
  self:add(box)
  tell(self, "box-created", box)
  return box
end

local function or_former(value, former)
  if value == nil then return former end
  return value or nil
end

---Changes what its owner chose. Call in a task.
---@param box btshare.Box
---@param choice btshare.boxes.Choice
---@return btshare.Box?
---@return string? message
---@return string? code
function Boxes:change(box, choice)
  local _ <close> = box.lock:lock()
  if self.by_id[box.id] ~= box then return nil, deleted_before, "missing" end
  local title, note = box.title, box.note
  if choice.title then title = words.clean(choice.title, longest_title, true) end
  if choice.note then note = words.clean(choice.note, longest_note) end
  local now = {
    files = choice.files or box.limits.files, bytes = choice.bytes or box.limits.bytes,
    file_bytes = choice.file_bytes or box.limits.file_bytes,
  }
  local expires, is_open = or_former(choice.expires, box.expires), box.is_open
  if choice.is_open ~= nil then is_open = choice.is_open end
  local written, message, code = self.services.store:write { {
    "UPDATE boxes SET title = ?, note = ?, expires = ?, is_open = ?, files = ?, bytes = ?, file_bytes = ?, "
      .. "revision = revision + 1 WHERE id = ?",
    title, note, expires, is_open and 1 or 0, now.files, now.bytes, now.file_bytes, box.id, n = 8,
  } }
  if not written then return nil, message, code end
  local was_open = box.is_open
  box.title, box.note, box.expires, box.is_open, box.limits = title, note, expires, is_open, now
  box.revision = box.revision + 1
  self:touch(box)
  if was_open and not is_open then self:cut(box) end
  if was_open ~= is_open then tell(self, is_open and "box-opened" or "box-closed", box) end
  return box
end

---Ends what is being sent into a box.
---@param box btshare.Box
function Boxes.cut(_, box)
  for transfer in pairs(box.transfers) do transfer:cut() end
end

---Deletes a box, its link and what waits in it; what was accepted stays. Call in a task.
---@param box btshare.Box
---@return true|nil done
---@return string? message
---@return string? code
function Boxes:remove(box)
  local _ <close> = box.lock:lock()
  if self.by_id[box.id] ~= box then return nil, deleted_before, "missing" end
  local was_open = box.is_open
  box.is_open = false
  local written, message, code = self.services.store:write { { "DELETE FROM boxes WHERE id = ?", box.id } }
  if not written then
    box.is_open = was_open
    return nil, message, code
  end
  self.by_id[box.id], self.by_token[crypto.sha256(box.token)] = nil, nil
  self:cut(box)
  local deleted = 0
  for _, upload in ipairs(self:list_uploads(box)) do
    deleted = deleted + (upload.accepted and 0 or 1)
    self:forget_upload(upload)
    if self.staging then self.staging:remove(box.id, upload.id) end
  end
  if self.staging then self.staging:remove_box(box.id) end
  tell(self, "box-closed", box, deleted)
  return true
end

---@return btshare.Box[] newest first
function Boxes:list()
  local list = {}
  for _, box in pairs(self.by_id) do list[#list + 1] = box end
  table.sort(list, function(a, b)
    if a.created ~= b.created then return a.created > b.created end
    return a.id < b.id
  end)
  return list
end

---@param box btshare.Box
---@return btshare.Upload[] newest first
function Boxes.list_uploads(_, box)
  local list = {}
  for _, upload in pairs(box.uploads) do list[#list + 1] = upload end
  table.sort(list, function(a, b) return a.id > b.id end)
  return list
end

return boxes
