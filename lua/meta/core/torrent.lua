---@meta core.torrent
-- Reads .torrent files from somebody else under limits (core/torrent_check.h), before the engine sees them.

---@class core.torrent
local torrent = {}

---@class core.torrent.Summary
---@field name string
---@field info_hash string as the engine names it
---@field size integer bytes of all files
---@field private boolean BEP 27
---@field findable boolean names trackers, web seeds or nodes to ask
---@field files {path: string, size: integer}[] without pad files; paths begin with the torrent's name

---Reads a .torrent on a thread of libuv's pool and calls `on_done(summary)`, or `on_done(nil, message, code)`: "invalid"
---for what is malformed or beyond the limits, "full" without memory.
---@param bytes string
---@param on_done fun(summary: core.torrent.Summary?, message: string?, code: string?)
function torrent.check(bytes, on_done) end

return torrent
