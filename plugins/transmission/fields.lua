-- What Transmission calls the things that are known of a torrent: its field names, and how each is had.
local json = require "btshare.json"
local torrents = require "btshare.torrents"

local fields = {}

local numbers, ids_by_number = {}, {} -- Transmission's ids are numbers, for as long as we run

local stopped, checking, receiving, sending <const> = 0, 2, 4, 6
local statuses = {
  preparing = checking, changed = checking, checking = checking, fetching = receiving, downloading = receiving,
  stalled = receiving, ready = sending, sharing = sending,
}
local is_trouble = { failed = true, missing = true, ["no-space"] = true }

---@param id string
---@return integer
function fields.number_of(id)
  if not numbers[id] then
    ids_by_number[#ids_by_number + 1] = id
    numbers[id] = #ids_by_number
  end
  return numbers[id]
end

local function map(list, fn)
  local made = {}
  for index, item in ipairs(list or {}) do made[index] = fn(item) end
  return json.array(made)
end

local function kilobytes(limit) return limit and limit // 1000 or 0 end

-- What is the same of every torrent here.
local constants = {
  bandwidthPriority = 0, comment = "", corruptEver = 0, creator = "BTshare", dateCreated = 0, editDate = 0,
  etaIdle = -1, group = "", haveUnchecked = 0, honorsSessionLimits = true, isFinished = false, labels = json.array {},
  manualAnnounceTime = -1, maxConnectedPeers = 50, ["peer-limit"] = 50, pieceCount = 0, pieceSize = 0, pieces = "",
  queuePosition = 0, secondsDownloading = 0, secondsSeeding = 0, seedIdleLimit = 0, seedIdleMode = 2,
  seedRatioLimit = 0, seedRatioMode = 2, torrentFile = "", trackerList = "", trackers = json.array {},
  trackerStats = json.array {}, webseeds = json.array {}, webseedsSendingToUs = 0,
}
local known = {
  id = function(t) return fields.number_of(t.id) end,
  name = function(t) return t.name end,
  hashString = function(t) return t.info_hash or "" end,
  status = function(t) return statuses[t.state] or stopped end,
  error = function(t) return is_trouble[t.state] and 3 or 0 end,
  errorString = function(t) return is_trouble[t.state] and (t.reason or t.state) or "" end,
  totalSize = function(t) return t.size end,
  sizeWhenDone = function(t) return t.wanted end,
  leftUntilDone = function(t) return t.wanted - t.done end,
  desiredAvailable = function(t) return t.seeds > 0 and t.wanted - t.done or 0 end,
  haveValid = function(t) return t.done end,
  percentDone = function(t) return t.wanted > 0 and t.done / t.wanted or 0 end,
  percentComplete = function(t) return t.size > 0 and t.done / t.size or 0 end,
  metadataPercentComplete = function(t) return t.state == "fetching" and 0 or 1 end,
  recheckProgress = function(t) return statuses[t.state] == checking and t.progress or 0 end,
  eta = function(t) return t.left_seconds or t.done < t.wanted and -2 or -1 end,
  rateDownload = function(t) return t.down_rate end,
  rateUpload = function(t) return t.up_rate end,
  downloadedEver = function(t) return t.received end,
  uploadedEver = function(t) return t.sent end,
  uploadRatio = function(t) return t.size > 0 and t.sent / t.size or -1 end,
  addedDate = function(t) return t.created end,
  startDate = function(t) return t.created end,
  activityDate = function(t) return t.up_rate + t.down_rate > 0 and os.time() or t.finished or t.created end,
  doneDate = function(t) return t.finished or 0 end,
  downloadDir = function(t) return t.folder end,
  isPrivate = function(t) return t.is_private end,
  isStalled = function(t) return t.state == "stalled" end,
  peersConnected = function(t) return t.people end,
  peersGettingFromUs = function(t) return t.up_rate > 0 and t.people or 0 end,
  peersSendingToUs = function(t) return t.down_rate > 0 and math.max(t.seeds, 1) or 0 end,
  magnetLink = function(t) return torrents.magnet(t.id) or "" end,
  uploadLimit = function(t) return kilobytes(t.up_limit) end,
  uploadLimited = function(t) return (t.up_limit or 0) > 0 end,
  downloadLimit = function(t) return kilobytes(t.down_limit) end,
  downloadLimited = function(t) return (t.down_limit or 0) > 0 end,
  ["file-count"] = function(t) return t.files end,
  files = function(t, files)
    return map(files(t), function(file) return { name = file.path, length = file.size, bytesCompleted = file.done } end)
  end,
  fileStats = function(t, files)
    return map(files(t), function(file)
      return { bytesCompleted = file.done, wanted = file.is_wanted, priority = 0 }
    end)
  end,
  priorities = function(t, files) return map(files(t), function() return 0 end) end,
  wanted = function(t, files) return map(files(t), function(file) return file.is_wanted and 1 or 0 end) end,
  peers = function(t)
    return map(torrents.people(t.id), function(one)
      return {
        address = one.address, port = 0, clientName = one.client or "", flagStr = "", progress = one.progress or 0,
        rateToPeer = one.up_rate, rateToClient = 0, isEncrypted = false, isIncoming = false, isUTP = false,
        isUploadingTo = one.up_rate > 0, isDownloadingFrom = false,
      }
    end)
  end,
}

---What a client may mean by `ids`: nothing or "recently-active", a number, an info-hash, or a list of these.
---@param wanted any
---@param list btshare.plugin.Torrent[]
---@return btshare.plugin.Torrent[]
function fields.select(wanted, list)
  if wanted == nil or wanted == "recently-active" then return list end
  local is_wanted, chosen = {}, {}
  for _, one in ipairs(type(wanted) == "table" and wanted or { wanted }) do
    is_wanted[type(one) == "string" and one:lower() or ids_by_number[math.tointeger(one)] or false] = true
  end
  for _, torrent in ipairs(list) do
    if is_wanted[torrent.id] or torrent.info_hash and is_wanted[torrent.info_hash] then
      chosen[#chosen + 1] = torrent
    end
  end
  return chosen
end

---@param torrent btshare.plugin.Torrent
---@param name string
---@return any value nil where Transmission has no such field
function fields.get(torrent, name)
  if constants[name] ~= nil then return constants[name] end
  return known[name] and known[name](torrent, function(t) return torrents.files(t.id) end)
end

return fields
