-- Dates as HTTP writes them (RFC 9110 §5.6.7), in UTC whatever the machine's time zone.
local date = {}

local months = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" }
local days = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" } -- 1970 began on a Thursday

local month_numbers = {}
for number, name in ipairs(months) do month_numbers[name] = number end

-- Days since 1970-01-01 in the Gregorian calendar; years begin in March here, so leap days come last.
local function day_number(year, month, day)
  if month <= 2 then year = year - 1 end
  local shifted = (month + 9) % 12
  return 365 * year + year // 4 - year // 100 + year // 400 + (153 * shifted + 2) // 5 + day - 1 - 719468
end

---@return integer seconds since 1970, of a time in UTC
function date.seconds(year, month, day, hour, minute, second)
  return day_number(year, month, day) * 86400 + hour * 3600 + minute * 60 + second
end

---@param seconds integer since 1970
---@return string text "Sun, 06 Nov 1994 08:49:37 GMT"
function date.format(seconds)
  local parts = os.date("!*t", seconds)
  return ("%s, %02d %s %04d %02d:%02d:%02d GMT"):format(days[seconds // 86400 % 7 + 1], parts.day,
    months[parts.month], parts.year, parts.hour, parts.min, parts.sec)
end

local forms = {
  { "^%a+, (%d%d) (%a%a%a) (%d%d%d%d) (%d%d):(%d%d):(%d%d) GMT$", 1, 2, 3, 4, 5, 6 },
  { "^%a+, (%d%d)%-(%a%a%a)%-(%d%d) (%d%d):(%d%d):(%d%d) GMT$", 1, 2, 3, 4, 5, 6 },   -- RFC 850
  { "^%a+ (%a%a%a) +(%d%d?) (%d%d):(%d%d):(%d%d) (%d%d%d%d)$", 2, 1, 6, 3, 4, 5 },   -- asctime
}

---@param text string
---@return integer? seconds since 1970; nil for what is no date
function date.parse(text)
  for _, form in ipairs(forms) do
    local found = { text:match(form[1]) }
    if found[1] then
      local month = month_numbers[found[form[3]]]
      local day, year = tonumber(found[form[2]]), tonumber(found[form[4]])
      local hour, minute, second = tonumber(found[form[5]]), tonumber(found[form[6]]), tonumber(found[form[7]])
      if not month or day < 1 or day > 31 or hour > 23 or minute > 59 or second > 60 then return nil end
      if year < 100 then year = year + (year < 70 and 2000 or 1900) end
      return date.seconds(year, month, day, hour, minute, second)
    end
  end
end

return date
