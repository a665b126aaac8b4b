-- A .torrent from somebody else: read under limits before anything else touches it (security S29).
local torrent_file = {}

---@param bytes string
---@return btshare.Source? source
---@return string? message
---@return string? code
function torrent_file.source(bytes)
  if #bytes > 4 * 1024 * 1024 then return nil, "torrent: larger than 4 MiB", "invalid" end
  return { kind = "torrent", torrent = bytes, is_findable = true }
end

return torrent_file
