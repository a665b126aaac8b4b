-- For plugins, as `btshare.publishing`: what lists that others can read are made of, and how such a list is sent.
local conditions = require "btshare.http.conditions"
local crypto = require "core.crypto"
local date = require "btshare.http.date"
local describe = require "btshare.shares.describe"
local disposition = require "btshare.http.disposition"
local media = require "btshare.http.media"
local torrent = require "btshare.shares.torrent"
local uv = require "luv"

local publishing = {}

local states = { ready = true, changed = true, preparing = true }

local function is_published(services, share)
  local is_over = share.is_stopped or share.is_expired or share.expires and share.expires <= os.time()
  return not is_over and states[share.state] and services.shares:is_listed(share)
end

local function newest_first(a, b)
  if a.created ~= b.created then return a.created > b.created end
  return a.id < b.id
end

local function view(share)
  return {
    id = share.id, name = share.entry, kind = share.kind, size = share.size, files = share.files,
    created = share.created, changed = share.changed, root = share.root.path,
  }
end

local function reading(services, api)
  ---The shared folders, by path; a folder of which only single entries are shared is one, too. The title may be told to
  ---others: what such a folder is called, often as its user is, was never shared.
  ---@return {name: string, path: string, title: string}[]
  function api.folders()
    local list, known = {}, {}
    for _, root in ipairs(services.library and services.library.roots or {}) do
      local folder = known[root.path]
      if not folder then
        folder = { name = root.path:match("[^/]+$") or "/", path = root.path, title = "Shared files" }
        known[root.path] = folder
        list[#list + 1] = folder
      end
      if not root.only and root.path ~= uv.os_homedir() then folder.title = folder.name end
    end
    table.sort(list, function(a, b) return a.path < b.path end)
    return list
  end

  ---The shares that lists may name and that can be had, newest first.
  ---@param folder string? path: those of one shared folder
  ---@param most integer?
  ---@return table[] shares each {id, name, kind, size, files, created, changed, root}
  function api.listed(folder, most)
    local list = {}
    for _, share in ipairs(services.shares:list()) do
      if (not folder or share.root.path == folder) and is_published(services, share) then list[#list + 1] = share end
    end
    table.sort(list, newest_first)
    local views = {}
    for index = 1, math.min(#list, most or #list) do views[index] = view(list[index]) end
    return views
  end
end

-- Whether the plugins let whoever asks have it: nothing is told of what a password keeps, not even its name.
local function may_have(services, share, request, purpose)
  return services.entrance:may(share, { link = share.id, address = request.address }, purpose)
end

local function whole_file(place, share, base)
  if share.kind ~= "file" then return nil end
  return {
    url = place:public_urls(base .. "/f/1/" .. disposition.segment(share.entry))[1], type = media.type(share.entry),
    length = share.size,
  }
end

local function offering(services, api)
  ---Where a listed share can be had by whoever makes a request: its `page`; `file` of a single file, `torrent` and
  ---`magnet` where there are any. Nil where the plugins do not let it be opened: then it is not to be named. Call in a
  ---handler.
  ---@param id string
  ---@param request btshare.plugin.Request
  ---@return table? offer {page, file = {url, type, length}, torrent = {url, type, length}, magnet}
  function api.offer(id, request)
    local share = services.shares.by_id[id]
    if not share or not is_published(services, share) then return nil end
    if not may_have(services, share, request, "page") then return nil end
    local place, base = services.reach:for_asker(request.address, request.host), "/s/" ..
      describe.token(services, share, "page")
    local offer = { page = place:public_urls(base)[1] }
    if share.is_paused or share.is_held or not may_have(services, share, request, "torrent") then return offer end
    offer.file = whole_file(place, share, base)
    local bytes = share.exposure ~= "http" and torrent.file(services, share, place)
    if bytes then
      offer.torrent = { url = place:public_urls(base .. "/torrent")[1], type = media.type(".torrent"), length = #bytes }
      offer.magnet = describe.magnet(services, share, place)
    end
    return offer
  end

  ---The URL of a path on the public listener, as whoever makes a request reaches it, or, without one, as others do.
  ---@param path string
  ---@param request btshare.plugin.Request?
  ---@return string url
  function api.url(path, request)
    local place = request and services.reach:for_asker(request.address, request.host) or services.reach
    return place:public_urls(path)[1]
  end
end

local function sending(services, api)
  ---A word that nobody can guess, for the path of a list: always the same for the same purpose and subject.
  ---@param purpose string
  ---@param subject string
  ---@return string word
  function api.address(purpose, subject)
    return services.links:address(purpose, subject)
  end

  ---The answer to a request with a text that is often asked for and seldom another: 304 where whoever asks has it
  ---(RFC 9110 §13).
  ---@param request btshare.plugin.Request
  ---@param of {type: string, body: string, modified: integer?} modified: seconds since 1970
  ---@return table reply
  function api.answer(request, of)
    local etag = '"' .. crypto.base64url(crypto.sha256(of.body):sub(1, 18)) .. '"'
    local modified = of.modified and math.min(of.modified, os.time())
    local headers = {
      ETag = etag, ["Cache-Control"] = "private, no-cache", ["Last-Modified"] = modified and date.format(modified),
    }
    local status = conditions.check(request.headers, etag, modified)
    if status then return { status = status, headers = headers } end
    headers["Content-Type"] = of.type
    return { status = 200, headers = headers, body = of.body }
  end
end

---@param services btshare.Services
---@return table<string, function>
function publishing.make(services)
  local api = {}
  reading(services, api)
  offering(services, api)
  sending(services, api)
  return api
end

return publishing
