-- A drop box of the real program on loopback: the owner's side of it, and what a sender does.
local client = require "http_client"
local console = require "console"
local helper = require "helper"
local process = require "support.process"
local uv = require "luv"

local box = {}

---@class TestBox
---@field console Console
---@field inbox string folder
---@field private seen string the same, as it is for btshare
---@field token string
---@field id string
local Box = {}
Box.__index = Box

-- Runs btshare where its inbox is a disk of its own, seen by nobody else.
local mounting = 'mount -t tmpfs -o size=%s tmpfs "$0" && exec "$@"'

---Starts btshare and makes a box.
---@param choice table? what the box is made with
---@param more DaemonOptions? and `disk`: the size of one that has the inbox alone, for which it takes root
---@param plugins table<string, string>?
---@return TestBox
function box.start(choice, more, plugins)
  local inbox = helper.folder()
  more = more or {}
  more.config = ("inbox = %q\n"):format(inbox) .. (more.config or "")
  if more.disk then more.through = { "unshare", "--mount", "sh", "-c", mounting:format(more.disk), inbox } end
  local self = setmetatable({ console = console.start(more, plugins), inbox = inbox, seen = inbox }, Box)
  if more.disk then self.seen = ("/proc/%d/root%s"):format(self.console.daemon.process.pid, inbox) end
  self.secret = self.console:token("spec", "--scope", "share")
  local made = self:api("POST", "/api/v1/boxes", choice or "{}")
  assert(made.status == 201, made.raw)
  self.id, self.token, self.made = made.json.id, made.json.token, made.json
  return self
end

---Asks the API.
function Box:api(method, target, body)
  local headers = { Authorization = "Bearer " .. self.secret }
  if type(body) == "string" then headers["Content-Type"] = "application/json" end
  return self.console:ask(method, target, headers, body)
end

---Sends bytes to the public side as they are, and gives all that comes back until its end.
function Box:raw(bytes, seconds, from)
  return client.exchange({ port = self.console.public, from = from }, bytes, seconds or 20)
end

local function lines_of(headers)
  local lines = {}
  for name, value in pairs(headers) do
    if value then lines[#lines + 1] = name .. ": " .. value end
  end
  return table.concat(lines, "\r\n")
end

---The head of a request to the public side.
function Box:head(method, target, headers)
  local all = { Host = "127.0.0.1:" .. self.console.public, Connection = "close", ["Tus-Resumable"] = "1.0.0" }
  for name, value in pairs(headers or {}) do all[name] = value end
  return ("%s %s HTTP/1.1\r\n%s\r\n\r\n"):format(method, target, lines_of(all))
end

---Asks the public side.
function Box:ask(method, target, headers, body, from)
  headers = headers or {}
  if body then headers["Content-Length"] = tostring(#body) end
  local raw = self:raw(self:head(method, target, headers) .. (body or ""), 20, from)
  local response = assert(client.parse(raw, method == "HEAD"), "no whole response: " .. raw:sub(1, 200))
  response.raw = raw
  return response
end

local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

---@param bytes string
---@return string
function box.base64(bytes)
  local out = {}
  for index = 1, #bytes, 3 do
    local a, b, c = bytes:byte(index, index + 2)
    local value = a << 16 | (b or 0) << 8 | (c or 0)
    for place = 3, 0, -1 do
      local digit = value >> (6 * place) & 63
      local is_padding = place == 0 and not c or place == 1 and not b
      out[#out + 1] = is_padding and "=" or letters:sub(digit + 1, digit + 1)
    end
  end
  return table.concat(out)
end

---The header lines that begin an upload.
function box.creation(name, size, more)
  local metadata = { "name " .. box.base64(name) }
  for key, value in pairs(more or {}) do metadata[#metadata + 1] = key .. " " .. box.base64(value) end
  return { ["Upload-Length"] = tostring(size), ["Upload-Metadata"] = table.concat(metadata, ",") }
end

---Begins an upload.
---@return table response
---@return string? target of its own
function Box:create(name, size, more)
  local response = self:ask("POST", "/d/" .. self.token .. "/files", box.creation(name, size, more))
  return response, response.headers.location
end

---@param target string
---@param offset integer
---@return table<string, string>
function box.patching(offset)
  return { ["Upload-Offset"] = tostring(offset), ["Content-Type"] = "application/offset+octet-stream" }
end

---Sends bytes of an upload.
---@param checksum string? as its header has it
function Box:patch(target, offset, bytes, from, checksum)
  local headers = box.patching(offset)
  headers["Upload-Checksum"] = checksum
  return self:ask("PATCH", target, headers, bytes, from)
end

---@param target string
---@return integer? offset
function Box:offset(target)
  local response = self:ask("HEAD", target)
  return tonumber(response.headers["upload-offset"]), response
end

---The body of a form.
---@param parts string[][] name, value, and of a file its name
---@param boundary string
function box.form(parts, boundary)
  local pieces = {}
  for _, part in ipairs(parts) do
    local name = part[3] and ('; filename="%s"'):format(part[3]) or ""
    pieces[#pieces + 1] = ('--%s\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'):format(
      boundary, part[1], name, part[2])
  end
  return table.concat(pieces) .. "--" .. boundary .. "--\r\n"
end

---Sends a form.
function Box:post(parts, headers)
  headers = headers or {}
  headers["Content-Type"] = "multipart/form-data; boundary=----spec"
  return self:ask("POST", "/d/" .. self.token, headers, box.form(parts, "----spec"))
end

---A whole upload.
function Box:send(name, bytes, more)
  local created, target = self:create(name, #bytes, more)
  assert(created.status == 201, created.raw)
  local response = self:patch(target, 0, bytes)
  assert(response.status == 204, response.raw)
  return target, response
end

function Box:uploads()
  return self:api("GET", "/api/v1/boxes/" .. self.id .. "/uploads").json.uploads
end

---@return table
function Box:show()
  return self:api("GET", "/api/v1/boxes/" .. self.id).json
end

---All files below the inbox.
---@return string[] paths, relative, sorted
function Box:files()
  local list = {}
  local function walk(folder, prefix)
    local entries = uv.fs_scandir(folder)
    while entries do
      local name, kind = uv.fs_scandir_next(entries)
      if not name then break end
      if kind == "directory" then walk(folder .. "/" .. name, prefix .. name .. "/") end
      if kind == "file" then list[#list + 1] = prefix .. name end
    end
  end
  walk(self.seen, "")
  table.sort(list)
  return list
end

---Changes the size of the disk that the inbox is on.
---@param size string
function Box:resize(size)
  local of = "/proc/" .. self.console.daemon.process.pid
  process.run { "nsenter", "--mount=" .. of .. "/ns/mnt", "--root=" .. of .. "/root", "--",
    "mount", "-o", "remount,size=" .. size, self.inbox }
end

---Bytes that btshare has handed to write(2) and its like since it began; what it sends is not among them.
---@return integer
function Box:count_written()
  local file <close> = assert(io.open(("/proc/%d/io"):format(self.console.daemon.process.pid)))
  return tonumber(file:read("a"):match("wchar: (%d+)"))
end

function Box:close()
  self.console:close()
  helper.remove(self.inbox)
end

return box
