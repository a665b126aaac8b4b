-- What specs of archives share: a folder as a manifest, and a listener that serves one thing of it.
local client = require "http_client"
local helper = require "helper"
local http = require "core.http"
local representation = require "btshare.http.representation"
local task = require "btshare.task"
local uv = require "luv"

local archives = {}

---Runs a command to its end.
---@param command string
---@return boolean? is_fine
---@return string output with what it said of errors
function archives.shell(command)
  local pipe = assert(io.popen(command .. " 2>&1"))
  local output = pipe:read("a")
  return pipe:close(), output
end

---@param text string
---@return string word of a shell
function archives.quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

---Packs the manifest of `names` (relative to `folder`), in that order.
---@param folder string
---@param names string[]
---@return string
function archives.manifest(folder, names)
  local packed = {}
  for index, name in ipairs(names) do
    local stat = assert(uv.fs_stat(folder .. "/" .. name))
    packed[index] = string.pack("<i8i8i8i8s8", stat.size, stat.mtime.sec * 1000000000 + stat.mtime.nsec,
      stat.ctime.sec * 1000000000 + stat.ctime.nsec, stat.ino, name)
  end
  return table.concat(packed)
end

---CRCs of strings, packed as the hasher gives them; by a table, for specs only.
---@param contents string[]
---@return string
function archives.crcs(contents)
  local crc_table = {}
  for byte = 0, 255 do
    local crc = byte
    for _ = 1, 8 do crc = crc & 1 == 1 and crc >> 1 ~ 0xEDB88320 or crc >> 1 end
    crc_table[byte] = crc
  end
  local packed = {}
  for index, content in ipairs(contents) do
    local crc = 0xFFFFFFFF
    for position = 1, #content do
      crc = crc >> 8 ~ crc_table[(crc ~ content:byte(position)) & 255]
    end
    packed[index] = string.pack("<I4", crc ~ 0xFFFFFFFF)
  end
  return table.concat(packed)
end

---Runs `fn` in a task to its end and returns what it returns.
---@param fn function
function archives.run(fn, ...)
  local result
  local arguments = table.pack(...)
  task.spawn(function() result = table.pack(fn(table.unpack(arguments, 1, arguments.n))) end)
  helper.wait_for(function() return result end, 60, "a task")
  return table.unpack(result, 1, result.n)
end

---A listener that answers every request with `of`, a representation.
---@param of btshare.Representation
---@return core.http.Listener
function archives.serve(of)
  local listener
  listener = assert(http.open({ address = "127.0.0.1", connections_per_address = 64 }, function(request)
    task.spawn(function() listener:reply(request.id, (representation.answer(request, of))) end)
  end))
  return listener
end

---@param layout btshare.archive.Layout
---@return btshare.Representation
function archives.representation(layout)
  return {
    length = layout.length, etag = layout.etag, is_costly = true, headers = { ["Content-Type"] = "application/zip" },
    add = function(body, first, last) layout:add(body, first, last) end,
  }
end

---The bytes of `of` from `first` to `last`, fetched by a range.
function archives.slice(listener, first, last)
  return client.get(listener, "/", ("Range: bytes=%d-%d\r\n"):format(first, last))
end

return archives
