-- Versions of a share: one manifest, its hashes and its torrent.
--
-- Everything here may wait, and the world may change meanwhile: whoever begins takes a ticket of the
-- share and gives up when there is a newer one.
local build = require "btshare.shares.build"
local choices = require "btshare.shares.choices"
local manifests = require "core.manifest"
local seeding = require "btshare.shares.seeding"
local set_state = require "btshare.shares.state"
local task = require "btshare.task"

local versions = {}

local function take_ticket(share)
  share.ticket = share.ticket + 1
  return share.ticket
end

---Takes a share out of the swarm and stops its hashing; nothing more of it is read.
---@param shares btshare.Shares
---@param share btshare.Share
function versions.withdraw(shares, share)
  if share.job then
    shares.services.hasher:cancel(share.job)
    local give_up = share.give_up
    share.job, share.give_up = nil, nil
    give_up(nil, "hashing was cancelled", "cancelled")
  end
  seeding.leave(shares, share)
end

local function set_ready(share, version)
  local is_empty = not version.torrent and share.exposure ~= "http"
  set_state(share, "ready", is_empty and "empty; by HTTP only, a torrent cannot hold it" or nil)
end

-- `result` says what was read for it, nil: nothing.
local function tell_ready(shares, share, result)
  local is_restored = share.is_restored == true
  share.is_restored = nil
  local seconds, bytes = result and result.seconds or 0, result and result.bytes_read or 0
  shares:tell("share-ready", share, { hash_seconds = seconds, bytes = bytes, from_restore = is_restored })
end

-- Puts a prepared version into the swarm and says that it is ready. May wait.
local function seed(shares, share, version, result)
  share.files, share.size, share.number = version.files, version.size, version.number
  if seeding.join(shares, share, version) then
    set_ready(share, version)
    tell_ready(shares, share, result)
  end
end

-- Goes on with a version that is as it was: it may be in the engine still, only held back.
local function carry_on(shares, share, version)
  if version.torrent and not seeding.is_in(shares, share) then
    seed(shares, share, version)
    return
  end
  if share.is_suspended then
    share.is_suspended = false
    shares.services.engine:resume(share.info_hash)
  end
  if share.state ~= "ready" then
    set_ready(share, version)
    tell_ready(shares, share)
  end
end

