-- What is in a share, for those who serve its bytes: the manifest entries, which alone may be opened.
--
-- While a version is being hashed its manifest is in memory only; then it is in the store, with CRCs.
local manifests = require "core.manifest"
local task = require "btshare.task"

local content = {}

---@class btshare.Content
---@field share string its id
---@field root string absolute path
---@field base string "" or the folder's name with "/" after it; file paths are below root/base
---@field manifest string see core.manifest
---@field crcs string? 4 bytes, little-endian, a file; nil while hashing runs
---@field number integer of the version
---@field files integer
---@field size integer bytes
---@field stamp any what it was made of; another one means that it is out of date
---@field mutex btshare.task.mutex held by who derives something costly from it, to keep in it
---@field by_path table<string, integer>? see content.find

-- Looked up once for many requests; the few that are asked for most stay.
local cache_limit = 8

local function can_serve(share)
  local has_bytes = share.state == "ready" or share.state == "preparing" or share.state == "changed"
  return has_bytes and not share.is_stopped and not share.is_expired
end

local function load(shares, share, base)
  if share.fresh then
    return {
      share = share.id, root = share.root.path, base = base, manifest = share.fresh,
      number = (share.number or 0) + 1, files = share.files, size = share.size, stamp = share.fresh,
      mutex = task.mutex(),
    }
  end
  local row = shares.services.store:query(
    "SELECT manifest, crcs, number FROM versions WHERE share = ?", share.id)[1]
  return row and {
    share = share.id, root = share.root.path, base = base, manifest = row.manifest,
    crcs = #row.crcs > 0 and row.crcs or nil, number = row.number, files = share.files, size = share.size,
    stamp = share.edition, mutex = task.mutex(),
  }
end

-- Puts it first; the last one goes when there are too many.
local function remember(contents, of)
  for index, candidate in ipairs(contents) do
    if candidate.share == of.share then
      table.remove(contents, index)
      break
    end
  end
  table.insert(contents, 1, of)
  contents[cache_limit + 1] = nil
end

local function recall(contents, share, base)
  for _, of in ipairs(contents) do
    if of.share == share.id then
      local is_current = of.stamp == (share.fresh or share.edition) and of.base == base
        and of.root == share.root.path
      return is_current and of or nil
    end
  end
end

---What can be served of a share now.
---@param shares btshare.Shares
---@param share btshare.Share
---@return btshare.Content? content nil while it is missing, stopped or not looked at yet
function content.of(shares, share)
  if not can_serve(share) then
    return nil
  end
  local base = share.kind == "folder" and share.entry .. "/" or ""
  local of = recall(shares.contents, share, base) or load(shares, share, base)
  if of then
    remember(shares.contents, of)
  end
  return of
end

---One file of it, as core.http serves it.
---@param of btshare.Content
---@param index integer from 1
---@return core.http.File? file
---@return string? path relative to the share, for display
---@return string? crc 4 bytes, little-endian
function content.file(of, index)
  local path, size, mtime_ns, ctime_ns, inode = manifests.get(of.manifest, index)
  if not path then
    return nil
  end
  return {
    root = of.root, path = of.base .. path, size = size, mtime_ns = mtime_ns, ctime_ns = ctime_ns, inode = inode,
  }, path, of.crcs and of.crcs:sub(4 * index - 3, 4 * index)
end

local files_per_turn = 512 -- of the loop

-- Path → where the file's entry is in the manifest.
local function index_paths(of)
  local _ <close> = of.mutex:lock()
  if of.by_path then return end
  local by_path, position, count = {}, 1, 0
  while position <= #of.manifest do
    local _, _, _, _, path, following = string.unpack("<i8i8i8i8s8", of.manifest, position)
    by_path[path] = position
    position, count = following, count + 1
    if count % files_per_turn == 0 then task.yield() end
  end
  of.by_path = by_path
end

---One file by its path, byte for byte. Call in a task.
---@param of btshare.Content
---@param path string relative to the share's base, as in the manifest
---@return core.http.File?
function content.find(of, path)
  if not of.by_path then index_paths(of) end
  local position = of.by_path[path]
  if not position then
    return nil
  end
  local size, mtime_ns, ctime_ns, inode = string.unpack("<i8i8i8i8", of.manifest, position)
  return {
    root = of.root, path = of.base .. path, size = size, mtime_ns = mtime_ns, ctime_ns = ctime_ns, inode = inode,
  }
end

return content
