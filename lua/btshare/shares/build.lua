-- Builds a version of a share: piece hashes, CRCs and the torrent of one manifest.
local choices = require "btshare.shares.choices"
local core_engine = require "core.engine"
local task = require "btshare.task"

local build = {}

---@class btshare.Version a row of the store's table of versions
---@field number integer
---@field files integer
---@field size integer
---@field manifest string
---@field format "v1"|"hybrid"|"v2"
---@field piece_length integer 0 where there is nothing to hash: an empty share
---@field pieces string
---@field roots string
---@field layers string
---@field crcs string
---@field private integer 1 for BEP 27
---@field torrent string?
---@field info_hash string?
---@field info_hash_v2 string?
---@field folders string see core.tree.Entry

---Manifest paths are below root/base.
---@param share btshare.Share
---@return string base
function build.base(share)
  return share.kind == "folder" and share.entry or ""
end

-- A folder that grows a little keeps its piece length: only then can hashes be kept too.
local function piece_length(share, size, previous)
  local options = share.root.options
  if options.piece_length then
    return options.piece_length
  end
  local is_like = previous and previous.piece_length > 0 and previous.format == choices.format(share)
    and math.abs(previous.size - size) * 4 < previous.size
  return is_like and previous.piece_length or core_engine.piece_length(size)
end

---Begins a version of what `entry` holds, with nothing hashed yet.
---@param share btshare.Share
---@param entry core.tree.Entry
---@param previous btshare.Version?
---@return btshare.Version
function build.version(share, entry, previous)
  return {
    number = (share.number or 0) + 1,
    files = entry.files,
    size = entry.size,
    manifest = entry.manifest,
    format = choices.format(share),
    piece_length = entry.size > 0 and piece_length(share, entry.size, previous) or 0,
    pieces = "", roots = "", layers = "", crcs = "",
    private = share.exposure == "private" and 1 or 0,
    folders = entry.folders or "",
  }
end

---Hashes what the version holds, also where there will be no torrent (a ZIP needs the CRCs), with what can
---be kept of the previous one. Waits.
---@param shares btshare.Shares
---@param share btshare.Share
---@param version btshare.Version filled in
---@param previous btshare.Version?
---@return {seconds: number, bytes_read: integer}|nil result
---@return string? message
---@return string? code
function build.hash(shares, share, version, previous)
  if version.piece_length == 0 then
    return { seconds = 0, bytes_read = 0 }
  end
  local result, message, code = task.await(function(resume)
    local id, why, reason = shares.services.hasher:hash({
      root = share.root.path,
      base = build.base(share),
      manifest = version.manifest,
      piece_length = version.piece_length,
      format = version.format,
      previous = previous and previous.piece_length > 0 and previous or nil,
    }, resume, function(done, bytes)
      share.progress = bytes > 0 and done / bytes or 0
      shares:tell("share-progress", share, { done = done, bytes = bytes })
    end)
    share.job, share.give_up = id, resume
    if not id then
      resume(nil, why, reason)
    end
  end)
  if result then
    version.pieces, version.roots = result.pieces, result.roots
    version.layers, version.crcs = result.layers, result.crcs
  end
  return result, message, code
end

-- Info-hashes of earlier versions, newest first: their holders have files of this one (BEP 38).
local function former_hashes(shares, share)
  local list = { share.info_hash }
  for _, row in ipairs(shares.services.store:query(
    "SELECT info_hash FROM former WHERE share = ? ORDER BY number DESC LIMIT 4", share.id)) do
    list[#list + 1] = row.info_hash
  end
  return #list > 0 and list or nil
end

---Makes the torrent of a hashed version, where it can have one. Waits: that of a large folder takes a while.
---@param shares btshare.Shares
---@param share btshare.Share
---@param version btshare.Version filled in
---@return true|nil made
---@return string? message
function build.torrent(shares, share, version)
  if version.piece_length == 0 or share.exposure == "http" then
    return true
  end
  local description = {
    name = share.entry,
    kind = share.kind,
    manifest = version.manifest,
    piece_length = version.piece_length,
    format = version.format,
    pieces = version.pieces,
    roots = version.roots,
    layers = version.layers,
    private = version.private == 1,
    similar = former_hashes(shares, share),
  }
  local made, message = task.await(function(resume)
    local begun, why = core_engine.make_torrent_async(description, resume)
    if not begun then resume(nil, why) end
  end)
  if not made then
    return nil, message
  end
  version.torrent, version.info_hash, version.info_hash_v2 = made.torrent, made.info_hash, made.info_hash_v2
  return true
end

return build
