-- Schedule: limits and pauses by hour and weekday.
--
-- plugin "schedule" {
--   { days = "mon-fri", from = "08:00", to = "18:00", up = "200k" },
--   { days = "fri,sat", from = "23:00", to = "07:00", pause = true },
-- }
-- Times are those of the clock on the wall, also on the days on which it is put forward or back; a rule that ends
-- earlier than it begins goes on over midnight, and `days` are those on which it begins. Where several rules hold, each
-- limit is the strictest of them, and the owner's own (`limits`) holds beside them: this can only slow down.
local plugin = ...

local limits = require "btshare.limits"
local rule = require ".rule"
local time = require "btshare.time"
local types = require "btshare.types"

local most_rules = 64

local schema = { types.required(rule, 'a rule in braces, such as { from = "08:00", up = "200k" }') }
for number = 2, most_rules do schema[number] = rule end
local rules = plugin:options(schema)

-- Whether a rule holds at a moment, given as os.date("*t") does.
local function holds(one, now)
  local minute, yesterday = now.hour * 60 + now.min, (now.wday + 5) % 7 + 1
  if one.from < one.to then return one.days[now.wday] and minute >= one.from and minute < one.to end
  return one.days[now.wday] and minute >= one.from or one.days[yesterday] and minute < one.to
end

local function stricter(one, other)
  return one and other and math.min(one, other) or one or other
end

local function wanted_at(now)
  local wanted, because = { pause = false }, {}
  for number = 1, most_rules do
    local one = rules[number]
    if one and holds(one, now) then
      wanted.up, wanted.down = stricter(wanted.up, one.up), stricter(wanted.down, one.down)
      wanted.pause = wanted.pause or one.pause
      because[#because + 1] = one.text
    end
  end
  return wanted, table.concat(because, "; ")
end

local function describe(wanted)
  local parts = { wanted.pause and "nothing is sent" or nil }
  for _, way in ipairs { "up", "down" } do
    if wanted[way] then parts[#parts + 1] = ("at most %.0f kB/s %s"):format(wanted[way] / 1000, way) end
  end
  return table.concat(parts, ", ")
end

-- When what holds is next another than now, within a week; a rule begins and ends with a minute.
local function next_change(now)
  local present, date, edges = describe((wanted_at(os.date("*t", now)))), os.date("*t", now), {}
  for day = date.day, date.day + 8 do
    for number = 1, most_rules do
      for _, minute in ipairs { rules[number] and rules[number].from, rules[number] and rules[number].to } do
        edges[#edges + 1] = os.time {
          year = date.year, month = date.month, day = day, hour = minute // 60, min = minute % 60, sec = 0,
        }
      end
    end
  end
  table.sort(edges)
  for _, edge in ipairs(edges) do
    local text = edge > now and describe((wanted_at(os.date("*t", edge))))
    if text and text ~= present then return edge, text end
  end
end

local in_force, release = nil, function() end

-- What is new comes before what was goes, so that there is no moment without either.
local function follow()
  local wanted, because = wanted_at(os.date("*t", time.now()))
  local text = describe(wanted)
  if text == in_force then return end
  local former = release
  in_force, release = text, limits.restrict(wanted)
  former()
  plugin:log("info", "%s", text == "" and "no rule holds" or text .. " (" .. because .. ")")
end

plugin:bind(function()
  follow()
  return function() release() end
end)
plugin:every("1s", follow)

plugin:panel {
  slot = "activity.card", title = { en = "Schedule", fr = "Horaires" }, kind = "table",
  data = function(context)
    local is_french = context.language == "fr"
    local now_word = is_french and "maintenant" or "now"
    local now, rows = os.date("*t", time.now()), {}
    for number = 1, most_rules do
      local one = rules[number]
      if one then rows[#rows + 1] = { one.text, describe(one), holds(one, now) and now_word or "" } end
    end
    return { columns = is_french and { "Quand", "Quoi", "" } or { "When", "What", "" }, rows = rows }
  end,
}

plugin:panel {
  slot = "settings.section", id = "now", title = { en = "Schedule", fr = "Horaires" }, kind = "stats",
  data = function()
    local now = time.now()
    local change, text = next_change(now)
    local function shown(what) return what == "" and "no rule holds" or what end
    return {
      { label = "Now", value = shown(describe((wanted_at(os.date("*t", now))))) },
      change and { label = "From " .. os.date("%a %H:%M", change), value = shown(text) } or nil,
    }
  end,
}
