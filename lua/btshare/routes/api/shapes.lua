-- The shapes that several routes of the API give: shares as rows and as a whole, links, problems.
local choices = require "btshare.shares.choices"
local common = require "btshare.routes.api.common"
local t = require "btshare.api.schema"

local shapes = {}

local states = { "settling", "preparing", "ready", "changed", "missing", "paused", "expired", "failed" }
shapes.exposures = { "link", "private", "public", "http" }

local function count(description) return t.integer { min = 0, description = description } end

local function with(fields, more)
  local all = {}
  for name, of in pairs(fields) do all[name] = of end
  for name, of in pairs(more) do all[name] = of end
  return all
end

local fields = {
  id = t.string(),
  name = t.string(),
  kind = t.string { choices = { "file", "folder" } },
  size = count "Bytes.",
  files = count(),
  state = t.string { choices = states },
  reason = t.optional(t.string { description = "Why it is missing or failed, in words." }),
  progress = t.optional(t.number { min = 0, max = 1, description = "Of what is being prepared." }),
  exposure = t.string { choices = shapes.exposures },
  link = t.optional(t.string { format = "uri" }),
  created = common.time "When it was shared.",
  changed = common.time "When its files changed last.",
  expires = t.optional(common.time "When it ends."),
  revision = count "Counts what was set; see ETag.",
  root = t.string { description = "The shared folder that it is in." },
}

local counts = {
  recipients = count "Who fetch it now.",
  complete = count "Who have it all.",
  downloads = count "Finished downloads.",
  sent = count "Bytes sent, BitTorrent and HTTP.",
  up_rate = count "Bytes a second.",
}

local function optional(members)
  local all = {}
  for name, of in pairs(members) do all[name] = t.optional(of) end
  return all
end

---What holds of its torrent and of lists; see shares.choices.
shapes.choices = {
  listed = function(description) return t.boolean { description = description } end,
  format = function(description) return t.string { choices = choices.formats, description = description } end,
  web_seed = function(description) return t.string { choices = choices.web_seeds, description = description } end,
  trackers = function(description)
    return t.array(t.string { min = 1, max = choices.longest_tracker },
      { max = choices.most_trackers, description = description })
  end,
}

---A share in a list; counts that are 0 are left out.
shapes.row = t.define("ShareRow", t.object(with(fields, optional(counts))))

---A share as a whole.
shapes.share = t.define("Share", t.object(with(with(fields, counts), {
  info_hash = t.optional(t.string()),
  magnet = t.optional(t.string()),
  torrent = t.optional(t.string { format = "uri" }),
  direct = t.optional(t.string { format = "uri", description = "Of the file, or of the folder as a ZIP; where one "
    .. "share is asked for." }),
  reason_said = t.optional(t.string { description = "Its reason in the language of Accept-Language; where one share is "
    .. "asked for." }),
  path = t.string(),
  locked = t.optional(t.boolean {
    description = "Whether its magnet lets in nobody, since something is wanted first, such as a password.",
  }),
  listed = t.optional(t.boolean { description = "Whether feeds and other lists that others can read name it." }),
  title = t.optional(t.string { description = "What its page calls it, where that is not its name." }),
  description = t.optional(t.string { description = "What its page says of it." }),
  modes = t.optional(t.map(t.string(), { description = "What each exposure means, in a sentence." })),
  limits = t.optional(t.object {
    up = t.optional(t.integer { min = 1, description = "Bytes a second that its recipients get together." }),
  }),
  effective = t.optional(t.object({
    listed = shapes.choices.listed(), format = shapes.choices.format(), web_seed = shapes.choices.web_seed(),
  }, { description = "What holds for it: as was chosen for it, or else as config.lua says of its folder." })),
  chosen = t.optional(t.object(optional {
    listed = shapes.choices.listed(), format = shapes.choices.format(), web_seed = shapes.choices.web_seed(),
    trackers = shapes.choices.trackers(),
  }, { description = "What was chosen for it alone." })),
})))

shapes.link = t.define("Link", t.object {
  id = t.string(),
  name = t.optional(t.string { description = "Whom it was made for." }),
  default = t.boolean { description = "Whether it is the link that every share has." },
  state = t.string { choices = { "live", "expired", "used up", "revoked" } },
  created = common.time "When it was made.",
  expires = t.optional(common.time "When it ends."),
  downloads = count "How often the whole was fetched by it.",
  limit = t.optional(t.integer { min = 1, description = "Of these downloads." }),
  used = t.optional(common.time "When somebody came by it last."),
  link = t.optional(t.string { format = "uri" }),
  torrent = t.optional(t.string { format = "uri" }),
  magnet = t.optional(t.string()),
})

shapes.problem = t.define("Problem", {
  type = "object",
  description = "A problem document (RFC 9457).",
  properties = {
    type = t.string(), title = t.string(), status = t.integer(), detail = t.string(),
    code = t.string { description = "A word for programs." },
    member = t.string { description = "What in the request is wrong: body.limit" },
  },
  required = { "type", "title", "status", "detail" },
})

return shapes
