-- What is in a share, for those who serve its bytes: the manifest entries, which alone may be opened.
--
-- While a version is being hashed its manifest is in memory only; then it is in the store, with CRCs.
local manifests = require "core.manifest"

local content = {}

---@class btshare.Content
---@field root string absolute path
---@field base string "" or the folder's name with "/" after it; file paths are below root/base
---@field manifest string see core.manifest
---@field crcs string? 4 bytes, little-endian, a file; nil while hashing runs
---@field number integer of the version
---@field files integer
---@field size integer bytes

---What can be served of a share now.
---@param shares btshare.Shares
---@param share btshare.Share
---@return btshare.Content? content nil while it is missing, stopped or not looked at yet
function content.of(shares, share)
  local has_bytes = share.state == "ready" or share.state == "preparing" or share.state == "changed"
  if not has_bytes or share.is_stopped or share.is_expired then
    return nil
  end
  local base = share.kind == "folder" and share.entry .. "/" or ""
  if share.fresh then
    return {
      root = share.root.path, base = base, manifest = share.fresh, number = (share.number or 0) + 1,
      files = share.files, size = share.size,
    }
  end
  local row = shares.services.store:query(
    "SELECT manifest, crcs, number FROM versions WHERE share = ?", share.id)[1]
  if not row then
    return nil
  end
  return {
    root = share.root.path, base = base, manifest = row.manifest, crcs = #row.crcs > 0 and row.crcs or nil,
    number = row.number, files = share.files, size = share.size,
  }
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

return content
