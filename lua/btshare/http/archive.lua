-- Archives whose every byte has its place before the first one is sent: so they have a length, a tag and ranges.
--
-- An archive is entries (a head, the file, a tail), then a record for each entry, then an end. A format (zip, tar)
-- says what these look like. What is kept is one mark for every 64 files: 70,000 files cost 1,100 marks.
local crypto = require "core.crypto"
local task = require "btshare.task"

---@class btshare.archive.Source what an archive is made of
---@field root string
---@field base string see btshare.Content
---@field prefix string "" or the folder's name with "/" after it; entries begin with it
---@field manifest string
---@field crcs string? 4 bytes, little-endian, a file
---@field is_deferred boolean? CRCs follow their files although they are known: as where they were not

---@class btshare.archive.Entry
---@field name string
---@field size integer bytes
---@field crc integer? nil where it is not known yet
---@field is_deferred boolean? the CRC follows the file
---@field is_folder boolean?

---@class btshare.archive.Format
---@field head fun(entry: btshare.archive.Entry): string
---@field tail fun(entry: btshare.archive.Entry): string
---@field crc_in_tail integer? where the CRC is in a tail that needs it, from 0
---@field record (fun(entry: btshare.archive.Entry, offset: integer): string)?
---@field crc_in_record integer? likewise
---@field finish fun(count: integer, records_length: integer, records_offset: integer): string

---@class btshare.archive.Layout
---@field length integer bytes
---@field etag string? nil while CRCs are not known: then it can only be sent whole
---@field private source btshare.archive.Source
---@field private format btshare.archive.Format
---@field private positions integer[] where the manifest goes on at each mark
---@field private offsets integer[] where the archive does
---@field private record_offsets integer[] where the records do
---@field private records_offset integer
---@field private ending string
local Layout = {}
Layout.__index = Layout

local archive = {}

local files_per_mark = 64
local marks_per_turn = 4 -- of the loop

-- From the manifest at `position`: entry, where the next one is, and what core.http needs of the file. The entry is
-- one table over and over.
local function read(source, entry, position, index)
  local size, mtime_ns, ctime_ns, inode, path, following = string.unpack("<i8i8i8i8s8", source.manifest, position)
  entry.name, entry.size = source.prefix .. path, size
  if size == 0 then
    entry.crc = 0
  else
    entry.crc = source.crcs and string.unpack("<I4", source.crcs, 4 * index - 3)
  end
  entry.is_deferred = size > 0 and (source.is_deferred or not source.crcs)
  return following, path, mtime_ns, ctime_ns, inode
end

local function record_of(format, entry, offset)
  return format.record and format.record(entry, offset) or ""
end

local function folder_entry(source)
  return source.prefix ~= "" and { name = source.prefix, size = 0, crc = 0, is_folder = true } or nil
end

