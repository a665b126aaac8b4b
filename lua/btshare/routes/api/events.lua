-- The API's routes for what changes: a stream of server-sent events, and the same for those who poll.
local reply = require "btshare.http.reply"
local t = require "btshare.api.schema"

local number = t.integer { min = 0, max = math.maxinteger // 2 }

local delta = t.define("Delta", {
  type = "object",
  description = "What has changed; with `reset`, all there is to begin with, except shares, which are to be asked for.",
  properties = {
    number = t.integer { min = 0, description = "What was read with this number or a later one is at least as new." },
    reset = t.boolean(),
    status = t.map(t.any(), { description = "The members that changed." }),
    shares = t.array(t.ref "ShareRow"),
    removed = t.array(t.string()),
    downloads = t.array(t.any()),
    downloads_removed = t.array(t.string()),
    events = t.array(t.ref "Event"),
  },
  required = { "number" },
})

-- Streams are counted by whoever is logged in.
local function owner_of(who)
  return who.kind .. "/" .. (who.id or "")
end

local function last_seen(request)
  local text = request.headers["last-event-id"] or ""
  return #text <= 18 and text:find("^%d+$") and math.tointeger(tonumber(text)) or nil
end

local function stream(call)
  local answer, message, code = call.services.live:open(call.request, owner_of(call.who), last_seen(call.request))
  return answer or reply.problem(code, message)
end

local function changes(call)
  local answer = reply.json(200, {})
  answer.body = call.services.live:changes(call.query.since)
  return answer
end

---@return btshare.api.Route[]
return function()
  return {
    { "GET /api/v1/events", scope = "read",
      summary = "Streams what changes: first a `snapshot` or, after Last-Event-ID, what was missed; then each `delta`.",
      media = "text/event-stream",
      answers = { [200] = t.string(), [503] = true }, handler = stream },
    { "GET /api/v1/changes", scope = "read",
      summary = "Tells what has changed since a number; all there is without one.",
      query = { since = t.optional(number) },
      answers = { [200] = delta }, handler = changes },
  }
end
