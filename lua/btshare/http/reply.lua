-- Replies: what handlers return, with the headers that each kind of reply must have.
local json = require "core.json"

local reply = {}

---The HTTP status of an error code (design §2).
reply.statuses = {
  invalid = 400, denied = 403, missing = 404, exists = 409, gone = 410, busy = 503, full = 507,
}

local titles = {
  [400] = "Bad request", [401] = "Log in first", [403] = "Not allowed", [404] = "Not found",
  [405] = "Method not allowed", [409] = "Conflict", [410] = "Gone", [412] = "Changed meanwhile", [413] = "Too large",
  [415] = "Sent in another form", [422] = "Cannot be processed", [429] = "Too many tries",
  [460] = "Not what was announced", [500] = "Failed", [503] = "Not now", [507] = "No space",
}

---@param object any
---@return string? etag of its version, where it has one
function reply.etag(object)
  local revision = type(object) == "table" and object.revision
  return revision and ('"r%d"'):format(revision) or nil
end

---@param status integer
---@param value any an object with a `revision` has it as its ETag
---@return core.http.Reply
function reply.json(status, value)
  return {
    status = status,
    headers = {
      ["Content-Type"] = "application/json", ["Cache-Control"] = "no-store", ["ETag"] = reply.etag(value),
    },
    body = json.encode(value),
  }
end

---@param status integer
---@param text string
---@return core.http.Reply
function reply.text(status, text)
  return {
    status = status,
    headers = { ["Content-Type"] = "text/plain; charset=utf-8", ["Cache-Control"] = "no-store" },
    body = text,
  }
end

---A problem document (RFC 9457).
---@param code string|integer an error code, or a status
---@param detail string one sentence
---@param more table? further members
---@return core.http.Reply
function reply.problem(code, detail, more)
  local status = math.type(code) == "integer" and code or reply.statuses[code] or 500
  local document = more or {}
  document.type, document.title, document.status = "about:blank", titles[status] or "Error", status
  document.detail = detail
  document.code = type(code) == "string" and code or document.code
  local answer = reply.json(status, document)
  answer.headers["Content-Type"] = "application/problem+json"
  answer.headers["WWW-Authenticate"] = status == 401 and "Bearer" or nil
  return answer
end

---@return core.http.Reply
function reply.empty()
  return { status = 204 }
end

return reply
