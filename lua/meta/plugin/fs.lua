---@meta btshare.fs
-- Reading files beneath a folder. No "..", no symbolic link and no mount leads out of it. All wait: only in handlers and tasks.

---@class btshare.fs
local fs = {}

---Reads a file.
---@param folder string an absolute path
---@param path string of the file, in the folder
---@param options {limit: integer|string|nil}? most bytes; default "1MiB", at most "64MiB"
---@return string? content
---@return string? message
---@return string? code
function fs.read(folder, path, options) end

---Lists what is in a folder.
---@param folder string an absolute path
---@param path string? in the folder; default: the folder itself
---@return btshare.fs.Entry[]? entries in no order
---@return string? message
---@return string? code
function fs.list(folder, path) end

---Says what a file or folder is.
---@param folder string an absolute path
---@param path string? in the folder; default: the folder itself
---@return btshare.fs.Facts? facts
---@return string? message
---@return string? code
function fs.stat(folder, path) end

---@class btshare.fs.Facts
---@field kind "file"|"folder"|"other" a symbolic link is "other"
---@field size integer bytes
---@field modified integer seconds since 1970

---@class btshare.fs.Entry: btshare.fs.Facts
---@field name string

return fs
