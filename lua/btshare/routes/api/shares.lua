-- The API's routes for shares: lists, one, what can be set of it, its end, its QR code.
local accept = require "btshare.http.accept"
local common = require "btshare.routes.api.common"
local describe = require "btshare.shares.describe"
local disposition = require "btshare.http.disposition"
local i18n = require "btshare.i18n"
local json = require "core.json"
local listing = require "btshare.shares.listing"
local qr = require "core.qr"
local reply = require "btshare.http.reply"
local shapes = require "btshare.routes.api.shapes"
local t = require "btshare.api.schema"
local task = require "btshare.task"

local full_page = 2500 -- whole shares in an answer, unless more are asked for
local media_of_lines = "application/x-ndjson"
local breath = 10 -- milliseconds that a turn of the loop may last

-- One after the other, in slices: a list of 10,000 shares must not hold the loop. In one text at once, since each
-- further one would be megabytes.
local function encode(before, shares, text_of, between, after)
  local parts = {}
  for index, share in ipairs(shares) do
    parts[index] = text_of(share)
    if index % 50 == 0 then task.breathe(breath) end
  end
  local count = #parts
  if count == 0 then return before .. after end
  parts[1] = before .. parts[1]
  parts[count] = parts[count] .. after
  return table.concat(parts, between)
end

