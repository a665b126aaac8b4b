-- ZIP without compression, ZIP64 where something is too large for ZIP (PKWARE APPNOTE 6.3.10).
--
-- Every entry has the same date, 1980-01-01: an archive of the same files is the same archive. A file whose CRC is
-- deferred, as it may not be known yet, is followed by a data descriptor that holds it.
local zip = {}

local small = 0xFFFFFFFF -- sizes and offsets from here on need ZIP64
local date = 1 << 5 | 1  -- 1 January 1980
local made_by = 3 << 8 | 45 -- Unix; so modes are understood
local file_mode, folder_mode = 0x81A4 << 16, 0x41ED << 16 | 0x10 -- 0644; 0755 and the folder bit of DOS

local function flags(entry)
  return (utf8.len(entry.name) and 1 << 11 or 0) | (entry.is_deferred and 1 << 3 or 0)
end

-- A descriptor's entry has no sizes in its head (4.4.4), and both in its ZIP64 field where it has one (4.5.3).
function zip.head(entry)
  local name, size = entry.name, entry.is_deferred and 0 or entry.size
  local is_large = entry.size >= small
  local extra = is_large and string.pack("<I2I2I8I8", 1, 16, size, size) or ""
  if is_large then size = small end
  return string.pack("<I4I2I2I2I2I2I4I4I4I2I2", 0x04034b50, is_large and 45 or 20, flags(entry), 0, 0, date,
    entry.is_deferred and 0 or entry.crc, size, size, #name, #extra) .. name .. extra
end

zip.crc_in_tail = 4

function zip.tail(entry)
  if not entry.is_deferred then return "" end
  return string.pack(entry.size >= small and "<I4I4I8I8" or "<I4I4I4I4", 0x08074b50, entry.crc or 0, entry.size,
    entry.size)
end

zip.crc_in_record = 16

function zip.record(entry, offset)
  local name, size, extra = entry.name, entry.size, ""
  local is_large = size >= small
  if is_large then
    extra = string.pack("<I8I8", size, size)
    size = small
  end
  if offset >= small then
    extra = extra .. string.pack("<I8", offset)
    offset = small
  end
  local needs = extra == "" and 20 or 45
  if extra ~= "" then extra = string.pack("<I2s2", 1, extra) end
  return string.pack("<I4I2I2I2I2I2I2I4I4I4I2I2I2I2I2I4I4", 0x02014b50, made_by, needs, flags(entry), 0, 0, date,
    entry.crc or 0, size, size, #name, #extra, 0, 0, 0, entry.is_folder and folder_mode or file_mode, offset)
    .. name .. extra
end

function zip.finish(count, records_length, records_offset)
  local large = ""
  if count >= 0xFFFF or records_length >= small or records_offset >= small then
    large = string.pack("<I4I8I2I2I4I4I8I8I8I8", 0x06064b50, 44, made_by, 45, 0, 0, count, count, records_length,
      records_offset) .. string.pack("<I4I4I8I4", 0x07064b50, 0, records_offset + records_length, 1)
  end
  local short_count = math.min(count, 0xFFFF)
  return large .. string.pack("<I4I2I2I2I2I4I4I2", 0x06054b50, 0, 0, short_count, short_count,
    math.min(records_length, small), math.min(records_offset, small), 0)
end

return zip
