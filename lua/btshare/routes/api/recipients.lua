-- The API's route for who fetches a share.
local common = require "btshare.routes.api.common"
local reply = require "btshare.http.reply"
local t = require "btshare.api.schema"

local function count(description) return t.integer { min = 0, description = description } end

local shape = t.define("Recipient", t.object {
  id = t.string(),
  name = t.optional(t.string { description = "Of the link by which it came, where that has one." }),
  link = t.string { description = "Id of that link." },
  way = t.string { choices = { "torrent", "direct", "web-seed" } },
  client = t.optional(t.string { description = "What its program calls itself." }),
  address = t.string(),
  where = t.string { choices = { "here", "local", "internet" } },
  progress = t.optional(t.number { min = 0, max = 1 }),
  up_rate = count "Bytes a second.",
  sent = count "Bytes.",
  left_seconds = t.optional(count()),
  since = common.time "When it came first.",
  last = common.time "When it was seen last.",
  state = t.string { choices = { "active", "done", "gone" } },
  finished = t.optional(common.time "When it had it all."),
  pieces = t.optional(t.string {
    description = "Base64 of at most 256 bytes, each for the next so many pieces: 255, it has all of them.",
  }),
})

local answer = t.define("Recipients", t.object {
  recipients = t.array(shape),
  complete = count "People who have all of the present version.",
  copies_elsewhere = count "Whole copies that others were seen to have of late.",
  availability = t.optional(t.string {
    description = "Base64, as `pieces`: 16 for each whole copy among those connected, at most 255.",
  }),
})

---@return btshare.api.Route[]
return function()
  return {
    { "GET /api/v1/shares/:id/recipients", scope = "read",
      summary = "Tells who fetches a share and how far they are; for the next five seconds that is looked at closely.",
      parameters = { id = t.string() },
      answers = { [200] = answer, [404] = true },
      handler = common.with_share(function(call, share)
        return reply.json(200, call.services.recipients:watch(share))
      end) },
  }
end
