---@meta core.sandbox
-- Landlock (landlock(7)): the process gives up the right to write anywhere but below the named folders.
-- It binds this thread and those started later, so it is called before libtorrent, HTTP, the hasher or libuv's pool start.

---@class core.sandbox
local sandbox = {}

---@return integer abi 0 where the kernel has no Landlock or it is off
function sandbox.abi() end

---Gives up all file system rights that change anything, except below `writable` (existing folders, or existing
---files such as /dev/null and a terminal). Reading stays free. Cannot be undone; children inherit it. Where it fails
---nothing is given up. List /dev/null: uv.spawn opens it for writing wherever a child's stdio is left out.
---@param writable string[]
---@return integer? abi in force
---@return string? message
---@return string? code "missing" where there is no Landlock, "busy" when the process has more than one thread
function sandbox.restrict(writable) end

---For tests and `btshare status`: tries to create a file below `folder` from a new thread and from this one.
---@param folder string
---@return boolean refused true when each try was refused with EACCES
---@return string? message what was not
function sandbox.try_write(folder) end

return sandbox
