-- A share's way into the swarm and out of it. Of shares with the very same torrent one is there; the others are its
-- heirs.
local build = require "btshare.shares.build"
local exposure = require "btshare.exposure"

local seeding = {}

---@param shares btshare.Shares
---@param share btshare.Share
---@return table? version row of its versions, where it has one
function seeding.stored(shares, share)
  return shares.services.store:query("SELECT * FROM versions WHERE share = ?", share.id)[1]
end

-- Whether nothing of it is to be sent for now: by the owner's choice, or because a plugin holds all back.
local function is_resting(share)
  return share.is_paused or share.is_held
end

-- Whether anybody may be sent it, unless it rests.
local function is_shared(shares, share)
  return shares.by_id[share.id] == share and not share.is_stopped and not share.is_expired
end

local function disinherit(shares, share)
  local heirs = shares.heirs[share.info_hash]
  if heirs then
    heirs[share] = nil
    shares.heirs[share.info_hash] = next(heirs) and heirs or nil
  end
end

---Who had a torrent has left, or did not get in after all: one of its heirs steps in.
---@param shares btshare.Shares
---@param hash string
function seeding.pass_on(shares, hash)
  local heir = next(shares.heirs[hash] or {})
  if heir then
    disinherit(shares, heir)
    shares:spawn(seeding.join, shares, heir, seeding.stored(shares, heir))
  end
end

---Puts a version into the swarm. Another share may be there with the very same torrent, a copy in another folder: it
---serves for both, and this one is its heir. Call in a task.
---@param shares btshare.Shares
---@param share btshare.Share
---@param version table row of its versions
---@return true|nil joined nil where it failed, which the share says, or somebody newer is at it
function seeding.join(shares, share, version)
  if not is_shared(shares, share) then return nil end
  if not version.torrent or share.is_seeding or is_resting(share) then return true end
  local ticket, departures, hash = share.ticket, share.departures, version.info_hash
  local engine = shares.services.engine
  local added, message, code = engine:add_share {
    info_hash = hash,
    torrent = version.torrent,
    root = share.root.path,
    base = build.base(share),
    manifest = version.manifest,
    public = share.exposure == "public",
    trackers = exposure.trackers(share, shares.services.config),
    up_limit = share.up_limit,
  }
  local is_other = departures ~= share.departures or is_resting(share) -- since we began to wait
  if added and (is_other or ticket ~= share.ticket) then
    engine:remove(hash)
    seeding.pass_on(shares, hash)
  end
  if ticket ~= share.ticket then
    return nil
  elseif is_other or share.is_seeding then
    return seeding.join(shares, share, version)
  elseif added then
    share.is_seeding, share.is_suspended = true, false
    shares.by_hash[hash] = share
    shares:inform("torrent-added", share, { info_hash = hash })
  elseif code == "exists" then
    shares.heirs[hash] = shares.heirs[hash] or {}
    shares.heirs[hash][share] = true
  else
    shares:fail(share, message)
    seeding.pass_on(shares, hash)
    return nil
  end
  return true
end

---Takes a share out of the swarm; what is being hashed goes on.
---@param shares btshare.Shares
---@param share btshare.Share
function seeding.leave(shares, share)
  share.departures = (share.departures or 0) + 1
  if share.is_seeding then
    shares.services.engine:remove(share.info_hash)
    share.is_seeding, share.is_suspended = false, false
    shares.by_hash[share.info_hash] = nil
    shares:inform("torrent-removed", share, { info_hash = share.info_hash })
    seeding.pass_on(shares, share.info_hash)
  elseif share.info_hash then
    disinherit(shares, share)
  end
end

---Puts the current version of a share that is ready back into the swarm. Call in a task.
---@param shares btshare.Shares
---@param share btshare.Share
function seeding.rejoin(shares, share)
  local version = share.number and seeding.stored(shares, share)
  if version then seeding.join(shares, share, version) end
end

---@param shares btshare.Shares
---@param share btshare.Share
---@return any is_in whether all is done that can be: it is there, or rests, or waits for its inheritance
function seeding.is_in(shares, share)
  local heirs = shares.heirs[share.info_hash]
  return share.is_seeding or is_resting(share) or (heirs and heirs[share])
end

return seeding
