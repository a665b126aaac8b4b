-- TAR: ustar headers, with pax records (POSIX.1-2001) where a name or a size does not fit.
--
-- Every entry has the same date, 1980-01-01, as in zip.lua.
local tar = {}

local time = 315532800 -- 1980-01-01, UTC
local size_limit = 8 << 30

local function pad(text)
  return text .. ("\0"):rep(-#text % 512)
end

local function sum(text)
  local total = 0
  for position = 1, #text, 128 do
    for _, byte in ipairs { text:byte(position, position + 127) } do total = total + byte end
  end
  return total
end

-- The sum is taken over the whole block, its own field as spaces; zeros add nothing.
local function header(name, size, kind, mode)
  local before_sum = ("%07o\0%07o\0%07o\0%011o\0%011o\0"):format(mode, 0, 0, size, time)
  local after_sum = kind .. ("\0"):rep(100) .. "ustar\00000"
  local total = sum(name) + sum(before_sum) + sum(kind .. "ustar00") + 8 * 32
  return pad(name .. ("\0"):rep(100 - #name) .. before_sum .. ("%06o\0 "):format(total) .. after_sum)
end

-- A pax record counts its own length (pax(1), "pax Extended Header").
local function pax(key, value)
  local rest = #key + #value + 3
  local length = rest + #tostring(rest)
  length = rest + #tostring(length)
  return ("%d %s=%s\n"):format(length, key, value)
end

function tar.head(entry)
  local records, short, size = "", entry.name, entry.size
  if #short > 100 or short:find("[\x80-\xFF]") then
    records = pax("path", entry.name)
    short = short:gsub("[\x80-\xFF]", "_"):sub(-100)
  end
  if size >= size_limit then
    records = records .. pax("size", tostring(size))
    size = 0
  end
  local before = records ~= "" and header("PaxHeader", #records, "x", 420) .. pad(records) or ""
  return before .. header(short, size, entry.is_folder and "5" or "0", entry.is_folder and 493 or 420)
end

function tar.tail(entry)
  return ("\0"):rep(-entry.size % 512)
end

function tar.finish()
  return ("\0"):rep(1024)
end

return tar
