-- How a download stands, and why it does not move: in the words of the API.
local i18n = require "btshare.i18n"
local units = require "btshare.units"

local state = {}

local still = 10 -- seconds without a new byte after which it is said why

---@param download btshare.Download
---@param now integer loop time, milliseconds
---@return string
function state.of(download, now)
  local row = download.row
  if download.failure then return "failed" end
  if download.is_paused then return "paused" end
  if download.is_full then return "no-space" end
  if download.finished then return download.is_seeding and "sharing" or "finished" end
  if not download.has_metadata then return "fetching" end
  if not download.is_started then return "choosing" end
  if row and row.state == "checking" or download.is_verifying then return "checking" end
  return now - (download.moved_at or now) >= still * 1000 and "stalled" or "downloading"
end

-- Nobody, somebody who gives nothing, or nobody yet: each is another thing to do about.
local function why_still(download, now)
  local row = download.row or { peers = 0, seeds = 0, known_peers = 0 }
  local time = units.duration((now - (download.moved_at or now)) / 1000)
  if download.link_trouble then return "downloads.link", { text = download.link_trouble } end
  if row.peers == 0 and row.known_peers == 0 then return "downloads.nobody", { time = time } end
  if row.peers == 0 then return "downloads.unreachable", { n = row.known_peers, time = time } end
  if not download.has_metadata then return "downloads.metadata", { n = row.peers } end
  if row.seeds == 0 then return "downloads.no_seed", { n = row.peers, time = time } end
  return "downloads.waiting", { n = row.peers, time = time }
end

local function reason_of(download, which, now)
  if which == "failed" then
    return "downloads.failed", { text = download.failure.message }
  elseif which == "no-space" then
    return "downloads.no_space", { needed = units.size(download.needed or 0), free = units.size(download.free or 0) }
  elseif which == "stalled" or which == "fetching" then
    return why_still(download, now)
  end
end

-- The same in every language: who looks on may speak any of them, and what failed said it in English.
local function in_each_language(key, values)
  local said = {}
  for language in pairs(i18n.languages) do
    local speaker, own = i18n.speaker(language), {}
    for name, value in pairs(values) do
      own[name] = type(value) == "string" and speaker:message(speaker:measure(value)) or value
    end
    said[language] = speaker:text(key, own)
  end
  return said
end

---@param download btshare.Download
---@param now integer loop time, milliseconds
---@return table described a download as JSON
function state.describe(download, now)
  local which = state.of(download, now)
  local row = download.row or {}
  local key, values = reason_of(download, which, now)
  local reason
  if key then
    local text = i18n.speaker("en"):text(key, values)
    reason = { key = key, values = values, text = text, said = in_each_language(key, values) }
  end
  local wanted, done = row.wanted or 0, row.done or 0
  if download.finished and not download.row then wanted, done = download.got or 0, download.got or 0 end
  local rate = which == "downloading" and row.down_rate or 0
  return {
    id = download.id, name = download.name, state = which, reason = reason, size = download.size,
    wanted = wanted > 0 and wanted or nil, done = done,
    progress = download.finished and 1 or wanted > 0 and done / wanted or 0,
    down_rate = rate, up_rate = row.up_rate or 0,
    left_seconds = rate > 0 and math.ceil((wanted - done) / rate) or nil,
    people = row.peers or 0, folder = download.folder, files = download.count, created = download.created,
    finished = download.finished, share_after = download.share_after, paused = download.is_paused,
    revision = download.revision,
    locked = download.failure and download.failure.code == "locked" or nil,
    source = download.source.kind, info_hash = download.info_hash,
    address = download.source.kind == "link" and download.source.uri or nil,
  }
end

return state
