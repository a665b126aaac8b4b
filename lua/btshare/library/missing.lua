-- Shares whose entry went away, kept so that an entry which lives on under another name is known again.
--
-- Thousands may be missing, so each manifest is read once, when an entry of its size first comes; from then on
-- the share is found by its inodes.
local manifests = require "core.manifest"

---@class btshare.Missing
---@field private unread table<string, table<btshare.Share, true>> by shape
---@field private by_trace table<string, table<btshare.Share, true>>
---@field private moved table<btshare.Share, true> those that were seen to be renamed, to whatever
---@field private places table<btshare.Share, table> which of these tables holds it, and under which key
local Missing = {}
Missing.__index = Missing

local missing = {}

---@return btshare.Missing
function missing.new()
  return setmetatable({ unread = {}, by_trace = {}, moved = {}, places = {} }, Missing)
end

-- What a rename leaves as it was, of a share and of an entry alike.
local function shape(thing)
  return thing.kind .. ":" .. thing.size .. ":" .. thing.files
end

-- The same of a manifest, whatever its order: what has another one cannot be the same files.
local function trace(shape_of_it, manifest)
  local inodes = 0
  for _, _, _, _, _, inode in manifests.each(manifest) do
    inodes = inodes + inode
  end
  return shape_of_it .. ":" .. inodes
end

local function put(self, where, key, share)
  where[key] = where[key] or {}
  where[key][share] = true
  self.places[share] = { where = where, key = key }
end

---@param share btshare.Share
function Missing:add(share)
  put(self, self.unread, shape(share), share)
end

local function take(self, share)
  local place = self.places[share]
  if place then
    local set = place.where[place.key]
    set[share] = nil
    if not next(set) then place.where[place.key] = nil end
    self.places[share] = nil
  end
end

---@param share btshare.Share
function Missing:remove(share)
  self.moved[share] = nil
  take(self, share)
end

---The kernel told that the file of a share was renamed: its inode is no other's as long as that stands.
---@param share btshare.Share that is missing
function Missing:note_moved(share)
  if share.kind == "file" then self.moved[share] = true end
end

-- Shares without a manifest went before their first version was made: nothing to know them by.
local function read(self, key, manifest_of)
  for share in pairs(self.unread[key] or {}) do
    local manifest = manifest_of(share)
    take(self, share)
    if manifest then
      put(self, self.by_trace, trace(key, manifest), share)
    end
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

local function inode_of(manifest)
  return (select(5, manifests.get(manifest, 1)))
end

---The missing share that a new entry is which was renamed, though it was written to as well.
---@param entry core.tree.Entry
---@param manifest_of fun(share: btshare.Share): string?
---@return btshare.Share?
function Missing:find_moved(entry, manifest_of)
  if entry.kind ~= "file" then return nil end
  for share in pairs(self.moved) do
    local manifest = manifest_of(share)
    if manifest and inode_of(manifest) == inode_of(entry.manifest) then return share end
  end
end

---The missing share that a new entry is, under another name: the same inodes, sizes and times.
---@param entry core.tree.Entry
---@param manifest_of fun(share: btshare.Share): string?
---@return btshare.Share?
function Missing:find(entry, manifest_of)
  if entry.files == 0 then
    return nil -- nothing in it to know it by
  end
  local key = shape(entry)
  read(self, key, manifest_of)
  if not next(self.by_trace) then return nil end
  for share in pairs(self.by_trace[trace(key, entry.manifest)] or {}) do
    if is_same(manifest_of(share), entry) then
      return share
    end
  end
end

return missing
