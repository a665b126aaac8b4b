-- The API's route for throughput and totals.
local json = require "core.json"
local reply = require "btshare.http.reply"
local t = require "btshare.api.schema"

local function rates() return t.array(t.integer { min = 0 }, { description = "Bytes a second, oldest first." }) end
local function count() return t.integer { min = 0 } end

local answer = t.object {
  step = t.integer { min = 1, description = "Seconds between two of the numbers." },
  start = t.integer { min = 0, description = "Of the first of them, seconds since 1970." },
  up = rates(), down = rates(),
  totals = t.object {
    sent = count(), received = count(), people = count(), downloads = count(),
    ratio = t.optional(t.number { min = 0 }),
  },
}

local function describe(call)
  local activity = call.services.activity
  local rings, totals = activity:rates(call.query.period), activity.totals
  return reply.json(200, {
    step = rings.step, start = rings.start, up = json.array(rings.up), down = json.array(rings.down),
    totals = {
      sent = totals.sent, received = totals.received, people = totals.people, downloads = totals.downloads,
      ratio = totals.received > 0 and totals.sent / totals.received or nil,
    },
  })
end

---@return btshare.api.Route[]
return function()
  return {
    { "GET /api/v1/activity", scope = "read", summary = "Tells how much went up and down.",
      query = { period = t.string { choices = { "hour", "day", "week" }, default = "hour" } },
      answers = { [200] = answer }, handler = describe },
  }
end
