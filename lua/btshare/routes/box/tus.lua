-- Sending a file bit by bit: tus 1.0.0 (https://tus.io/protocols/resumable-upload), with creation,
-- creation-with-upload, checksum, expiration and termination. An upload's own address is what lets its sender go on
-- with it, and take it back.
local checksum = require "btshare.routes.box.checksum"
local date = require "btshare.http.date"
local limits = require "btshare.boxes.limits"
local metadata = require "btshare.routes.box.metadata"
local refusals = require "btshare.boxes.refusals"
local removal = require "btshare.boxes.removal"
local reply = require "btshare.http.reply"

local tus = {}

local version = "1.0.0"
local extensions = "creation,creation-with-upload,checksum,expiration,termination"
local media = "application/offset+octet-stream"
local most_body = 1 << 45 -- bytes; what a file may have says its box

---@class btshare.routes.Tus
---@field private services btshare.Services
---@field private missing fun(request: core.http.Request): core.http.Reply
local Tus = {}
Tus.__index = Tus

---@param services btshare.Services
---@param missing fun(request: core.http.Request): core.http.Reply
---@return btshare.routes.Tus
function tus.new(services, missing)
  return setmetatable({ services = services, missing = missing }, Tus)
end

local function with_version(answer)
  answer.headers = answer.headers or {}
  answer.headers["Tus-Resumable"] = version
  return answer
end

local function problem(status, message, code)
  return with_version(reply.problem(status, message, { code = code }))
end

---@param refusal btshare.boxes.Refusal
---@param upload btshare.Upload?
local function refuse(refusal, upload)
  local answer = problem(refusal.status, refusal.message, refusal.code)
  answer.headers["Retry-After"] = refusal.status == 429 and tostring(limits.retry_seconds) or nil
  answer.headers["Upload-Offset"] = refusal.code == "offset" and upload and tostring(upload.received) or nil
  return answer
end

-- What is said where a request is of another version, or announces what cannot be compared.
local function check_headers(request)
  local _, why = checksum.of(request)
  if request.headers["tus-resumable"] == version then
    return why and problem(400, "Upload-Checksum: " .. why, "invalid") or nil
  end
  local answer = problem(412, "Tus-Resumable: must be " .. version, "invalid")
  answer.headers["Tus-Version"] = version
  return answer
end

-- Digits only: what is sent as a number here is one.
local function number_of(request, name)
  local digits = (request.headers[name] or ""):match("^%d+$")
  return digits and #digits <= 15 and math.tointeger(tonumber(digits)) or nil
end

local function is_bytes(request)
  return (request.headers["content-type"] or ""):lower():match("^%s*([^;%s]*)") == media
end

local function box_of(self, request)
  return self.services.boxes:find(request.segments[2])
end

-- The upload that an address means, or what is said instead.
local function upload_of(self, request)
  local box = box_of(self, request)
  local upload = box and self.services.boxes:find_upload(box, request.segments[4])
  if upload then return upload end
  local is_stopped = box and self.services.box_intake.stopped:has(box, request.segments[4])
  if not is_stopped then return nil, self.missing(request) end
  return nil, refuse(refusals.new("its receiver stopped it", "denied"))
end

-- What an answer says of an upload.
local function headers_of(upload)
  return {
    ["Upload-Offset"] = tostring(upload.finished and upload.size or upload.received),
    ["Upload-Expires"] = not upload.finished and date.format(limits.expires(upload)) or nil,
    ["X-Receipt"] = upload.finished and upload.receipt or nil,
  }
end

local function open(self, request, upload, offset)
  local announced = checksum.of(request)
  local way, refusal = self.services.box_intake:open(upload, offset, number_of(request, "content-length"), request,
    announced and announced.digest)
  if not way then return nil, refuse(refusal, upload) end
  return way
end

-- What is there of the bytes that came counts, unless they are others than were announced.
local function close(self, request, upload)
  local announced = checksum.of(request)
  return self.services.box_intake:close(upload, announced and announced:matches(request.body_digest))
end

local function begin(self, request)
  local box = box_of(self, request)
  if not box then return nil, self.missing(request) end
  local wrong = check_headers(request)
  if wrong then return nil, wrong end
  local size, about = number_of(request, "upload-length"), metadata.read(request.headers["upload-metadata"] or "")
  if not size then return nil, problem(400, "Upload-Length: must say how many bytes there are", "invalid") end
  if not about then return nil, problem(400, "Upload-Metadata: cannot be read", "invalid") end
  local name = about.name or about.filename
  if not name then return nil, problem(400, "Upload-Metadata: must say the name", "bad_name") end
  local upload, refusal = self.services.box_intake:begin(box, {
    name = name, size = size, sender = about.sender, note = about.note, address = request.address,
  })
  if not upload then return nil, refuse(refusal) end
  return upload
end

-- The first bytes of a file come with what is said of it.
local function receive_first(self, request)
  if box_of(self, request) and not is_bytes(request) then
    return nil, problem(415, "body: must be sent as " .. media, "invalid")
  end
  local upload, answer = begin(self, request)
  if not upload then return nil, answer end
  local way
  way, answer = open(self, request, upload, 0)
  if not way then removal.remove(self.services.box_intake, upload) end -- whose address its sender was not told
  return way, answer
end

local function create(self, request)
  local way = request.way_in
  local upload = way and way.upload
  if way then
    local done, refusal = close(self, request, upload)
    if not done then
      if refusal.code == "checksum" then removal.remove(self.services.box_intake, upload) end -- as above
      return refuse(refusal, upload)
    end
  else
    local problem_reply
    upload, problem_reply = begin(self, request)
    if not upload then return problem_reply end
  end
  local answer = with_version { status = 201, headers = headers_of(upload) }
  answer.headers["Location"] = ("/d/%s/files/%s"):format(upload.box.token, upload.secret)
  return answer
end

local function check_patch(self, request)
  local upload, answer = upload_of(self, request)
  if not upload then return nil, answer end
  answer = check_headers(request)
  if answer then return nil, answer end
  if not is_bytes(request) then return nil, problem(415, "body: must be sent as " .. media, "invalid") end
  local offset = number_of(request, "upload-offset")
  if not offset then return nil, problem(400, "Upload-Offset: must say where the bytes go", "invalid") end
  return upload, nil, offset
end

local function receive_more(self, request)
  local upload, answer, offset = check_patch(self, request)
  if not upload then return nil, answer end
  return open(self, request, upload, offset)
end

local function patch(self, request)
  local way = request.way_in
  local upload, answer, offset
  if way then
    upload = way.upload
    local done, refusal = close(self, request, upload)
    if not done then return refuse(refusal, upload) end
  else
    upload, answer, offset = check_patch(self, request)
    if not upload then return answer end
    if self.services.box_intake:offset(upload) ~= offset then
      return refuse(refusals.new("the next byte is another one", "offset"), upload)
    end
    local announced = checksum.of(request)
    if announced and not announced:matches() then return refuse(refusals.new("no bytes came", "checksum"), upload) end
  end
  return with_version { status = 204, headers = headers_of(upload) }
end

local function head(self, request)
  local upload, answer = upload_of(self, request)
  if not upload then return answer end
  self.services.box_intake:offset(upload)
  if upload.is_gone then return self.missing(request) end
  answer = with_version { status = 200, headers = headers_of(upload) }
  answer.headers["Upload-Length"] = tostring(upload.size)
  answer.headers["Cache-Control"] = "no-store"
  return answer
end

local function remove(self, request)
  local upload, answer = upload_of(self, request)
  if not upload then return answer end
  local done, refusal = removal.take_back(self.services.box_intake, upload)
  return done and with_version { status = 204 } or refuse(refusal, upload)
end

local function options(self, request)
  local box = box_of(self, request)
  if not box then return self.missing(request) end
  return with_version { status = 204, headers = {
    ["Tus-Version"] = version, ["Tus-Extension"] = extensions, ["Tus-Max-Size"] = tostring(box.limits.file_bytes),
    ["Tus-Checksum-Algorithm"] = checksum.algorithms,
  } }
end

---Adds the routes.
---@param router btshare.Router
function Tus:add(router)
  local function add(pattern, handler, receive)
    router:add(pattern, function(request) return handler(self, request) end, receive and {
      body_limit = most_body, receive = function(request) return receive(self, request) end,
    } or nil)
  end
  add("OPTIONS /d/:token/files", options)
  add("POST /d/:token/files", create, receive_first)
  add("HEAD /d/:token/files/:upload", head)
  add("PATCH /d/:token/files/:upload", patch, receive_more)
  add("DELETE /d/:token/files/:upload", remove)
end

return tus
