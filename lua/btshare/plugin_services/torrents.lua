-- For plugins, as `btshare.torrents`: everything that is in the swarm in one list, shares and downloads alike, and what
-- their owner may do with it. Ids, info-hashes and values only.
local content = require "btshare.shares.content"
local json = require "core.json"
local manifests = require "core.manifest"
local crypto = require "core.crypto"
local describe = require "btshare.shares.describe"
local uv = require "luv"

local torrents = {}

---@class btshare.plugin.Torrent
---@field id string of the share or the download
---@field kind "share"|"download"
---@field info_hash string? 40 hex digits, where it is known
---@field name string
---@field state string as the API has it: of a share preparing, ready, changed, missing, paused or failed; of a download
---  fetching, choosing, checking, downloading, stalled, paused, finished, sharing, failed or no-space
---@field reason string? why, in words
---@field size integer bytes
---@field wanted integer bytes of what is wanted of it
---@field done integer bytes of that which are there
---@field progress number 0 to 1; of a share that is hashed, how far that is
---@field down_rate integer bytes a second
---@field up_rate integer
---@field received integer bytes, since it was put into the session
---@field sent integer bytes
---@field people integer who are connected, or fetch it
---@field seeds integer of them, who have it all; of a share, people who have
---@field left_seconds integer?
---@field folder string absolute: what it lies in
---@field files integer
---@field created integer seconds since 1970
---@field finished integer? since when it is complete
---@field is_private boolean
---@field up_limit integer? bytes a second
---@field down_limit integer?

local function of_share(services, share)
  local summary = services.rows:summary(share)
  local state = describe.state(share)
  local is_hashed = state ~= "preparing" and state ~= "settling" and state ~= "changed"
  return {
    id = share.id, kind = "share", name = share.entry, state = state, reason = share.reason,
    info_hash = share.info_hash and share.info_hash:sub(1, 40), size = share.size, wanted = share.size,
    done = share.size, progress = is_hashed and 1 or share.progress or 0, down_rate = 0, up_rate = summary.up_rate,
    received = 0, sent = summary.sent, people = summary.recipients, seeds = summary.complete,
    folder = share.root.path, files = share.files, created = share.created, finished = share.created,
    is_private = share.exposure == "private", up_limit = share.up_limit,
  }
end

local function of_download(services, download)
  local told, row = services.downloads:describe(download), download.row or {}
  local limits = download.limits or {}
  return {
    id = told.id, kind = "download", info_hash = told.info_hash, name = told.name, state = told.state,
    reason = told.reason and told.reason.text, size = told.size or 0, wanted = told.wanted or told.size or 0,
    done = told.done, progress = told.progress, down_rate = told.down_rate, up_rate = told.up_rate,
    received = row.downloaded or 0, sent = row.uploaded or 0, people = told.people, seeds = row.seeds or 0,
    left_seconds = told.left_seconds, folder = told.folder, files = told.files or 0, created = told.created,
    finished = told.finished, is_private = false, up_limit = limits.up, down_limit = limits.down,
  }
end

local function find(services, id)
  local share = services.shares.by_id[id]
  if share and not describe.is_over(share) then return share, nil end
  local download = services.downloads and services.downloads.by_id[id]
  if download then return nil, download end
  return nil, nil, tostring(id) .. ": no such torrent", "missing"
end

