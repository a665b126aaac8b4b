-- Files sent by the form of the page, which needs no script: they come in one go, and the page that answers says what
-- has become of each.
local limits = require "btshare.boxes.limits"
local multipart = require "btshare.http.multipart"
local refusals = require "btshare.boxes.refusals"
local stream = require "btshare.boxes.stream"
local transfers = require "btshare.boxes.transfers"

---@class btshare.routes.Form what one request sends
---@field box btshare.Box
---@field kept btshare.Upload[]
---@field refused {name: string, refusal: btshare.boxes.Refusal}[]
---@field problem string? of the form itself
---@field private intake btshare.boxes.Intake
---@field private transfer btshare.boxes.Transfer
---@field private parser btshare.http.Multipart
---@field private fields {sender: string?, note: string?}
---@field private stream btshare.boxes.Stream? the file that is coming
---@field private field string? the other field that is coming
---@field private address string
local Form = {}
Form.__index = Form

local form = {}

local most_value = 16 * 1024       -- bytes of what is no file
local around = 1024 * 1024         -- bytes of a form that are no files
local wanted = { sender = true, note = true }

form.most_body = 1 << 45

---Whether a form may come, before its first byte.
---@param intake btshare.boxes.Intake
---@param box btshare.Box
---@param request core.http.Request
---@return btshare.WayIn?
---@return btshare.boxes.Refusal?
function form.begin(intake, box, request)
  local boundary = multipart.boundary(request.headers["content-type"])
  if not boundary then
    return nil, { status = 415, code = "invalid", message = "body: must be sent as multipart/form-data" }
  end
  local files, bytes = limits.count(box)
  local left, length = box.limits.bytes - bytes + around, tonumber(request.headers["content-length"]) or 0
  if files >= box.limits.files then
    return nil, refusals.new(("%d files may be sent here, and they have been"):format(files), "box_full")
  elseif length > left then
    return nil, refusals.new("this is more than may be sent here", "too_large")
  end
  local room, refusal = intake:check_room(length)
  if not room then return nil, refusal end
  local transfer, message, code = transfers.begin(box, request)
  if not transfer then return nil, refusals.new(message, code) end
  local self = setmetatable({
    box = box, intake = intake, kept = {}, refused = {}, parser = multipart.new(boundary), fields = {},
    address = request.address, transfer = transfer,
  }, Form)
  return {
    limit = left, form = self, on_piece = function(piece) self:take(piece) end, on_lost = function() self:close() end,
  }
end

function Form:begin_part(about)
  self.field, self.stream = nil, nil
  if about.filename and about.filename ~= "" then
    local refusal
    self.stream, refusal = stream.begin(self.intake, self.box, {
      name = about.filename, sender = self.fields.sender, note = self.fields.note, address = self.address,
    }, self.transfer)
    if not self.stream then self:refuse(about.filename, refusal) end
  elseif not about.filename and wanted[about.name] then
    self.field, self.fields[about.name] = about.name, ""
  end
end

function Form:refuse(name, refusal)
  self.refused[#self.refused + 1] = { name = name, refusal = refusal }
end

-- What is left of a file that is refused goes nowhere.
function Form:add_data(bytes)
  if self.stream then
    local done, refusal = self.stream:write(bytes)
    if done then return end
    self.stream:abort()
    self:refuse(self.stream.upload.name, refusal)
    self.stream = nil
  elseif self.field and #self.fields[self.field] + #bytes <= most_value then
    self.fields[self.field] = self.fields[self.field] .. bytes
  end
end

function Form:finish_part()
  local coming = self.stream
  self.stream = nil
  if not coming then return end
  local upload, refusal = coming:finish()
  if upload then
    self.kept[#self.kept + 1] = upload
  else
    self:refuse(coming.upload.name, refusal)
  end
end

local takers = { begin = Form.begin_part, data = Form.add_data, finish = Form.finish_part }

---Takes the next bytes. Call in a task.
---@param bytes string
function Form:take(bytes)
  local list = {}
  self.parser:feed(bytes, function(kind, value) list[#list + 1] = { kind, value } end)
  for _, item in ipairs(list) do takers[item[1]](self, item[2]) end
end

---No more bytes come. A file that is not whole by then goes. Call in a task.
function Form:close()
  if self.stream then
    self.stream:abort()
    self:refuse(self.stream.upload.name, refusals.new("it did not come whole", "failed"))
    self.stream = nil
  end
  if not self.parser.is_done then self.problem = self.parser.problem or "has no end" end
  self.transfer:finish()
end

return form
