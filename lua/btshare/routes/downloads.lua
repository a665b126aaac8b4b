-- Downloads on the public listener: single files, whole folders as ZIP and TAR, and the web seed (BEP 19).
--
-- A request names a file by its number, or by a path that is looked up in the manifest; neither becomes a path on disk.
local archive = require "btshare.http.archive"
local choices = require "btshare.shares.choices"
local content = require "btshare.shares.content"
local crypto = require "core.crypto"
local delivery = require "btshare.http.delivery"
local disposition = require "btshare.http.disposition"
local media = require "btshare.http.media"
local opening = require "btshare.routes.opening"
local preview = require "btshare.routes.page.preview"
local representation = require "btshare.http.representation"
local tar = require "btshare.http.tar"
local web_seed = require "btshare.shares.web_seed"
local zip = require "btshare.http.zip"

local downloads = {}

local most_parts = 1000000 -- of all bodies under way, about 100 bytes each

---@class btshare.http.Traffic
---@field sent integer bytes of files handed to the system
---@field replies integer with files, under way
---@field parts integer of their bodies

local function headers_for(name, kind)
  return {
    ["Content-Type"] = kind,
    ["Content-Disposition"] = disposition.attachment(name),
    ["Content-Security-Policy"] = "sandbox; default-src 'none'",
    ["Cross-Origin-Resource-Policy"] = "same-origin",
    ["Cache-Control"] = "private, no-cache",
    ["X-Robots-Tag"] = "noindex, nofollow",
  }
end

-- The same numbers mean the same bytes: whoever changes a file cannot choose its change time.
local function etag_of(file)
  local seen = string.pack("<i8i8i8i8", file.size, file.mtime_ns, file.ctime_ns, file.inode)
  return '"' .. crypto.base64url(crypto.sha256(seen):sub(1, 18)) .. '"'
end

local function file_representation(file, more)
  local name = file.path:match("[^/]+$")
  local own = headers_for(name, media.type(name))
  for header, value in pairs(more or {}) do own[header] = value end
  return {
    length = file.size, etag = etag_of(file), modified = file.mtime_ns // 1000000000, headers = own,
    add = function(body, first, last)
      body:add_file(file.root, file.path, file.size, file.mtime_ns, file.ctime_ns, file.inode, first,
        last - first + 1)
    end,
  }
end

-- Whether CRCs follow their files in the ZIP of this version: so it is where somebody asked for it before they were
-- known, and so it stays then. Whoever goes on with such a ZIP, with a plain Range, gets the rest of the same.
local function is_deferred(services, of)
  local key, version = "zip-deferred/" .. of.share, tostring(of.number)
  if services.store:setting(key) == version then return true end
  if of.crcs then return false end
  local noted, message = services.store:set_setting(key, version)
  if not noted then services.log.error("%s: %s", key, message) end
  return true
end

-- Computed once, kept as long as what it was computed of.
local function layout_of(services, of, name, share, format)
  local _ <close> = of.mutex:lock()
  of.layouts = of.layouts or {}
  of.layouts[name] = of.layouts[name] or archive.measure({
    root = of.root, base = of.base, prefix = share.kind == "folder" and share.entry .. "/" or "",
    manifest = of.manifest, folders = of.folders, crcs = of.crcs,
    is_deferred = format == zip and is_deferred(services, of),
  }, format)
  return of.layouts[name]
end

local function archive_representation(services, of, share, name, format)
  local layout = layout_of(services, of, name, share, format)
  return {
    length = layout.length, etag = layout.etag, is_costly = true,
    headers = headers_for(share.entry .. "." .. name, media.type("." .. name)),
    add = function(body, first, last) layout:add(body, first, last) end,
  }
end

-- Takes note of what goes out, and whether it brings the last byte of the whole.
local function follow(services, request, answer, of, sent, key, transfer)
  local traffic = services.http_traffic
  local _, parts = answer.body:measure()
  traffic.replies, traffic.parts = traffic.replies + 1, traffic.parts + parts
  answer.rate = transfer.rate
  answer.gone = services.pages:gone(request)
  answer.on_sent = function(bytes, complete)
    local is_whole = transfer.is_all and complete
    if transfer.is_all and of.etag then
      is_whole = services.deliveries:add(key .. of.etag, of.length, sent, bytes, complete)
    end
    if of.counted and services.file_deliveries:add(key .. of.etag, of.length, sent, bytes, complete) then
      services.file_counts:count(transfer.share, of.counted)
    end
    services.transfers:finish(transfer, bytes, { is_done = complete, is_whole = is_whole })
    traffic.replies, traffic.parts = traffic.replies - 1, traffic.parts - parts
    traffic.sent = traffic.sent + bytes
    if is_whole then services.recipients:delivered(transfer) end
  end