-- The same list from an element on, as a target.
local function target_of(query, offset)
  local words = {}
  for name, value in pairs(query) do
    if name ~= "offset" then words[#words + 1] = ("%s=%s"):format(name, disposition.segment(tostring(value))) end
  end
  table.sort(words)
  words[#words + 1] = ("offset=%d"):format(offset)
  return "/api/v1/shares?" .. table.concat(words, "&")
end

-- A share on a line (NDJSON): for those who pass them on as they are. What comes after a page is named (RFC 8288).
local function lines(page, query, total, text_of)
  local last = query.offset + #page
  local is_cut = #page > 0 and last < total
  return {
    status = 200,
    headers = {
      ["Content-Type"] = media_of_lines, ["Cache-Control"] = "no-store",
      Link = is_cut and ('<%s>; rel="next"'):format(target_of(query, last)) or nil,
    },
    body = encode("", page, text_of, "\n", #page > 0 and "\n" or ""),
  }
end

local function list(call)
  local services, query = call.services, call.query
  -- First: who asks anew from this number on misses nothing.
  local number = services.live and services.live.number or 0
  local found, counts = services.listing:find(query)
  local is_row = query.view == "row"
  local page = common.page(found, query, not is_row and full_page or nil)
  services.rows:begin()
  local function text_of(share)
    return is_row and services.rows:text(share) or json.encode(describe.whole(services, share))
  end
  if accept.wants(call.request.headers.accept, media_of_lines) then return lines(page, query, #found, text_of) end
  local answer = reply.json(200, {})
  answer.body = encode(('{"counts":%s,"number":%d,"shares":['):format(json.encode(counts), number), page, text_of, ",",
    ('],"total":%d}'):format(#found))
  return answer
end

local function one(call, share)
  local described = describe.whole(call.services, share, true)
  if described.reason then
    local language = accept.language(call.request.headers["accept-language"], i18n.languages) or i18n.default
    described.reason_said = i18n.speaker(language):message(described.reason)
  end
  return described
end

local function current(call)
  local share = common.share(call)
  return share and one(call, share)
end

local function or_nil(value)
  if value == json.null then return nil end
  return value
end

local function add(call)
  local services, body = call.services, call.body
  local share, message, code = services.library:add_path(body.path, {
    expires = common.expires(or_nil(body.for_seconds)), is_endless = body.for_seconds == json.null or nil,
    exposure = body.exposure, listed = body.listed or nil, format = body.format, web_seed = body.web_seed,
    trackers = body.trackers,
  })
  return common.problem(share, message, code) or reply.json(201, one(call, share))
end

-- Each is durable by itself, so what is refused leaves what came before it.
local setters = {
  { "exposure", function(shares, share, value) return shares:set_exposure(share, value) end },
  { "expires", function(shares, share, value) return shares:set_expires(share, or_nil(value)) end },
  { "up_limit", function(shares, share, value) return shares:set_up_limit(share, or_nil(value)) end },
  { "listed", function(shares, share, value) return shares:set_listed(share, or_nil(value)) end },
  { "web_seed", function(shares, share, value) return shares:set_web_seed(share, or_nil(value)) end },
  { "trackers", function(shares, share, value) return shares:set_trackers(share, value) end },
  { "format", function(shares, share, value) return shares:set_format(share, or_nil(value)) end },
  { "paused", function(shares, share, value) return shares:set_paused(share, value) end },
}

local function patch(call, share)
  for _, setter in ipairs(setters) do
    local name, set = setter[1], setter[2]
    local value = call.body[name]
    if value ~= nil then
      local done, message, code = set(call.services.shares, share, value)
      if not done then return reply.problem(code or "failed", message, { member = "body." .. name }) end
    end
  end
  return reply.json(200, one(call, share))
end

local function remove(call, share)
  return common.problem(call.services.shares:stop(share, "owner")) or reply.empty()
end

local function qr_code(call, share)
  local services, wanted = call.services, call.query.link
  local link = services.access:find(share, wanted or share.id)
  local page = link and describe.link(services, share, link).link
  if not page then return reply.problem("missing", (wanted or share.entry) .. ": no link that works") end
  return { status = 200, headers = { ["Content-Type"] = "image/svg+xml", ["Cache-Control"] = "no-store" },
    body = qr.svg(page) }
end

local web_seed = "Whether torrent apps may fetch it from its page's address: on says so in .torrent files and " ..
  "magnets, auto in .torrent files."
local trackers = "Further announce addresses (http, https, udp), used while it is public."

---@return btshare.api.Route[]
return function()
  local of = shapes.choices
  local filters, orders = listing.filters, listing.orders
  local found = t.object {
    shares = t.array(t.any_of { shapes.row, shapes.share }), total = t.integer { min = 0 },
    counts = t.map(t.integer { min = 0 }), number = t.integer { min = 0 },
  }
  local id = { id = t.string { min = 1, max = 64 } }
  return {
    { "GET /api/v1/shares", scope = "read",
      summary = "Lists shares, as rows for a table or as a whole, with how many each filter would show. As " ..
        "application/x-ndjson: a share a line, and a Link to the next page.",
      query = common.paged(100000, {
        view = t.string { choices = { "row", "full" }, default = "full" },
        q = t.optional(t.string { max = 200, description = "Words in the names of shares and of their files." }),
        name = t.optional(t.string { max = 1024, description = "An id, a name or the beginning of one." }),
        filter = t.string { choices = filters, default = "all" },
        sort = t.optional(t.string { choices = orders, description = "Default: by name." }),
        order = t.optional(t.string { choices = { "up", "down" }, description = "down turns the order round." }),
      }),
      answers = { [200] = found }, also = { media_of_lines }, handler = list },
    { "POST /api/v1/shares", scope = "share",
      summary = "Shares a file or folder of this machine, and waits until it is shared.",
      body = t.object {
        path = t.string { min = 1, max = 4096, pattern = "^/", description = "Absolute." },
        for_seconds = t.optional(t.nullable(common.span)),
        exposure = t.optional(t.string { choices = shapes.exposures }),
        listed = t.optional(of.listed "Whether feeds and other lists name it."),
        web_seed = t.optional(of.web_seed(web_seed)),
        trackers = t.optional(of.trackers(trackers)),
        format = t.optional(of.format "Of its torrent."),
      },
      answers = { [201] = shapes.share, [400] = true, [403] = true, [404] = true, [503] = true }, handler = add },
    { "GET /api/v1/shares/:id", scope = "read", summary = "Tells all of one share.", parameters = id,
      answers = { [200] = shapes.share, [404] = true },
      handler = common.with_share(function(call, share) return reply.json(200, one(call, share)) end) },
    { "PATCH /api/v1/shares/:id", scope = "share", summary = "Changes what can be set of a share.", parameters = id,
      body = t.object({
        paused = t.optional(t.boolean()),
        expires = t.optional(t.nullable(common.time "When it ends; null: never.")),
        exposure = t.optional(t.string { choices = shapes.exposures }),
        listed = t.optional(t.nullable(of.listed(
          "Whether feeds and other lists name it; null: as config.lua says of its folder."))),
        web_seed = t.optional(t.nullable(of.web_seed(web_seed .. " null: as config.lua says."))),
        trackers = t.optional(of.trackers(trackers)),
        format = t.optional(t.nullable(of.format(
          "Of its torrent: another one is another torrent, under the same links; null: as config.lua says."))),
        up_limit = t.optional(t.nullable(t.integer { min = 1, max = 0x7fffffff,
          description = "Bytes a second that its recipients get together; null: no limit." })),
      }, { min = 1 }),
      answers = { [200] = shapes.share, [404] = true, [412] = true }, current = current,
      handler = common.with_share(patch) },
    { "DELETE /api/v1/shares/:id", scope = "share", summary = "Stops sharing; the files stay.", parameters = id,
      answers = { [204] = true, [404] = true, [412] = true }, current = current,
      handler = common.with_share(remove) },
    { "GET /api/v1/shares/:id/qr.svg", scope = "read", summary = "Gives the QR code of a link.", parameters = id,
      query = { link = t.optional(t.string { max = 200, description = "Id or name; default: the share's own." }) },
      media = "image/svg+xml", answers = { [200] = t.string(), [404] = true }, handler = common.with_share(qr_code) },
  }
end
