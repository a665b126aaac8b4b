-- Reads an HTTP/1.1 response (RFC 9112) from bytes in whatever pieces they come.
local parser = {}

local longest_head = 64 * 1024

---@class btshare.http.response_parser
---@field status integer? once the head is complete
---@field headers table<string, string> names in lower case; repeated ones joined by ", "
---@field body string? once complete
local Parser = {}
Parser.__index = Parser

---@param method string of the request: a response to HEAD has no body
---@param limit integer of the body, bytes
---@return btshare.http.response_parser
function parser.new(method, limit)
  return setmetatable({
    method = method, limit = limit, headers = {}, buffer = "", pieces = {}, length = 0, step = Parser.read_head,
  }, Parser)
end

-- A step returns true to go on with the next one, nothing when it needs more bytes.

function Parser:fail(message)
  self.failure = message
end

function Parser:complete()
  self.body = table.concat(self.pieces)
  self.step = nil
end

function Parser:take_line()
  local stop, after = self.buffer:find("\r?\n")
  if not stop then
    if #self.buffer > longest_head then self:fail("a line is too long") end
    return nil
  end
  local line = self.buffer:sub(1, stop - 1)
  self.buffer = self.buffer:sub(after + 1)
  return line
end

function Parser:add_header(line)
  local name, value = line:match("^([^%s:]+):%s*(.-)%s*$")
  if not name then return self:fail("a header is malformed") end
  name = name:lower()
  self.headers[name] = self.headers[name] and self.headers[name] .. ", " .. value or value
end

function Parser:read_head()
  local _, stop = self.buffer:find("\r?\n\r?\n")
  if not stop then
    if #self.buffer > longest_head then self:fail("the head is too long") end
    return
  end
  local status = self:take_line():match("^HTTP/1%.%d (%d%d%d)")
  if not status then return self:fail("not HTTP") end
  self.status, self.headers = math.tointeger(tonumber(status)), {}
  for line in function() return self:take_line() end do
    if line == "" then break end
    self:add_header(line)
  end
  return not self.failure and self:choose_body()
end

function Parser:choose_body()
  if self.status < 200 then return true end -- an interim response: the head of the real one follows
  if self.method == "HEAD" or self.status == 204 or self.status == 304 then return self:complete() end
  if self.headers["transfer-encoding"] then
    if self.headers["transfer-encoding"]:lower() ~= "chunked" then return self:fail("unknown transfer encoding") end
    self.step = Parser.read_chunk_size
  elseif self.headers["content-length"] then
    self.left = math.tointeger(tonumber(self.headers["content-length"]:match("^%d+$")))
    if not self.left then return self:fail("the content length is malformed") end
    self.step = Parser.read_sized
  else
    self.left, self.step = math.huge, Parser.read_sized
  end
  return true
end

-- Moves up to `left` bytes to the body; true when none are left to wait for.
function Parser:read_left()
  local piece = self.left < #self.buffer and self.buffer:sub(1, self.left) or self.buffer
  self.buffer = self.buffer:sub(#piece + 1)
  self.length, self.left = self.length + #piece, self.left - #piece
  if self.length > self.limit then return self:fail("the body is too long") end
  self.pieces[#self.pieces + 1] = piece
  return self.left == 0
end

function Parser:read_sized()
  if self:read_left() then self:complete() end
end

function Parser:read_chunk_size()
  local line = self:take_line()
  if not line then return end
  local digits = line:match("^(%x+)%s*$") or line:match("^(%x+)%s*;")
  if not digits or #digits > 12 then return self:fail("a chunk size is malformed") end
  self.left = tonumber(digits, 16)
  self.step = self.left == 0 and Parser.read_trailer or Parser.read_chunk
  return true
end

function Parser:read_chunk()
  if not self:read_left() then return end
  self.step = Parser.read_chunk_end
  return true
end

function Parser:read_chunk_end()
  local line = self:take_line()
  if not line then return end
  if line ~= "" then return self:fail("a chunk is longer than it said") end
  self.step = Parser.read_chunk_size
  return true
end

function Parser:read_trailer()
  local line = self:take_line()
  if line == "" then self:complete() end
  return line ~= nil and line ~= ""
end

---@param bytes string
---@return boolean? complete nil on failure
---@return string? message
function Parser:feed(bytes)
  self.buffer = self.buffer .. bytes
  while self.step and not self.failure and self:step() do end
  if self.failure then return nil, self.failure end
  return self.step == nil
end

---Says that the other side has closed.
---@return boolean? complete nil when that was too early
---@return string? message
function Parser:finish()
  if self.step == Parser.read_sized and self.left == math.huge then self:complete() end
  if self.step then return nil, "the answer ended too early" end
  return true
end

return parser
