---@meta core.manifest
-- The manifest of a share: its vetted files at one moment, packed into one string so that 100,000
-- files cost one Lua value. Each file is string.pack("<I8i8i8I8s8", size, mtime_ns, ctime_ns,
-- inode, path): sizes in bytes, times in nanoseconds since 1970, paths relative to the share's
-- base, bytes as the file system has them. tree makes it, hasher and engine read it, the
-- store keeps it. Two equal strings mean: nothing changed. The order of files is the order in
-- the torrent.

---@class core.manifest
local manifest = {}

---@return integer files
---@return integer bytes
---@param packed string
function manifest.measure(packed) end

---Iterates over a packed manifest.
---@param packed string
---@return fun(): integer?, string?, integer?, integer?, integer?, integer? next index from 1, path, size, mtime_ns, ctime_ns, inode
function manifest.each(packed) end

---One file by its index (from 1), found in O(n) once; nil when out of range.
---@param packed string
---@param index integer
---@return string? path
---@return integer? size
---@return integer? mtime_ns
---@return integer? ctime_ns
---@return integer? inode
function manifest.get(packed, index) end

---Puts the files of `new` in the order of `old`: files that both have keep their place, new ones
---follow in their own order; files only in `old` are dropped. So unchanged pieces of a packed (v1)
---torrent stay where they were.
---@param old string
---@param new string
---@return string arranged
---@return boolean unchanged true when `arranged` equals `old`, byte for byte
---@return boolean same_content true when files, sizes, mtimes and inodes are equal and at most ctimes differ
function manifest.arrange(old, new) end

return manifest