local function reading(services, api)
  ---@return btshare.plugin.Torrent[] torrents that have an info-hash, or are downloads; in no order
  function api.list()
    local list = {}
    for _, share in ipairs(services.shares:list()) do
      if share.info_hash and share.exposure ~= "http" and not share.is_expired then
        list[#list + 1] = of_share(services, share)
      end
    end
    for _, download in ipairs(services.downloads:list()) do list[#list + 1] = of_download(services, download) end
    return list
  end

  ---The files of one, at most 10,000. Call in a handler or task.
  ---@param id string
  ---@return {path: string, size: integer, done: integer, is_wanted: boolean}[]? files
  ---@return string? message
  ---@return string? code
  function api.files(id)
    local share, download, message, code = find(services, id)
    if message then return nil, message, code end
    local list = {}
    if share then
      local of = content.of(services.shares, share)
      if not of then return nil, share.entry .. ": cannot be read now", "busy" end
      for index, path, size in manifests.each(of.manifest) do
        if index > 10000 then break end
        list[index] = { path = of.base .. path, size = size, done = size, is_wanted = true }
      end
      return list
    end
    local files
    files, message, code = services.downloads:files(download)
    if not files then return nil, message, code end
    for index = 1, math.min(#files, 10000) do
      local file = files[index]
      list[index] = { path = file.path, size = file.size, done = file.done or 0, is_wanted = file.wanted ~= false }
    end
    return list
  end

  ---Who fetches a share; empty for a download.
  ---@param id string
  ---@return {address: string, client: string?, progress: number?, up_rate: integer, state: string}[]? people
  ---@return string? message
  ---@return string? code
  function api.people(id)
    local share, _, message, code = find(services, id)
    if message then return nil, message, code end
    return share and services.recipients:watch(share).recipients or {}
  end

  ---@param id string
  ---@return string? magnet nil where there is none
  function api.magnet(id)
    local share, download = find(services, id)
    if share then return describe.magnet(services, share) end
    return download and download.source.kind == "magnet" and download.source.uri or nil
  end

  ---BTshare as a whole: rates and limits in bytes a second, bytes in all since the start, where downloads go.
  function api.session()
    local traffic, limits = services.engine.traffic, services.config.limits
    local reached = services.reachability:describe().internet
    return {
      up_rate = traffic.up_rate, down_rate = traffic.down_rate, sent = traffic.uploaded, received = traffic.downloaded,
      up_limit = limits.up > 0 and limits.up or nil, down_limit = limits.down > 0 and limits.down or nil,
      folder = services.downloads.usual, port = services.reach.torrent_port, version = services.host.version,
      seconds = (uv.now() - services.started_at) // 1000, is_reachable = reached.state == "reached",
    }
  end

  ---Bytes that are free in the folder for downloads, or in one beneath it.
  ---@param folder string
  ---@return integer? bytes
  ---@return integer|string total of the disk; without bytes the message
  ---@return string? code
  function api.free_space(folder)
    local usual = services.downloads.usual
    local real = usual and uv.fs_realpath(folder)
    if not real or (real .. "/"):sub(1, #usual + 1) ~= usual .. "/" then
      return nil, folder .. ": is not the folder for downloads", "denied"
    end
    local status, message = uv.fs_statfs(real)
    if not status then return nil, message, "failed" end
    return status.bavail * status.bsize, status.blocks * status.bsize
  end
end

local function is_rate(value)
  return value == nil or math.type(value) == "integer" and value >= 0 and value <= 0x7fffffff
end

local function check_limits(limits, name)
  if type(limits) ~= "table" or not is_rate(limits.up) or not is_rate(limits.down) then
    error(name .. ": up and down must be bytes a second", 3)
  end
end

-- Both alphabets of base 64 (RFC 4648).
local function from_base64(text)
  if type(text) ~= "string" then return nil end
  local letters = { ["+"] = "-", ["/"] = "_" }
  return crypto.from_base64url((text:gsub("[=%s]", ""):gsub("[+/]", letters)))
end

local function acting(services, api)
  ---All of these are to be called in a handler or task, and return true, or nil, message, code.
  function api.pause(id, is_paused)
    local share, download, message, code = find(services, id)
    if share then return services.shares:set_paused(share, is_paused) end
    if not download then return nil, message, code end
    if not is_paused and not download.is_started then
      local begun
      begun, message, code = services.downloads:begin(download)
      if not begun then return nil, message, code end
    end
    return services.downloads:pause(download, is_paused)
  end

  ---Stops sharing, or takes a download off the list; with the data only what was received: BTshare deletes no file that
  ---it shares.
  function api.remove(id, with_data)
    local share, download, message, code = find(services, id)
    if share and with_data then
      return nil, share.entry .. ": is shared, and BTshare never deletes what it shares", "denied"
    elseif share then
      return services.shares:stop(share, "plugin")
    elseif not download then
      return nil, message, code
    end
    return services.downloads:remove(download, with_data)
  end

  ---Compares what is there with what it should be.
  function api.verify(id)
    local share, download, message, code = find(services, id)
    if share then
      services.shares:distrust(share)
      share.root:touch(share.entry, {}, 0)
      return true
    elseif not download then
      return nil, message, code
    end
    return services.downloads:verify(download)
  end

  ---@param id string
  ---@param limits {up: integer?, down: integer?} bytes a second; 0: none, nil: as it was. A share receives nothing.
  function api.limit(id, limits)
    check_limits(limits, "torrents.limit")
    local share, download, message, code = find(services, id)
    if share then
      return limits.up == nil or services.shares:set_up_limit(share, limits.up > 0 and limits.up or nil)
    elseif not download then
      return nil, message, code
    end
    return services.downloads:limit(download, limits)
  end

  ---Begins to receive something: see the API's POST /api/v1/downloads.
  ---`torrent` are the bytes of a .torrent, `base64` the same in that code.
  ---@param wanted {source: string?, torrent: string?, base64: string?, folder: string?, is_paused: boolean?}
  ---@return string? id
  ---@return string? message
  ---@return string? code
  ---@return string? known with "exists": the id of the one that is in the list
  function api.add(wanted)
    local torrent = wanted.torrent
    for _, name in ipairs { "source", "torrent", "folder" } do
      local is_text = wanted[name] == nil or type(wanted[name]) == "string"
      if not is_text then return nil, name .. ": must be a text", "invalid" end
    end
    if wanted.base64 ~= nil then
      torrent = from_base64(wanted.base64)
      if not torrent then return nil, "torrent: is not base64", "invalid" end
    end
    local download, message, code, known = services.downloads:add {
      source = wanted.source, torrent = torrent, folder = wanted.folder, start = not wanted.is_paused,
    }
    if not download then return nil, message, code, known and known.id end
    return download.id
  end

  ---Chooses the files of a download, by their numbers from 1.
  function api.choose(id, numbers)
    local _, download, message, code = find(services, id)
    if not download then return nil, message or "files of a share cannot be chosen", code or "invalid" end
    return services.downloads:choose(download, numbers)
  end

  ---Limits of all together, as the console sets them.
  ---@param limits {up: integer?, down: integer?} bytes a second; 0: none, nil: as it was
  function api.set_limits(limits)
    check_limits(limits, "torrents.set_limits")
    local wanted = {}
    for _, way in ipairs { "up", "down" } do
      wanted["limits." .. way] = limits[way] == 0 and json.null or limits[way]
    end
    local done, message = services.instance:change_settings(wanted)
    if not done then return nil, message, "denied" end
    return true
  end
end

---@param services btshare.Services
---@return table offered as btshare.torrents
function torrents.make(services)
  local api = {}
  reading(services, api)
  acting(services, api)
  return api
end

return torrents
