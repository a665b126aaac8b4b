-- Sizes, rates and durations as people write and read them. Sizes count in thousands (kB, MB), as disks and links do.
local units = {}

local size_names = { "B", "kB", "MB", "GB", "TB", "PB", "EB" }
local longest_days = 100000 -- of a duration
local seconds_in = { s = 1, m = 60, min = 60, h = 3600, d = 86400, w = 604800 }

---@param bytes integer
---@return string text "999 B", "1.4 GB"
function units.size(bytes)
  local value, place = bytes, 1
  while value >= 999.5 and place < #size_names do
    value, place = value / 1000, place + 1
  end
  if place == 1 then return ("%d B"):format(value) end
  return (value < 99.95 and "%.1f %s" or "%.0f %s"):format(value, size_names[place])
end

---@param bytes_per_second number
---@return string text "12.5 MB/s"
function units.rate(bytes_per_second)
  return units.size(math.floor(bytes_per_second + 0.5)) .. "/s"
end

---@param seconds number
---@return string text its two largest units: "45 s", "2 min 5 s", "3 h 20 min", "12 d 4 h"
function units.duration(seconds)
  local whole = math.max(0, math.floor(seconds + 0.5))
  local function join(large, large_name, small, small_name)
    if small == 0 then return ("%d %s"):format(large, large_name) end
    return ("%d %s %d %s"):format(large, large_name, small, small_name)
  end
  if whole < 60 then return whole .. " s" end
  if whole < 3600 then return join(whole // 60, "min", whole % 60, "s") end
  if whole < 86400 then return join(whole // 3600, "h", whole % 3600 // 60, "min") end
  return join(whole // 86400, "d", whole % 86400 // 3600, "h")
end

---@param count integer
---@return string text "9,980"
function units.count(count)
  local digits = ("%d"):format(count)
  return (digits:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^(%-?),", "%1"))
end

---Reads "90s", "30m", "2h", "1h30m", "7d", "2w".
---@param text string
---@return integer? seconds
---@return string? message
---@return string? code "invalid"
function units.parse_duration(text)
  local total, rest = 0, text:lower()
  while rest ~= "" do
    local amount, name, after = rest:match("^%s*(%d+%.?%d*)%s*(%a+)%s*(.*)$")
    local factor = name and seconds_in[name]
    if not factor then
      total = 0
      break
    end
    total, rest = total + tonumber(amount) * factor, after
  end
  local seconds = math.floor(total)
  if total > longest_days * 86400 then
    return nil, ("%s: too long a time, at most %dd"):format(text, longest_days), "invalid"
  elseif seconds < 1 then
    return nil, ("%s: not a duration such as 90s, 30m, 2h, 7d or 1h30m"):format(text), "invalid"
  end
  return seconds
end

return units
