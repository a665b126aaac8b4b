-- A rule of the schedule, as it is written in config.lua: on which days, from when to when, and what.
local types = require "btshare.types"

-- As os.date counts them.
local names = { "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday" }

local function number_of(day)
  for number, name in ipairs(names) do
    if #day >= 3 and name:sub(1, #day) == day:lower() then return number end
  end
end

-- "mon-fri,sun" → { [2] = true, … }
local function days(value)
  local set = {}
  for part in (type(value) == "string" and value or "?"):gmatch("[^,%s]+") do
    local first, last = part:match("^(%a+)%-(%a+)$")
    local day, final = number_of(first or part), number_of(last or part)
    if not day or not final then return nil, 'must be days such as "mon-fri" or "sat,sun"' end
    set[day] = true
    while day ~= final do
      day = day % 7 + 1
      set[day] = true
    end
  end
  return set
end

-- "08:30" → minutes since midnight
local function clock(value)
  local hour, minute = (type(value) == "string" and value or ""):match("^(%d%d?):(%d%d)$")
  local minutes = hour and tonumber(hour) * 60 + tonumber(minute)
  if minutes and minutes <= 24 * 60 and tonumber(minute) < 60 then return minutes end
  return nil, 'must be a time such as "08:00" or "24:00"'
end

local at_least = types.between(types.rate, "1k", nil)
local fields = {
  days = types.default(days, "mon-sun"), -- on which it begins
  from = types.default(clock, "00:00"),
  to = types.default(clock, "24:00"),
  up = at_least,   -- bytes a second of all that goes out
  down = at_least, -- of what is received
  pause = false,   -- nothing of any share is sent
}

return function(value)
  if type(value) ~= "table" then return nil, 'must be a rule in braces, such as { from = "08:00", up = "200k" }' end
  local checked, messages = types.fields(fields, value, "its")
  if not checked then return nil, "is a rule with a mistake: " .. table.concat(messages, "; ") end
  if not checked.up and not checked.down and not checked.pause then
    return nil, "is a rule that changes nothing: it wants up, down or pause = true"
  end
  checked.text = ("%s, %s–%s"):format(value.days or "daily", value.from or "00:00", value.to or "24:00")
  return checked
end
