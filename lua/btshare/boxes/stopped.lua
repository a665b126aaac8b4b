-- Uploads that the owner stopped while they came: their senders are told so, and do not begin again by themselves, also
-- after a restart.
local crypto = require "core.crypto"

---@class btshare.boxes.Stopped
---@field private boxes table<string, btshare.Box> by the SHA-256 of the upload's secret
---@field private order string[] oldest first
local Stopped = {}
Stopped.__index = Stopped

local stopped = {}

local most = 1000

---@return btshare.boxes.Stopped
function stopped.new()
  return setmetatable({ boxes = {}, order = {} }, Stopped)
end

---@param box btshare.Box
---@param secret string the upload's
function Stopped:add(box, secret)
  local key = crypto.sha256(secret)
  if self.boxes[key] then return end
  self.boxes[key] = box
  table.insert(self.order, key)
  if #self.order > most then self.boxes[table.remove(self.order, 1)] = nil end
end

---What keeps one beyond a restart, and lets the oldest go.
---@param upload btshare.Upload
---@return table[] statements
function stopped.statements(upload)
  return {
    { "INSERT OR IGNORE INTO box_stopped SELECT ?, id, ? FROM boxes WHERE id = ?", -- which may be gone by now
      upload.id, os.time(), upload.box.id },
    { "DELETE FROM box_stopped WHERE id IN (SELECT id FROM box_stopped ORDER BY stopped DESC, id DESC "
      .. "LIMIT -1 OFFSET ?)", most },
  }
end

---Reads what was kept.
---@param boxes btshare.Boxes all of them
function Stopped:load(boxes)
  for _, row in ipairs(boxes.services.store:query("SELECT id, box FROM box_stopped ORDER BY stopped, id")) do
    self:add(boxes.by_id[row.box], boxes:secret_of(row.id))
  end
end

---@param box btshare.Box
---@param secret string as it came in a request
---@return boolean
function Stopped:has(box, secret)
  return self.boxes[crypto.sha256(secret)] == box
end

return stopped
