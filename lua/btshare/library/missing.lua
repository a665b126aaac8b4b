-- Shares whose entry went away, kept so that an entry which lives on under another name is known again.
local manifests = require "core.manifest"

---@class btshare.Missing
---@field private by_shape table<string, table<btshare.Share, true>>
local Missing = {}
Missing.__index = Missing

local missing = {}

---@return btshare.Missing
function missing.new()
  return setmetatable({ by_shape = {} }, Missing)
end

-- What a rename leaves as it was, of a share and of an entry alike.
local function shape(thing)
  return thing.kind .. ":" .. thing.size .. ":" .. thing.files
end

---@param share btshare.Share
function Missing:add(share)
  local key = shape(share)
  self.by_shape[key] = self.by_shape[key] or {}
  self.by_shape[key][share] = true
end

---@param share btshare.Share
function Missing:remove(share)
  local key = shape(share)
  local set = self.by_shape[key]
  if set then
    set[share] = nil
    self.by_shape[key] = next(set) and set or nil
  end
end

---@param manifest string of the share
---@param entry core.tree.Entry
local function is_same(manifest, entry)
  if entry.kind == "folder" then
    local _, _, same_content = manifests.arrange(manifest, entry.manifest)
    return same_content
  end
  local _, size, mtime_ns, _, inode = manifests.get(manifest, 1)
  local _, new_size, new_mtime_ns, _, new_inode = manifests.get(entry.manifest, 1)
  return inode == new_inode and size == new_size and mtime_ns == new_mtime_ns
end

---The missing share that a new entry is, under another name: the same inodes, sizes and times.
---@param entry core.tree.Entry
---@param manifest_of fun(share: btshare.Share): string?
---@return btshare.Share?
function Missing:find(entry, manifest_of)
  if entry.files == 0 then
    return nil -- nothing in it to know it by
  end
  for share in pairs(self.by_shape[shape(entry)] or {}) do
    local manifest = not share.is_stopped and manifest_of(share)
    if manifest and is_same(manifest, entry) then
      return share
    end
  end
end

return missing
