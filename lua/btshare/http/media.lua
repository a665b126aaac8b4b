-- Media types by a file name's ending: what is sent is saved, so a few well-known ones are enough.
local media = {}

local types = {
  ["7z"] = "application/x-7z-compressed", avi = "video/x-msvideo", avif = "image/avif", bz2 = "application/x-bzip2",
  csv = "text/csv", deb = "application/vnd.debian.binary-package", epub = "application/epub+zip",
  flac = "audio/flac", gif = "image/gif", gz = "application/gzip", iso = "application/x-iso9660-image",
  jpeg = "image/jpeg", jpg = "image/jpeg", json = "application/json", m4a = "audio/mp4", md = "text/plain",
  mkv = "video/x-matroska", mov = "video/quicktime", mp3 = "audio/mpeg", mp4 = "video/mp4",
  odt = "application/vnd.oasis.opendocument.text", ogg = "audio/ogg", pdf = "application/pdf", png = "image/png",
  rar = "application/vnd.rar", tar = "application/x-tar", torrent = "application/x-bittorrent",
  txt = "text/plain", wav = "audio/wav", webm = "video/webm", webp = "image/webp", xz = "application/x-xz",
  zip = "application/zip", zst = "application/zstd",
}

---@param name string
---@return string type "application/octet-stream" where nothing better is known
function media.type(name)
  local ending = name:match("%.([%w]+)$")
  return ending and types[ending:lower()] or "application/octet-stream"
end

return media
