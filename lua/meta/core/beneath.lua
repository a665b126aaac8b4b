---@meta core.beneath
-- Looking at what is beneath a folder, each look on a thread of its own. Everything is opened with openat2 beneath the
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
---@return core.beneath.Look? look
---@return string? message
---@return string? code
function beneath.read(folder, path, limit, on_done) end

---Lists what is directly in a folder, in no order; a symbolic link is "other".
---@param folder string
---@param path string "." for the folder itself
---@param limit integer names
---@param on_done fun(entries: core.beneath.Entry[]?, message: string?, code: string?)
---@return core.beneath.Look? look
---@return string? message
---@return string? code
function beneath.list(folder, path, limit, on_done) end

---@param folder string
---@param path string
---@param limit integer is not looked at
---@param on_done fun(facts: core.beneath.Facts?, message: string?, code: string?)
---@return core.beneath.Look? look
---@return string? message
---@return string? code
function beneath.stat(folder, path, limit, on_done) end

---@class core.beneath.Look
local Look = {}

---Gives it up; on_done is not called any more, and the thread ends when the file system lets it. Closing twice is no
---mistake.
function Look:close() end

return beneath
