-- What the owner receives: torrents of the same session as the shares, written into the folder for downloads.
local changes = require "btshare.downloads.changes"
local crypto = require "core.crypto"
local link = require "btshare.downloads.link"
local news = require "btshare.downloads.news"
local place = require "btshare.downloads.place"
local rows = require "btshare.downloads.rows"
local session = require "btshare.downloads.session"
local source = require "btshare.downloads.source"
local space = require "btshare.downloads.space"
local state = require "btshare.downloads.state"
local task = require "btshare.task"
local uv = require "luv"

local downloads = {}

---@class btshare.Download
---@field id string
---@field source btshare.Source
---@field info_hash string? once it is known
---@field folder string absolute, resolved
---@field name string
---@field size integer? bytes of all files, once they are known
---@field count integer? of the files
---@field files core.engine.File[]? once they are known, while it is in the session
---@field wanted boolean[]? nil: all
---@field chosen integer[]? numbers of the files wanted, until their names are known
---@field created integer
---@field finished integer? when all that was wanted was there
---@field share_after boolean whether it stays in the swarm then
---@field share_seconds integer? and how long
---@field is_started boolean
---@field is_paused boolean
---@field is_known boolean what has its names in the folder is its own
---@field had_names boolean? whether that was so when it was put into the session
---@field is_verifying boolean? what has its names is being compared with it
---@field is_public boolean through the DHT, where its source names nobody to ask
---@field is_present boolean whether it is in the session
---@field is_leaving boolean? whether it is being taken out
---@field is_seeding boolean
---@field is_full boolean? stopped for want of room
---@field has_metadata boolean
---@field password string? that opens its link, while that is asked for anything; said to nobody
---@field failure {code: string, message: string}?
---@field row table? progress as the engine last told
---@field moved_at integer? loop time of the last new byte
---@field limits {up: integer?, down: integer?}? of its own, bytes a second, until we end
---@field revision integer
---@field mutex btshare.task.mutex held by whoever puts it into the session or takes it out

---@class btshare.Downloads
---@field by_id table<string, btshare.Download>
---@field usual string? the folder for downloads, resolved; nil where this process may write to none
---@field private services table engine, store, events, log
---@field private jobs table<btshare.task.job, true>
local Downloads = {}
Downloads.__index = Downloads

for name, method in pairs(changes) do
  Downloads[name] = method
end

---@class btshare.downloads.options
---@field folder string? for downloads, existing
---@field why string? why there is none
---@field roots fun(): {path: string, only: string?}[] what is shared
---@field may_discover boolean whether others than this machine can be reached

---@param services table engine, store, events, log; not yet more
---@param options btshare.downloads.options
---@return btshare.Downloads
function downloads.new(services, options)
  local self = setmetatable({
    services = services, by_id = {}, usual = options.folder and uv.fs_realpath(options.folder), why = options.why,
    roots = options.roots, may_discover = options.may_discover, jobs = {},
  }, Downloads)
  self.links = link.new(self)
  news.follow(self)
  self.space = space.watch(self)
  return self
end

---Reads what was under way, or is done.
function Downloads:load()
  for _, download in ipairs(rows.all(self.services.store)) do
    self:register(download)
    self.links:load(download)
  end
end

---Takes up what was loaded.
function Downloads:start()
  for _, download in ipairs(self:list()) do
    if not download.failure and not (download.finished and not download.share_after) then
      self:spawn(self.resume_known, self, download)
    end
  end
end

---Goes on with one that was loaded. Call in a task.
---@param download btshare.Download
---@return true|nil begun
---@return string? message
---@return string? code
function Downloads:resume_known(download)
  local _ <close> = download.mutex:lock()
  local begun, message, code = session.begin(self, download)
  if not begun then
    download.failure = { code = code, message = message }
  end
  return begun, message, code
end

---@private
function Downloads:register(download)
  download.is_present, download.is_seeding, download.has_metadata = false, false, download.count ~= nil
  download.revision, download.mutex = 0, task.mutex()
  self.by_id[download.id] = download
  return download
end

---Runs `fn(...)` in a task that ends with the downloads.
---@return btshare.task.job
function Downloads:spawn(fn, ...)
  return task.spawn_with({ group = self.jobs }, fn, ...)
end

