-- A .torrent from somebody else: read under limits before anything else touches it (security S29).
local core_torrent = require "core.torrent"
local task = require "btshare.task"

local torrent_file = {}

---@param bytes string
---@return btshare.Source? source
---@return string? message
---@return string? code
function torrent_file.source(bytes)
  local summary, message, code = task.await(function(resume) core_torrent.check(bytes, resume) end)
  if not summary then return nil, message, code end
  return {
    kind = "torrent", torrent = bytes, name = summary.name, is_findable = summary.findable or summary.private,
    info_hash = summary.info_hash,
  }
end

return torrent_file
