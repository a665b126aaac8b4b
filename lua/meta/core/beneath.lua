---@meta core.beneath
-- Looking at what is beneath a folder, on the loop's pool of threads. Everything is opened with openat2 beneath the
-- folder: no "..", no symbolic link and no mount point leads out of it. Codes: "missing", "denied" (a symbolic link, a way
-- out, no right to read), "invalid" (another kind of thing than is looked for), "full" (beyond the limit).

---@class core.beneath
local beneath = {}

---@class core.beneath.Facts
---@field kind "file"|"folder"|"other"
---@field size integer bytes
---@field modified integer seconds since 1970

---@class core.beneath.Entry: core.beneath.Facts
---@field name string

---Reads a regular file whole. `on_done` is called on the loop.
---@param folder string absolute; may be a symbolic link itself
---@param path string relative to it
---@param limit integer bytes
---@param on_done fun(content: string?, message: string?, code: string?)
---@return true|nil started
---@return string? message
---@return string? code
function beneath.read(folder, path, limit, on_done) end

---Lists what is directly in a folder, in no order; a symbolic link is "other".
---@param folder string
---@param path string "." for the folder itself
---@param limit integer names
---@param on_done fun(entries: core.beneath.Entry[]?, message: string?, code: string?)
---@return true|nil started
---@return string? message
---@return string? code
function beneath.list(folder, path, limit, on_done) end

---@param folder string
---@param path string
---@param limit integer is not looked at
---@param on_done fun(facts: core.beneath.Facts?, message: string?, code: string?)
---@return true|nil started
---@return string? message
---@return string? code
function beneath.stat(folder, path, limit, on_done) end

return beneath