---@return btshare.Download[] oldest first
function Downloads:list()
  local list = {}
  for _, download in pairs(self.by_id) do list[#list + 1] = download end
  table.sort(list, function(one, other)
    if one.created ~= other.created then return one.created < other.created end
    return one.id < other.id
  end)
  return list
end

---@param download btshare.Download
---@return boolean is_there whether it is in the list, or was removed
function Downloads:has(download) return self.by_id[download.id] == download end

---The one in the list that has the same torrent, or the same link.
---@param found btshare.Source
---@return btshare.Download?
function Downloads:known(found)
  for _, download in pairs(self.by_id) do
    if found.info_hash and download.info_hash == found.info_hash
      or found.uri and download.source.uri == found.uri then
      return download
    end
  end
end

---Stores what can be stored again. Call in a task.
---@param download btshare.Download
function Downloads:keep(download)
  download.revision = download.revision + 1
  if not self:has(download) then return true end
  local kept, message, code = self.services.store:write { rows.update(self.services.store, download) }
  if not kept then self.services.log.warning("download %s: %s", download.name, message) end
  return kept, message, code
end

---@param fact string
---@param download btshare.Download
---@param more table?
function Downloads:tell(fact, download, more)
  local events = self.services.events
  if not events:has(fact) then return end
  local event = more or {}
  event.download = self:describe(download)
  events:tell(fact, event)
end

---@class btshare.downloads.request
---@field source string? "magnet:?…" or "http(s)://…"
---@field torrent string? bytes, in its place
---@field folder string?
---@field start boolean? default true
---@field files integer[]? numbers of those that are wanted; default all
---@field share_after boolean? default true
---@field share_seconds integer?
---@field password string? of a link that is locked

local function find_source(request)
  if request.torrent then return session.read_torrent(request.torrent) end
  return source.parse(request.source or "")
end

local function check_password(found, password)
  if found.kind == "link" then return link.check_password(password) end
  return nil, "password: only a link takes one", "invalid"
end

---Begins to receive something. Call in a task.
---@param request btshare.downloads.request
---@return btshare.Download? download
---@return string? message
---@return string? code
---@return btshare.Download? known with "exists": the one that is in the list
function Downloads:add(request)
  local found, message, code = find_source(request)
  if not found then return nil, message, code end
  if request.password then
    local fits
    fits, message, code = check_password(found, request.password)
    if not fits then return nil, message, code end
  end
  local name = source.name(found)
  local event = { source = found.uri or name, folder = request.folder }
  local allowed
  allowed, message, code = self.services.events:ask("download-add", event)
  if not allowed then return nil, message or "refused by a plugin", code or "denied" end
  local folder
  folder, message, code = place.choose(event.folder, self.usual, self.why, self.roots())
  if not folder then return nil, message, code end
  local known = self:known(found)
  if known then
    if request.password and link.is_asked(known) then
      self:unlock(known, request.password)
    elseif known.failure then
      self:pause(known, false) -- maybe it can be had now
    end
    return nil, known.name .. ": is in the list already", "exists", known
  end

  local download = self:register {
    id = crypto.base64url(crypto.random(9)), source = found, info_hash = found.info_hash, folder = folder, name = name,
    created = os.time(), chosen = request.files, share_after = request.share_after ~= false,
    share_seconds = request.share_seconds, password = request.password,
    is_started = request.start ~= false, is_paused = false, is_known = false,
    is_public = self.may_discover and not found.is_findable,
  }
  local _ <close> = download.mutex:lock() -- it is in the list already: whoever removes it waits
  local written
  written, message, code = self.services.store:write { rows.insert(self.services.store, download) }
  if written then written, message, code = session.begin(self, download) end
  if not written then
    self:forget(download)
    return nil, message, code
  end
  self:tell("download-added", download)
  return download
end

---@private
function Downloads:forget(download)
  self.by_id[download.id] = nil
  return self.services.store:write { rows.delete(download) }
end

---@param download btshare.Download
---@return core.engine.File[]? files in the torrent's order
---@return string? message
---@return string? code
function Downloads:files(download)
  if not download.is_present or not download.has_metadata then
    if download.files then return download.files end
    return nil, download.name .. ": its files are not known yet", "busy"
  end
  local event = session.ask_files(self, download)
  return event and event.files or download.files or {}
end

---@param download btshare.Download
---@return table
function Downloads.describe(_, download)
  return state.describe(download, uv.now())
end

---Has all that was received so far found again after a restart. Call in a task; takes a few seconds at most.
function Downloads:save_all()
  for _, download in pairs(self.by_id) do session.save(self, download) end
  session.wait_for_saves(self, 3)
end

function Downloads:close()
  self.is_closed = true
  self.space:close()
  news.close(self)
  task.cancel(self.jobs)
end

return downloads
