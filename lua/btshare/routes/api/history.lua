-- The API's routes for what has happened: of all, and of one share.
local accept = require "btshare.http.accept"
local common = require "btshare.routes.api.common"
local csv = require "btshare.history.csv"
local i18n = require "btshare.i18n"
local json = require "core.json"
local reply = require "btshare.http.reply"
local t = require "btshare.api.schema"

local default_limit, most, most_csv = 100, 1000, 10000

local shape = t.define("Event", t.object {
  id = t.integer { min = 1 },
  time = common.time "When it happened.",
  kind = t.string { description = "The name of the fact." },
  share = t.optional(t.object { id = t.string(), name = t.string() }),
  link = t.optional(t.string { description = "Name of a link." }),
  who = t.optional(t.string()),
  way = t.optional(t.string()),
  text_key = t.string { description = "Of a text of the console." },
  values = t.map(t.any(), { description = "What the text's names in braces stand for." }),
})

local answer = t.object { events = t.array(shape), total = t.integer { min = 0 } }

local function speaker_of(request)
  return i18n.speaker(accept.language(request.headers["accept-language"], i18n.languages) or i18n.default)
end

local function copy_of(original, name, value)
  local copy = {}
  for key, one in pairs(original) do copy[key] = one end
  copy[name] = value
  return copy
end

-- What failed said why in English.
local function find(call, wish, speaker)
  local events, total = call.services.history:find(wish)
  for index, event in ipairs(events) do
    local reason = event.values.reason
    if reason then
      events[index] = copy_of(event, "values", copy_of(event.values, "reason", speaker:message(reason)))
    end
  end
  return events, total
end

local function list(call, wish)
  local events, total = find(call, wish, speaker_of(call.request))
  return reply.json(200, { events = json.array(events), total = total })
end

local function export(call, wish)
  wish.limit = call.query.limit or most_csv
  local speaker = speaker_of(call.request)
  local answered = reply.text(200, csv.encode(find(call, wish, speaker), speaker))
  answered.headers["Content-Type"] = csv.media
  answered.headers["Content-Disposition"] = 'attachment; filename="btshare-events.csv"'
  return answered
end

local function wish_of(call, share)
  local query = call.query
  return {
    share = share and share.id, q = query.q, kind = query.kind, limit = query.limit or default_limit,
    offset = query.offset,
  }
end

---@return btshare.api.Route[]
return function()
  return {
    { "GET /api/v1/shares/:id/history", scope = "read", summary = "Lists what has happened with a share, newest first.",
      parameters = { id = t.string() }, query = common.paged(most),
      answers = { [200] = answer, [404] = true },
      handler = common.with_share(function(call, share) return list(call, wish_of(call, share)) end) },
    { "GET /api/v1/activity/events", scope = "read",
      summary = "Lists what has happened, newest first; as a table where text/csv is asked for.",
      query = common.paged(most_csv, {
        q = t.optional(t.string { max = 200, description = "Words in names, links and people." }),
        kind = t.optional(t.string { max = 50, description = "The name of a fact." }),
      }),
      answers = { [200] = answer }, also = { "text/csv" },
      handler = function(call)
        local wish = wish_of(call)
        if accept.wants(call.request.headers.accept, "text/csv") then return export(call, wish) end
        return list(call, wish)
      end },
  }
end
