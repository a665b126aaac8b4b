-- Standard output and error: written through the loop, so that a slow reader never holds it up.
local uv = require "luv"

local output = {}

-- What may wait for a slow reader; beyond it, further writes are dropped and counted.
local most_waiting = 32 * 1024 * 1024

-- What keeps a file from being written, as the system says it in words.
local in_words = {
  ENOSPC = "No space left on device", EDQUOT = "Disk quota exceeded", EFBIG = "File too large",
  EIO = "Input/output error",
}

---@class btshare.terminal.output
---@field is_terminal boolean
---@field colour boolean whether SGR sequences may be written
---@field waiting integer bytes not yet taken by the reader
---@field lost integer writes dropped because too much waited
---@field private gathered string[] what is written as one when the write that is under way has ended
---@field private is_writing boolean
---@field broken string? why nothing can be written any more: "EPIPE", "ENOSPC", …
---@field on_broken fun(reason: string)? called when a write has failed, once
local Output = {}
Output.__index = Output

local function may_colour()
  local refused = os.getenv("NO_COLOR")
  return (refused == nil or refused == "") and os.getenv("TERM") ~= "dumb"
end

---@param fd integer 1 or 2; libuv leaves these open when a stream on them is closed
---@return btshare.terminal.output
function output.open(fd)
  local kind = uv.guess_handle(fd)
  local self = setmetatable({ fd = fd, kind = kind, is_terminal = kind == "tty", waiting = 0, lost = 0,
    gathered = {}, is_writing = false }, Output)
  self.colour = self.is_terminal and may_colour()
  if kind == "unknown" then self.broken = "EBADF" end -- closed by whoever started us
  return self
end

---Opens both; one object serves both where they are the same terminal, which keeps the order of lines.
---@return btshare.terminal.output out
---@return btshare.terminal.output err
function output.standard()
  local out, err = output.open(1), output.open(2)
  if out.is_terminal and err.is_terminal and uv.fs_fstat(1).rdev == uv.fs_fstat(2).rdev then return out, out end
  return out, err
end

-- The stream, opened when first needed; nil for plain files.
function Output:open_stream()
  if self.stream or self.kind == "file" then return self.stream end
  local stream, opened
  if self.kind == "tty" then
    stream = uv.new_tty(self.fd, false)
    opened = stream ~= nil
  else
    stream = self.kind == "tcp" and uv.new_tcp() or uv.new_pipe(false)
    opened = stream:open(self.fd)
    if not opened then stream:close() end
  end
  if opened then
    self.stream = stream
  else
    self.kind = "file"
  end
  return self.stream
end

function Output:close_stream()
  if not self.stream then return end
  -- Others may hold the same pipe and expect it to block.
  if self.kind ~= "tty" and not self.broken then self.stream:set_blocking(true) end
  self.stream:close()
  self.stream = nil
end

local function break_off(self, reason)
  if self.broken then return end
  self.broken = reason
  if self.on_broken then self.on_broken(reason) end
end

local function write_file(self, text)
  while text ~= "" do
    local written, _, code = uv.fs_write(self.fd, text, -1)
    if not written then
      break_off(self, code)
      return false
    end
    text = text:sub(written + 1)
  end
  return true
end

local function write_stream(self, text)
  self.is_writing = true
  self.stream:write(text, function(failure)
    self.is_writing = false
    self.waiting = self.waiting - #text
    if failure then break_off(self, failure) end
    self:flush()
    if self.waiting == 0 and self.on_drained then self.on_drained() end
  end)
end

---Writes what was gathered.
---@private
function Output:flush()
  local text = table.concat(self.gathered)
  if text == "" then return end
  self.gathered = {}
  if self.broken then
    self.waiting = self.waiting - #text
  else
    write_stream(self, text)
  end
end

---@return string? words why nothing can be written any more
function Output:why_broken()
  return self.broken and (in_words[self.broken] or self.broken)
end

---@return boolean has_room whether a write would be accepted
function Output:has_room()
  return self.waiting <= most_waiting
end

---Writes without waiting.
---@param text string
---@param is_patient boolean? it comes in large numbers: while a write is under way it may be gathered, and then be
---written with what came after it
---@return boolean accepted
function Output:write(text, is_patient)
  if self.broken or text == "" then return not self.broken end
  if not self:has_room() then
    self.lost = self.lost + 1
    return false
  end
  if not self:open_stream() then return write_file(self, text) end
  self.waiting = self.waiting + #text
  table.insert(self.gathered, text)
  if not (is_patient and self.is_writing) then self:flush() end
  return true
end

---@return integer columns of the terminal, huge where there is none
function Output:width()
  if not self.is_terminal then return math.maxinteger end
  local stream = self:open_stream()
  local columns = stream and stream.get_winsize and stream:get_winsize()
  return columns and columns > 0 and columns or 80
end

---Lets go of the stream as soon as all is written, and calls `on_finished` then. Later writes still work.
---@param on_finished fun()?
---@param patience number? seconds after which a reader that does not read gets no more; without it, no end
function Output:finish(on_finished, patience)
  local timer
  self.on_drained = function()
    self:close_stream()
    if timer then timer:close() end
    timer = nil
    if on_finished then on_finished() end
    on_finished = nil
  end
  if self.waiting == 0 then return self.on_drained() end
  if not patience then return end
  timer = uv.new_timer()
  timer:start(math.floor(patience * 1000), 0, function()
    self.broken = "ETIMEDOUT"
    self:close_stream() -- cancels what waits, which drains it
  end)
end

return output