end

local function length_of(ranges)
  local length = 0
  for _, range in ipairs(ranges) do length = length + range.last - range.first + 1 end
  return length
end

-- Answers with a representation. Where it is all of the share, who has got it is told.
local function answer_with(services, request, share, pass, of, is_all)
  if services.http_traffic.parts > most_parts then
    return services.pages:trouble(request, "busy")
  end
  local answer, sent = representation.answer(request, of)
  if not services.entrance:is_valid(share, pass) then -- while it was made
    return services.pages:trouble(request, "missing")
  elseif sent and request.method == "GET" and of.length > 0 then
    local transfer = services.transfers:begin(request, share, pass, {
      length = of.length, first = sent[1].first, is_all = is_all, wanted = length_of(sent),
    })
    follow(services, request, answer, of, sent, pass.link .. "\0" .. request.address .. "\0", transfer)
  end
  return answer
end

-- A handler for bytes of a share: `send` gets the share, what of it can be served now, and the pass.
local function for_share(services, purpose, send)
  return function(request, parameters)
    local share, kind, pass, seconds = opening.share(services, request, parameters.token, purpose)
    if not share then return services.pages:trouble(request, kind, pass, seconds) end
    local of = content.of(services.shares, share)
    if not of then return services.pages:trouble(request, "settling") end
    return send(services, request, parameters, share, of, pass)
  end
end

local function number_of(text)
  return #text <= 9 and text:find("^[1-9]%d*$") and math.tointeger(tonumber(text)) or nil
end

local function send_file(services, request, parameters, share, of, pass)
  local number = number_of(parameters.file)
  local file, path
  if number then file, path = content.file(of, number) end
  if not file then return services.pages:trouble(request, "missing") end
  local is_shown = preview.is_wanted(request)
  local shown = is_shown and preview.look(file)
  if is_shown and not shown then return services.pages:trouble(request, "missing") end
  local answer = file_representation(file, shown and preview.headers(shown))
  answer.counted = share.kind == "folder" and path or nil
  return answer_with(services, request, share, pass, answer, share.kind == "file")
end

local function show_file(services, request, parameters, _, of)
  local number = number_of(parameters.file)
  local file = number and content.file(of, number)
  if not file then return services.pages:trouble(request, "missing") end
  return services.pages:preview(request, number, file)
end

local function archive_sender(name, format)
  return function(services, request, _, share, of, pass)
    return answer_with(services, request, share, pass, archive_representation(services, of, share, name, format), true)
  end
end

-- The first segment is the torrent's name, what follows the file's path in it.
local function find_seeded(share, of, segments)
  if segments[1] ~= share.entry then return nil end
  if share.kind == "file" then return #segments == 1 and content.file(of, 1) or nil end
  return content.find(of, table.concat(segments, "/", 2))
end

local function send_seed(services, request, parameters, share, of, pass)
  local is_wanted = choices.web_seed(share, services.config) ~= false and not request.slash
  local file = is_wanted and find_seeded(share, of, parameters.path)
  if not file then return services.pages:trouble(request, "missing") end
  return answer_with(services, request, share, pass, file_representation(file), false)
end

---Adds the routes to the public router. They serve from then on: until the shares are known they ask to wait.
---@param router btshare.Router
---@param services btshare.Services
function downloads.add(router, services)
  services.http_traffic = { sent = 0, replies = 0, parts = 0 }
  services.deliveries, services.file_deliveries = delivery.new(), delivery.new()
  services.web_seeds = function(...) return web_seed.paths(services, ...) end
  local function add(pattern, purpose, send)
    router:add(pattern, for_share(services, purpose, send))
  end
  add("GET /s/:token/f/:file", "file", send_file)
  add("GET /s/:token/f/:file/:display", "file", send_file)
  add("GET /s/:token/view/:file", "file", show_file)
  for name, format in pairs { zip = zip, tar = tar } do
    add("GET /s/:token/" .. name, "archive", archive_sender(name, format))
    add("GET /s/:token/" .. name .. "/:display", "archive", archive_sender(name, format))
  end
  add("GET /w/:token/*path", "web-seed", send_seed)
end

return downloads