-- The hashes were dear to make: they wait for room on a full disk. What is newer takes its turn.
local function write_version(shares, share, version)
  local ticket = share.ticket
  local store = shares.services.store
  local blob = store.blob
  local batch = {}
  if share.info_hash and share.info_hash ~= version.info_hash then
    batch[1] = {
      "INSERT OR REPLACE INTO former VALUES (?, ?, ?)", share.id, share.number or 0, share.info_hash,
    }
  end
  batch[#batch + 1] = {
    "INSERT OR REPLACE INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    share.id, version.number, version.files, version.size, blob(version.manifest), version.format,
    version.piece_length, blob(version.pieces), blob(version.roots), blob(version.layers), blob(version.crcs),
    version.private, version.torrent and blob(version.torrent), version.info_hash, version.info_hash_v2,
    blob(version.folders), n = 16,
  }
  batch[#batch + 1] = { "UPDATE shares SET changed = ? WHERE id = ?", share.changed, share.id }
  local written, message, code = store:write_when_room(batch, function() return ticket == share.ticket end)
  share.edition = share.edition + 1
  return written, message, code
end

-- The same content with another manifest: only its times moved (chmod, touch, rename).
local function adopt(shares, share, version, manifest)
  local ticket = take_ticket(share)
  versions.withdraw(shares, share)
  version.manifest = manifest
  local written, message = write_version(shares, share, version)
  if ticket ~= share.ticket then return end
  if not written then
    shares:fail(share, message)
    return
  end
  seed(shares, share, version)
end

---Makes a new version of what `entry` holds and shares it. Call in a task.
---@param shares btshare.Shares
---@param share btshare.Share
---@param entry core.tree.Entry
---@param previous table? row of the version before, whose hashes are reused where content is the same
function versions.prepare(shares, share, entry, previous)
  local ticket = take_ticket(share)
  versions.withdraw(shares, share)
  share.files, share.size, share.progress = entry.files, entry.size, 0
  share.fresh, share.fresh_folders, share.is_restored = entry.manifest, entry.folders, nil
  set_state(share, share.number and "changed" or "preparing")
  if share.number then
    share.changed = os.time()
    shares:tell("share-changed", share)
  else
    shares:touch(share)
  end
  local version = build.version(share, entry, previous)
  local result, message, code = build.hash(shares, share, version, previous)
  task.breathe() -- thousands may be done at once
  if ticket ~= share.ticket or code == "cancelled" then return end
  share.job, share.give_up = nil, nil
  if code == "gone" or code == "missing" then
    share.root:touch(share.entry, { modified = true }, 2) -- it moved under our hands: look again
    return
  end
  local made = result
  if result then
    made, message = build.torrent(shares, share, version)
    if ticket ~= share.ticket then return end
  end
  local written = made
  if made then
    written, message = write_version(shares, share, version)
    task.breathe()
  end
  if made and written then
    if ticket == share.ticket then share.fresh, share.fresh_folders = nil, nil end
    share.number, share.info_hash, share.info_hash_v2 = version.number, version.info_hash, version.info_hash_v2
  end
  if ticket ~= share.ticket then return end
  if not written then
    shares:fail(share, message)
    return
  end
  seed(shares, share, version, result)
end

-- A packed (v1) torrent keeps the order of its files, new ones last, so that pieces before them stay; a v2 file tree
-- has one order only.
local function keeps_order(share, version)
  return version.format == "v1" and choices.format(share) == "v1"
end

-- The manifest to hold against the stored one.
local function arrange(share, version, entry)
  if keeps_order(share, version) then
    return manifests.arrange(version.manifest, entry.manifest)
  end
  local _, _, is_same = manifests.arrange(version.manifest, entry.manifest)
  return entry.manifest, version.manifest == entry.manifest, is_same
end

local function has_policy(share, version)
  local options = share.root.options
  local wants_torrent = share.exposure ~= "http" and version.size > 0
  return version.format == choices.format(share)
    and (not options.piece_length or options.piece_length == version.piece_length or not wants_torrent)
    and version.private == (share.exposure == "private" and 1 or 0)
    and wants_torrent == (version.torrent ~= nil)
end

-- What config.lua says of the folder holds for its shares, also where it said something else before, but not over what
-- was chosen for one of them.
local function follow_exposure(shares, share)
  local wanted = share.root.options.exposure
  if share.exposure == wanted or share.has_own_exposure then return true end
  versions.withdraw(shares, share)
  share.exposure = wanted
  shares:touch(share)
  return shares.services.store:write {
    { "UPDATE shares SET exposure = ? WHERE id = ?", wanted, share.id },
  }
end

-- No torrent changes with folders that hold no file, nor is anything read for them.
local function follow_folders(shares, share, version, entry)
  local folders, store = entry.folders or "", shares.services.store
  if version.folders == folders then return true end
  version.folders = folders
  local written, message = store:write {
    { "UPDATE versions SET folders = ? WHERE share = ?", store.blob(folders), share.id },
  }
  share.edition = share.edition + 1
  return written, message
end

---Holds the stored version against what is on disk: goes on, adopts new times, or makes a new one.
---Call in a task; it does not wait for hashing.
---@param shares btshare.Shares
---@param share btshare.Share
---@param entry core.tree.Entry
---@param is_trusted boolean whether a difference in times alone is known to be harmless
function versions.refresh(shares, share, entry, is_trusted)
  local ticket = share.ticket
  local followed, message = follow_exposure(shares, share)
  if ticket ~= share.ticket then
    return
  elseif not followed then
    shares:fail(share, message)
    return
  end
  local version = share.number and seeding.stored(shares, share)
  if not version or share.kind ~= entry.kind then
    share.kind = entry.kind
    shares:spawn(versions.prepare, shares, share, entry)
    return
  end
  followed, message = follow_folders(shares, share, version, entry)
  if ticket ~= share.ticket then
    return
  elseif not followed then
    shares:fail(share, message)
    return
  end
  local manifest, is_unchanged, is_same = arrange(share, version, entry)
  if not has_policy(share, version) then
    entry.manifest = manifest
    shares:spawn(versions.prepare, shares, share, entry, version)
  elseif is_unchanged then
    carry_on(shares, share, version)
  elseif is_same and is_trusted then
    adopt(shares, share, version, manifest)
  else
    entry.manifest = manifest
    shares:spawn(versions.prepare, shares, share, entry, version)
  end
end

---Prepares a share under its new name. Content that is known to be the same is not read again.
---@param shares btshare.Shares
---@param share btshare.Share
---@param entry core.tree.Entry
---@param is_trusted boolean
function versions.rename(shares, share, entry, is_trusted)
  local version = share.number and seeding.stored(shares, share)
  if version and share.kind == "file" and is_trusted then
    version.manifest = entry.manifest -- the same inode, size and mtime, and no write seen
  elseif version and share.kind == "folder" and keeps_order(share, version) then
    entry.manifest = manifests.arrange(version.manifest, entry.manifest)
  end
  versions.prepare(shares, share, entry, version)
end

return versions
