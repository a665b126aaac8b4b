-- The API's routes for downloads: what is received, its files, pausing, choosing, removing.
local common = require "btshare.routes.api.common"
local crypto = require "core.crypto"
local json = require "core.json"
local reply = require "btshare.http.reply"
local t = require "btshare.api.schema"

local largest = 5600000 -- of a .torrent in base64

local states = {
  "fetching", "choosing", "checking", "downloading", "stalled", "paused", "finished", "sharing", "failed", "no-space",
}

local function count(description) return t.integer { min = 0, description = description } end

local shape = t.define("Download", t.object {
  id = t.string(),
  name = t.string(),
  state = t.string { choices = states },
  reason = t.optional(t.object {
    key = t.string { description = "Of a text of the catalogue." },
    text = t.string { description = "The same in English." },
    values = t.map(t.any()),
    said = t.map(t.string(), { description = "The same in each language." }),
  }),
  size = t.optional(count "Bytes of all files."),
  wanted = t.optional(count "Bytes of the wanted ones."),
  done = count "Bytes of those that are there, checked.",
  progress = t.number { min = 0, max = 1 },
  down_rate = count "Bytes a second.",
  up_rate = count "Bytes a second.",
  left_seconds = t.optional(count()),
  people = count "Who are connected.",
  folder = t.string(),
  files = t.optional(count()),
  created = common.time "When it was added.",
  finished = t.optional(common.time "When it was all there."),
  share_after = t.boolean { description = "Whether it is passed on when it is finished." },
  paused = t.boolean(),
  locked = t.optional(t.boolean { description = "Whether it failed for want of the password that its link asks for." }),
  revision = count "Counts what was set; see ETag.",
  source = t.string { choices = { "magnet", "torrent", "link" } },
  address = t.optional(t.string { description = "Of a link: itself." }),
  info_hash = t.optional(t.string()),
})

local numbers = t.array(t.integer { min = 1, max = 50000 }, { min = 1, max = 50000 })

local password = t.string { min = 1, max = 1024,
  description = "Of a link that is locked. Kept until it is not needed any more, and never told." }

local with_download = common.with("downloads", "no such download")

local function current(call)
  local download = call.services.downloads.by_id[call.parameters.id]
  return download and call.services.downloads:describe(download)
end

local function list(call)
  local downloads, described = call.services.downloads, {}
  for index, download in ipairs(downloads:list()) do described[index] = downloads:describe(download) end
  return reply.json(200, { downloads = json.array(described), total = #described })
end

-- What is wrong with what was sent is 422 here: the request itself is well formed.
local function problem(message, code)
  return reply.problem(code == "invalid" and 422 or code, message, { code = code })
end

-- Both alphabets of base 64 (RFC 4648).
local function from_base64(text)
  return crypto.from_base64url((text:gsub("[+/=%s]", { ["+"] = "-", ["/"] = "_", ["="] = "", ["\n"] = "" })))
end

local function add(call)
  local body, torrent = call.body, nil
  if body.torrent then
    torrent = from_base64(body.torrent)
    if not torrent then return problem("body.torrent: is not base64", "invalid") end
  elseif not body.source then
    return problem("body: needs a source or a torrent", "invalid")
  end
  local downloads = call.services.downloads
  local download, message, code, known = downloads:add {
    source = body.source, torrent = torrent, folder = body.folder, start = body.start, files = body.files,
    share_after = body.share_after, share_seconds = body.share_seconds, password = body.password,
  }
  if known then return reply.json(200, downloads:describe(known)) end
  if not download then return problem(message, code) end
  return reply.json(201, downloads:describe(download))
end

-- In this order: what is chosen and where it goes counts before it begins.
local function patch(call, download)
  local downloads, body = call.services.downloads, call.body
  local steps = {
    { body.folder, "move" }, { body.files, "choose" }, { body.share_after, "set_share_after" },
    { body.start, "begin" }, { body.password, "unlock" }, { body.paused, "pause" },
  }
  for index = 1, 6 do
    local value, method = steps[index][1], steps[index][2]
    if value ~= nil then
      local done, message, code = downloads[method](downloads, download, value)
      if not done then return problem(message, code) end
    end
  end
  return reply.json(200, downloads:describe(download))
end

local function remove(call, download)
  local done, message, code = call.services.downloads:remove(download, call.query.data)
  return done and reply.empty() or problem(message, code)
end

local function files(call, download)
  local all, message, code = call.services.downloads:files(download)
  if not all then return reply.problem(code, message) end
  local described = {}
  for index, file in ipairs(all) do
    described[index] = { number = index, path = file.path, size = file.size, done = file.done, wanted = file.wanted }
  end
  return reply.json(200, { files = common.page(described, call.query), total = #described })
end

---@return btshare.api.Route[]
return function()
  return {
    { "GET /api/v1/downloads", scope = "read", summary = "Lists what is being received, or was.",
      answers = { [200] = t.object { downloads = t.array(shape), total = count() } }, handler = list },
    { "POST /api/v1/downloads", scope = "share",
      summary = "Begins to receive a magnet, a .torrent or a link; 200 where it is in the list already.",
      body = t.object {
        source = t.optional(t.string { max = 16384, description = "A magnet, or the link of another BTshare." }),
        torrent = t.optional(t.string { max = largest, description = "A .torrent in base64, in place of a source." }),
        folder = t.optional(t.string { max = 4096, description = "Where to save; default: the one for downloads." }),
        start = t.optional(t.boolean { description = "Whether to begin before files are chosen; default true." }),
        files = t.optional(numbers),
        share_after = t.optional(t.boolean { description = "Whether to pass it on when finished; default true." }),
        share_seconds = t.optional(t.integer { min = 1, max = 10000000000 }),
        password = t.optional(password),
      },
      answers = { [200] = shape, [201] = shape, [403] = true, [404] = true, [409] = true, [422] = true },
      handler = add },
    { "GET /api/v1/downloads/:id", scope = "read", summary = "Shows a download.",
      answers = { [200] = shape, [404] = true },
      handler = with_download(function(call, download)
        return reply.json(200, call.services.downloads:describe(download))
      end) },
    { "PATCH /api/v1/downloads/:id", scope = "share", summary = "Pauses, resumes, begins, chooses files.",
      body = t.object({
        paused = t.optional(t.boolean()),
        start = t.optional(t.boolean { description = "Begins what waits for its files to be chosen." }),
        files = t.optional(numbers),
        share_after = t.optional(t.boolean()),
        password = t.optional(password),
        folder = t.optional(t.string { max = 4096, description = "Only before it begins." }),
      }, { min = 1 }),
      current = current,
      answers = { [200] = shape, [404] = true, [409] = true, [412] = true, [422] = true },
      handler = with_download(patch) },
    { "DELETE /api/v1/downloads/:id", scope = "share", summary = "Takes a download off the list.",
      query = { data = t.boolean { description = "Whether what was received is deleted too." } },
      current = current,
      answers = { [204] = true, [404] = true, [412] = true }, handler = with_download(remove) },
    { "GET /api/v1/downloads/:id/files", scope = "read", summary = "Lists the files of a download.",
      query = common.paged(50000),
      answers = { [200] = t.object {
        files = t.array(t.object {
          number = count(), path = t.string(), size = count(), done = count(), wanted = t.boolean(),
        }),
        total = count(),
      }, [404] = true, [503] = true }, handler = with_download(files) },
  }
end
