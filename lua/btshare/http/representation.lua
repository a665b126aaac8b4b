-- Answers GET and HEAD for something of known length: conditions, ranges and their headers in one place.
local conditions = require "btshare.http.conditions"
local crypto = require "core.crypto"
local date = require "btshare.http.date"
local http = require "core.http"
local ranges = require "btshare.http.ranges"

local representation = {}

---@class btshare.Representation
---@field length integer bytes
---@field etag string? strong; without one there are no ranges either: nothing could tell two versions apart
---@field modified integer? seconds since 1970
---@field headers table<string, string>
---@field is_costly boolean? HEAD makes no body, which otherwise is looked at before it is promised
---@field add fun(body: core.http.Body, first: integer, last: integer) adds these bytes of it; may wait

local function headers_of(of)
  local headers = {}
  for name, value in pairs(of.headers) do headers[name] = value end
  headers.ETag = of.etag
  headers["Last-Modified"] = of.modified and date.format(math.min(of.modified, os.time()))
  headers["Accept-Ranges"] = of.etag and "bytes" or "none"
  return headers
end

local function whole(request, of)
  local answer = { status = 200, headers = headers_of(of) }
  if request.method == "HEAD" and of.is_costly then
    answer.length = of.length
    return answer
  end
  answer.body = http.body()
  if of.length > 0 then of.add(answer.body, 0, of.length - 1) end
  return answer, { { first = 0, last = of.length - 1 } }
end

local function one_part(of, range)
  local answer = { status = 206, headers = headers_of(of), body = http.body() }
  answer.headers["Content-Range"] = ranges.content_range(range, of.length)
  of.add(answer.body, range.first, range.last)
  return answer, { range }
end

-- multipart/byteranges (RFC 9110 §14.6). The boundary is random: no file can hold it on purpose.
local function many_parts(of, list)
  local boundary = crypto.hex(crypto.random(16))
  local answer = { status = 206, headers = headers_of(of), body = http.body() }
  local kind = answer.headers["Content-Type"]
  answer.headers["Content-Type"] = "multipart/byteranges; boundary=" .. boundary
  for _, range in ipairs(list) do
    answer.body:add_bytes(("\r\n--%s\r\nContent-Type: %s\r\nContent-Range: %s\r\n\r\n"):format(
      boundary, kind, ranges.content_range(range, of.length)))
    of.add(answer.body, range.first, range.last)
  end
  answer.body:add_bytes(("\r\n--%s--\r\n"):format(boundary))
  return answer, list
end

local function without_body(of, status)
  local answer = { status = status, headers = headers_of(of) }
  answer.headers["Content-Type"], answer.headers["Content-Disposition"] = nil, nil
  if status == 416 then
    answer.headers["Content-Range"] = "bytes */" .. of.length
  end
  return answer
end

---Call in a task.
---@param request core.http.Request GET or HEAD
---@param of btshare.Representation
---@return core.http.Reply reply
---@return btshare.http.Range[]? sent the bytes that its body holds
function representation.answer(request, of)
  local status = conditions.check(request.headers, of.etag, of.modified)
  if status then return without_body(of, status) end
  local list
  if request.method == "GET" and of.etag and conditions.allow_range(request.headers, of.etag) then
    list = ranges.parse(request.headers.range, of.length)
  end
  if not list then return whole(request, of) end
  if #list == 0 then return without_body(of, 416) end
  if #list == 1 then return one_part(of, list[1]) end
  return many_parts(of, list)
end

return representation
