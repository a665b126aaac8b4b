---@meta core.tree
-- The safe walk and the watch below a shared folder. Everything is opened with openat2 beneath the
-- folder, without symbolic links, magic links or other file systems; only regular files are listed.

---@class core.tree
local tree = {}

---@class core.tree.Entry what is directly inside a root, file or folder
---@field name string
---@field kind "file"|"folder"|"skipped"|"absent" absent: asked for by name, not there (any more)
---@field manifest string see core.manifest; paths relative to the folder, or the file's own name
---@field folders string? folders inside that bring no file, and hold no other such folder: each path, relative to the folder, and NUL
---@field files integer
---@field size integer bytes
---@field newest integer nanoseconds since 1970: the latest mtime or ctime of any file or folder in it
---@field writers "none"|"some"|"unknown" whether a process has a file of it open for writing, by a read lease (fcntl(2) F_SETLEASE); unknown: no lease can be had
---@field skipped {path: string, reason: string}[]? what is inside but cannot be shared, each with a reason in words; path relative to the root
---@field skipped_more integer? how many more there were beyond the 1000 listed in `skipped`
---@field reason string? of a skipped entry itself, in words

---@class core.tree.Change
---@field name string the entry directly inside the root; "" means the root itself, or its `.btignore`: scan all
---@field created boolean? something appeared in it, or it appeared
---@field modified boolean? content of a file in it was written or truncated
---@field attributes boolean? mode, owner or times changed
---@field removed boolean? something in it, or it, went away
---@field moved boolean? something was renamed into, out of or inside it
---@field closed boolean? a file that was open for writing was closed

---@class core.tree.Notice what concerns the whole root, not one entry
---@field notice "overflow"|"limit"|"gone" overflow: changes were lost, scan all · limit: no more watches can be had, scan from time to time · gone: the root went away (deleted, moved, unmounted)
---@field message string in words, for limit with the sysctl to raise

---@class core.tree.Options
---@field watch_limit integer? use no more inotify watches than this; default: as many as the kernel gives

---Opens the folder `path` (absolute). The last component may be a symbolic link: it is resolved here once.
---`on_change` is called on the loop with each gathered set of changes, at most every 100 ms, one
---Change an entry, and with notices.
---@param path string
---@param on_change fun(changes: (core.tree.Change|core.tree.Notice)[])
---@param options core.tree.Options?
---@return core.tree.Root? root
---@return string? message
---@return string? code
function tree.open(path, on_change, options) end

---@class core.tree.Root
local Root = {}

---@class core.tree.ScanOptions
---@field entries string[]? only these names directly inside the root; without it all. Anything but a single name raises
---@field ignore string[]? patterns (fnmatch(3), each component is tried) of names to leave alone, silently. Dot-files are always left alone
---@field watch boolean? adds inotify watches to every folder before it is read, so nothing is missed after
---@field leases boolean? finds out `writers` (costs an open a file)
---@field depth integer? deepest level that is shared (default 32, at most 256; the entry itself is level 1); deeper ones are skipped with a reason

---Walks on a thread of its own; one scan of a root after the other. `on_entries` is called on the loop with up to
---500 entries at a time (fewer when their manifests are large), in byte order of names; the files of a folder are in
---byte order, component by component (the order of a v2 file tree, BEP 52). Then `on_done` once.
---A `.btignore` in the root (one fnmatch pattern a line, # comments) adds to `ignore`.
---Names that a torrent cannot hold are skipped with a reason: invalid UTF-8, control characters,
---backslash, over 240 bytes, trailing dot or space. Of names in one folder (not in the root, whose entries
---are torrents of their own) that differ only in case or normalisation the first in byte order is kept.
---A root that went away (deleted, moved, unmounted) fails with "gone", also when that happens amid the scan:
---what was delivered then is to be taken with care.
---@param options core.tree.ScanOptions
---@param on_entries fun(entries: core.tree.Entry[])
---@param on_done fun(succeeded: true|nil, message: string?, code: string?)
---@return true|nil queued
---@return string? message
---@return string? code
function Root:scan(options, on_entries, on_done) end

---@class core.tree.Info
---@field path string absolute, without symbolic links
---@field device integer
---@field inode integer
---@field filesystem integer f_type of statfs(2)
---@field network boolean NFS, CIFS, FUSE, 9p and their like: no inotify, slow to settle
---@field watches integer inotify watches in use

---After `close`: nil, message, "gone".
---@return core.tree.Info? info
---@return string? message
---@return string? code
function Root:info() end

---Ends watch and scans; callbacks of a scan under way are not called any more. Idempotent.
function Root:close() end

return tree
