-- Bytes that are being sent into a drop box, each over a connection of its own: how many may be, and how they end.
local limits = require "btshare.boxes.limits"
local task = require "btshare.task"

---@class btshare.boxes.Transfer
---@field address string
---@field is_cut boolean? was to end, also where it has not begun
---@field private box btshare.Box
---@field private request core.http.Request
---@field private waiting fun()[] told when it has ended
local Transfer = {}
Transfer.__index = Transfer

local transfers = {}

---Takes note that somebody sends into a box from now on, where that may be.
---@param box btshare.Box
---@param request core.http.Request
---@return btshare.boxes.Transfer?
---@return string? message
---@return "too_many"? reason
function transfers.begin(box, request)
  local free, message, reason = limits.check_transfer(box, request.address)
  if not free then return nil, message, reason end
  local self = setmetatable({ address = request.address, box = box, request = request, waiting = {} }, Transfer)
  box.transfers[self] = true
  return self
end

---Ends its connection.
function Transfer:cut()
  self.is_cut = true
  self.request.listener:cut(self.request.id)
end

---Ends its connection, and waits until nothing more comes of it. Call in a task.
function Transfer:stop()
  self:cut()
  task.await(function(resume) table.insert(self.waiting, resume) end)
end

---No more bytes come.
function Transfer:finish()
  self.box.transfers[self] = nil
  for _, resume in ipairs(self.waiting) do resume() end
  self.waiting = {}
end

return transfers
