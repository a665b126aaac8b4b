-- Uploads that the owner stopped while they came: their senders are told so, and do not begin again by themselves.
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

---@param upload btshare.Upload
function Stopped:add(upload)
  local key = crypto.sha256(upload.secret)
  if self.boxes[key] then return end
  self.boxes[key] = upload.box
  table.insert(self.order, key)
  if #self.order > most then self.boxes[table.remove(self.order, 1)] = nil end
end

---@param box btshare.Box
---@param secret string as it came in a request
---@return boolean
function Stopped:has(box, secret)
  return self.boxes[crypto.sha256(secret)] == box
end

return stopped
