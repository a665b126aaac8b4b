-- Those who listen to the stream: how many there may be, and what becomes of one who does not read.

---@class btshare.live.Reader
---@field owner string
---@field request core.http.Request
---@field push fun(bytes: string): integer?
---@field finish fun()
---@field waiting integer pushes since all was sent

---@class btshare.live.Readers
---@field count integer
---@field private list table<btshare.live.Reader, true>
---@field private on_left fun()
---@field private owners table<string, integer> how many each has
local Readers = {}
Readers.__index = Readers

local readers = {}

local most, most_of_one = 64, 4
local most_waiting = 1000 -- pushes; what may pile up in bytes is core.http's to watch

---@param on_left fun() told when somebody has gone
---@return btshare.live.Readers
function readers.new(on_left)
  return setmetatable({ count = 0, list = {}, owners = {}, on_left = on_left }, Readers)
end

---@param owner string
---@return boolean free
---@return string? message
function Readers:check(owner)
  if self.count >= most then
    return false, ("the stream of events: %d listen already"):format(most)
  elseif (self.owners[owner] or 0) >= most_of_one then
    return false, ("the stream of events: you listen %d times already"):format(most_of_one)
  end
  return true
end

local function add(self, reader)
  self.list[reader] = true
  self.count = self.count + 1
  self.owners[reader.owner] = (self.owners[reader.owner] or 0) + 1
end

local function remove(self, reader)
  if not self.list[reader] then return end
  self.list[reader] = nil
  self.count = self.count - 1
  local left = self.owners[reader.owner] - 1
  self.owners[reader.owner] = left > 0 and left or nil
  self.on_left()
end

---@param request core.http.Request
---@param owner string
---@param first string what it gets at once
---@return core.http.Reply
function Readers:reply(request, owner, first)
  local reader = { owner = owner, request = request, waiting = 0 }
  return {
    status = 200, stream = true, body = first,
    headers = {
      ["Content-Type"] = "text/event-stream", ["Cache-Control"] = "no-store", ["X-Accel-Buffering"] = "no",
    },
    on_open = function(push, finish)
      reader.push, reader.finish = push, finish
      add(self, reader)
    end,
    on_sent = function() remove(self, reader) end,
  }
end

---@param bytes string for all
function Readers:push(bytes)
  local slow = {}
  for reader in pairs(self.list) do
    local queued = reader.push(bytes)
    reader.waiting = queued and queued > #bytes and reader.waiting + 1 or 0
    if reader.waiting > most_waiting then slow[#slow + 1] = reader end
  end
  for _, reader in ipairs(slow) do reader.request.listener:cut(reader.request.id) end
end

---@param owner string
function Readers:cut(owner)
  for reader in pairs(self.list) do
    if reader.owner == owner then reader.request.listener:cut(reader.request.id) end
  end
end

function Readers:close()
  for reader in pairs(self.list) do reader.finish() end
end

return readers
