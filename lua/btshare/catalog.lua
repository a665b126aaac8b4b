-- All events. A question is asked before something happens and can be answered with no; a fact has happened.
-- `share` is the share as the API shows it: id, name, kind, size, files, state, exposure, link and so on.

---@class btshare.catalog.entry
---@field kind "question"|"fact"
---@field description string
---@field fields table<string, string> name → what it is

---@type table<string, btshare.catalog.entry>
local catalog = {}

local function question(name, description, fields)
  catalog[name] = { kind = "question", description = description, fields = fields }
end

local function fact(name, description, fields)
  catalog[name] = { kind = "fact", description = description, fields = fields }
end

question("share-create", "may this file or folder become a share", {
  root = "string: the shared folder it is in",
  name = "string: its name in that folder",
  kind = '"file" or "folder"',
  size = "integer: bytes",
  path = "string: the absolute path",
})
question("share-open", "may somebody come in by this link; asked again every two seconds of those who are in. The " ..
  'code "password" asks for one, "gone" says that it is over, "full" that it may work later', {
  share = "share",
  link = "table: the link that was used: id, and the name of a named link",
  address = "string: the IP address that asks",
  purpose = 'string: "page", "file", "archive", "torrent", "magnet", "announce", "scrape" or "web-seed"',
  grant = "string: what was set at share-unlock when the password was right; absent where none was given",
})
question("share-unlock", "is this the password; who says so sets `grant`", {
  share = "share",
  link = "table: the link that is used: id, and the name of a named link",
  address = "string: the IP address that asks",
  password = "string: as it came",
  grant = "string: may be set: up to 32 bytes that come back at each share-open, until they are of no use any more",
})
question("share-remove", "may this share be removed", {
  share = "share",
  who = "string: who wants it removed",
})
question("download-add", "may this download begin", {
  source = "string: the magnet, the name of the .torrent or the link",
})
question("upload-accept", "may this file enter a drop box", {
  link = "table: the drop box's link",
  name = "string: the file's name, as its sender gave it",
  size = "integer: bytes",
  address = "string: the sender's IP address",
})

fact("started", "BTshare is ready", {
  console = "string: the console's URL",
  key_url = "string: the same with a one-time key, which logs in whoever opens it first, for half an hour",
  public = "string: the URL of the public side",
  port = "integer: the BitTorrent port",
})
fact("stopping", "BTshare is about to end", {})
fact("share-created", "a share has got its link, which works from now on", { share = "share" })
fact("share-progress", "a share is being hashed", {
  share = "share",
  done = "integer: bytes hashed so far",
  bytes = "integer: bytes in all",
})
fact("share-ready", "a share has its magnet and .torrent", {
  share = "share",
  hash_seconds = "number: how long hashing took",
  bytes = "integer: bytes hashed",
})
fact("share-changed", "the files of a share have changed; a new version is under way", { share = "share" })
fact("share-updated", "the owner has changed what holds for a share: paused, its end, exposure or limit", {
  share = "share",
})
fact("share-missing", "the files of a share have gone", { share = "share" })
fact("share-removed", "a share has been removed; its link is dead", { share = "share" })
fact("share-expired", "a share has reached its end; its link is dead", { share = "share" })
fact("link-created", "a share has one more link", {
  share = "share",
  link = "table: id and name",
})
fact("link-revoked", "a link is dead; the share has others", {
  share = "share",
  link = "table: id, and the name of a named link",
})
fact("share-failed", "a share cannot be shared", {
  share = "share",
  reason = "string: why, in words",
})
fact("entry-skipped", "a file or folder is not shared", {
  root = "string: the shared folder it is in",
  path = "string: its path in that folder",
  reason = "string: why, in words",
})
fact("scan-finished", "a shared folder has been read through", {
  root = "string: the shared folder",
  shares = "integer: shares found",
  skipped = "integer: entries that are not shared",
})
fact("recipient-announced", "a torrent client has announced itself to our tracker", {
  share = "share",
  address = "string: IP address",
  port = "integer",
  peer = "string: its peer id in hex, absent where it has none",
  action = '"started", "stopped", "completed" or ""',
  left = "integer: bytes it does not have yet",
  link = "string: the name of the link by which it came, absent for the share's own",
})
fact("recipient-connected", "a torrent client has connected; who comes again within ten minutes is not told again", {
  share = "share",
  address = "string: IP address",
  client = "string: what it calls itself, absent where it did not say",
})
fact("recipient-finished", "a recipient has it all", {
  share = "share",
  who = "string: the named link, or the address",
  way = '"http", or absent: by torrent',
  link = "string: the name of the link by which it came, absent for the share's own",
})
fact("download-added", "something is being received", { download = "table: the download as the API shows it" })
fact("download-finished", "all that was wanted of a download is there", {
  download = "table: the download as the API shows it",
})
fact("download-removed", "a download is off the list", { download = "table: the download as the API shows it" })
fact("download-failed", "a download has stopped and does not go on by itself", {
  download = "table: the download as the API shows it",
  reason = "string: why, in words",
})
fact("notice", "something that the owner should read", {
  level = '"error", "warning", "info" or "debug"',
  message = "string",
})
fact("reloaded", "the configuration has been read again", {})

return catalog