---Computes where everything is. Call in a task; takes turns with the loop.
---@param source btshare.archive.Source
---@param format btshare.archive.Format
---@return btshare.archive.Layout
function archive.measure(source, format)
  local self = setmetatable({
    source = source, format = format, positions = {}, offsets = {}, record_offsets = {},
  }, Layout)
  local offset, records, count, position, index = 0, 0, 0, 1, 0
  local folder = folder_entry(source)
  if folder then
    offset, records, count = #format.head(folder) + #format.tail(folder), #record_of(format, folder, 0), 1
  end
  local digest, heads, entry = crypto.sha256(source.prefix), {}, {}
  local begin = position
  while position <= #source.manifest do
    if index % files_per_mark == 0 then
      digest = crypto.sha256(digest .. table.concat(heads) .. source.manifest:sub(begin, position - 1))
      heads, begin = {}, position
      local mark = #self.positions + 1
      self.positions[mark], self.offsets[mark], self.record_offsets[mark] = position, offset, records
      if mark % marks_per_turn == 0 then task.yield() end
    end
    index = index + 1
    position = read(source, entry, position, index)
    self.is_once = self.is_once or (format.record and not entry.crc)
    local head = format.head(entry)
    heads[#heads + 1] = head
    records = records + #record_of(format, entry, offset)
    offset = offset + #head + entry.size + #format.tail(entry)
  end
  digest = crypto.sha256(digest .. table.concat(heads) .. source.manifest:sub(begin))
  self.count = index
  self.records_offset = offset
  self.ending = format.finish(count + index, records, offset)
  self.length = offset + records + #self.ending
  if not self.is_once then self.etag = '"' .. crypto.base64url(digest:sub(1, 18)) .. '"' end
  return self
end

-- The last mark at or before `offset`.
local function find_mark(offsets, offset)
  local low, high = 1, #offsets
  while low < high do
    local middle = (low + high + 1) // 2
    if offsets[middle] <= offset then low = middle else high = middle - 1 end
  end
  return low
end

-- Takes what an archive is made of, one after another, and gives to the body what lies between two offsets.
---@class btshare.archive.Window
local Window = {}
Window.__index = Window

-- The part of `length` bytes at `at` that is wanted, from 0; nil when none is.
function Window:clip(length)
  local first, last = math.max(self.first - self.at, 0), math.min(self.last - self.at, length - 1)
  self.at = self.at + length
  if first <= last then return first, last - first + 1 end
end

function Window:bytes(text)
  local first, length = self:clip(#text)
  if first then
    self.body:add_bytes(length == #text and text or text:sub(first + 1, first + length))
  end
end

-- Bytes with a CRC in them that will be known when they are sent; never clipped.
function Window:bytes_around(text, crc_at, part)
  self.body:add_bytes(text:sub(1, crc_at))
  self.body:add_crc(part)
  self.body:add_bytes(text:sub(crc_at + 5))
  self.at = self.at + #text
end

local function add_entry(self, window, entry, index, path, mtime_ns, ctime_ns, inode)
  local source, format = self.source, self.format
  window:bytes(format.head(entry))
  local first, length = window:clip(entry.size)
  local part = first and window.body:add_file(source.root, source.base .. path, entry.size, mtime_ns, ctime_ns, inode,
    first, length)
  local tail = format.tail(entry)
  if self.is_once and not entry.crc then
    window.parts[index] = part
    window:bytes_around(tail, format.crc_in_tail, part)
  else
    window:bytes(tail)
  end
end

local function add_entries(self, window)
  local source, entry = self.source, {}
  local folder = folder_entry(source)
  local mark = find_mark(self.offsets, window.first)
  window.at = self.offsets[mark] or 0
  local first = folder and self.format.head(folder) .. self.format.tail(folder) or ""
  if window.first < #first then
    window.at = 0
    window:bytes(first)
  end
  local position, index = self.positions[mark], (mark - 1) * files_per_mark
  while window.at <= window.last and index < self.count do
    local path, mtime_ns, ctime_ns, inode
    index = index + 1
    position, path, mtime_ns, ctime_ns, inode = read(source, entry, position, index)
    add_entry(self, window, entry, index, path, mtime_ns, ctime_ns, inode)
    if index % (files_per_mark * marks_per_turn) == 0 then task.yield() end
  end
end

local function add_records(self, window)
  local source, format, entry = self.source, self.format, {}
  local folder = folder_entry(source)
  local mark = find_mark(self.record_offsets, window.first - self.records_offset)
  window.at = self.records_offset + (self.record_offsets[mark] or 0)
  if folder and window.first < self.records_offset + #record_of(format, folder, 0) then
    window.at = self.records_offset
    window:bytes(record_of(format, folder, 0))
  end
  local position, index, offset = self.positions[mark], (mark - 1) * files_per_mark, self.offsets[mark]
  while window.at <= window.last and index < self.count do
    index = index + 1
    position = read(source, entry, position, index)
    local record = record_of(format, entry, offset)
    if self.is_once and not entry.crc then
      window:bytes_around(record, format.crc_in_record, window.parts[index])
    else
      window:bytes(record)
    end
    offset = offset + #format.head(entry) + entry.size + #format.tail(entry)
    if index % (files_per_mark * marks_per_turn) == 0 then task.yield() end
  end
end

---Adds the archive's bytes from `first` to `last` (from 0) to a body. Call in a task; takes turns with the loop.
---@param body core.http.Body
---@param first integer
---@param last integer
function Layout:add(body, first, last)
  local window = setmetatable({ body = body, first = first, last = last, at = 0, parts = {} }, Window)
  if first < self.records_offset then add_entries(self, window) end
  if last >= self.records_offset then
    add_records(self, window)
    window.at = self.length - #self.ending
    window:bytes(self.ending)
  end
end

return archive
