---@meta core.deposit
-- Files that come into being whole: written without a name, and given one that nothing has when all of them is on the
-- disk.

---@class core.deposit
---@field flags integer for uv.fs_open of a folder: a file in it that has no name yet, to read and write
local deposit = {}

---Gives a file without a name the name `path`, in the same file system. What is there already is never replaced. Only the
---directory is touched: sync the file before, and the folder after.
---@param file integer descriptor
---@param path string absolute
---@return true|nil done
---@return string? message
---@return string? code "exists"
function deposit.publish(file, path) end

return deposit
