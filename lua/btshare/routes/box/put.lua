-- A file sent by PUT to an address that ends with its name, as `curl -T FILE LINK/` does: in one go, or not at all.
local refusals = require "btshare.boxes.refusals"
local stream = require "btshare.boxes.stream"
local transfers = require "btshare.boxes.transfers"

---@class btshare.routes.Put
---@field box btshare.Box
---@field private stream btshare.boxes.Stream
---@field private transfer btshare.boxes.Transfer
---@field private refusal btshare.boxes.Refusal? why nothing more of it is taken
local Put = {}
Put.__index = Put

local put = {}

-- What is not chunked says how long it is, and is nothing where it does not.
local function length_of(request)
  if request.headers["transfer-encoding"] then return nil end
  return math.tointeger(tonumber(request.headers["content-length"])) or 0
end

---Begins a file, before its first byte. Call in a task.
---@param intake btshare.boxes.Intake
---@param box btshare.Box
---@param request core.http.Request
---@param name string as it was sent
---@return btshare.routes.Put?
---@return btshare.boxes.Refusal?
function put.begin(intake, box, request, name)
  local transfer, message, reason = transfers.begin(box, request)
  if not transfer then return nil, refusals.new(message, reason) end
  local coming, refusal = stream.begin(intake, box, {
    name = name, size = length_of(request), address = request.address,
    sender = request.headers["x-sender"], note = request.headers["x-note"],
  }, transfer)
  if coming and transfer.is_cut then
    coming:abort()
    coming, refusal = nil, refusals.new("the link has ended", "gone")
  end
  if coming then return setmetatable({ box = box, stream = coming, transfer = transfer }, Put) end
  transfer:finish()
  return nil, refusal
end

---@return btshare.WayIn
function Put:way_in()
  return {
    put = self, limit = self.stream.upload.size > 0 and self.stream.upload.size or self.box.limits.file_bytes,
    on_piece = function(bytes) return self:take(bytes) end, on_lost = function() self:lose() end,
  }
end

---Takes the next bytes. Call in a task.
---@param bytes string
---@return integer? status of a refusal of what would come then
function Put:take(bytes)
  local done, refusal = self.stream:write(bytes)
  if done then return nil end
  self.stream:abort()
  self.refusal = refusal
  return refusal.status
end

---It never comes whole: nothing of it stays. Call in a task.
function Put:lose()
  if not self.refusal then self.stream:abort() end
  self.transfer:finish()
end

---All of it has come. Call in a task.
---@return btshare.Upload?
---@return btshare.boxes.Refusal?
function Put:finish()
  local upload, refusal = nil, self.refusal
  if not refusal then upload, refusal = self.stream:finish() end
  self.transfer:finish()
  return upload, refusal
end

return put
