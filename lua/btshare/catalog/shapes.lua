-- The tables that events carry: a share, a link, a recipient, a download, each as it was at that moment.
local field = require "btshare.catalog.field"

local always, optional = field.always, field.optional

---@class btshare.catalog.shape
---@field name string
---@field description string
---@field fields btshare.catalog.field[]

---@type btshare.catalog.shape[]
return {
  { name = "share", description = "A share, as the API shows it.", fields = {
    always("id", "string", "what it is known by; stays when its file is renamed"),
    always("name", "string", "the name of its file or folder"),
    optional("title", "string", "what its page calls it, where that is not its name"),
    optional("description", "string", "what its page says of it, plain text"),
    always("kind", "string", '"file" or "folder"'),
    always("size", "integer", "bytes"),
    always("files", "integer", "how many files it has"),
    always("state", "string", "settling, preparing, ready, changed, missing, paused, expired or failed"),
    optional("reason", "string", "why it is missing or failed, in words"),
    optional("progress", "number", "0 to 1, while it is being hashed"),
    always("exposure", "string", "link, private, public or http"),
    optional("info_hash", "string", "of its torrent, in hex; absent before there is one"),
    optional("magnet", "string", "its magnet; absent where it cannot be had"),
    optional("link", "string", "URL of its page; absent once it has ended"),
    optional("torrent", "string", "URL of its .torrent"),
    always("created", "integer", "when it was shared, seconds since 1970"),
    always("changed", "integer", "when its files changed last, seconds since 1970"),
    optional("expires", "integer", "when it ends, seconds since 1970"),
    optional("limits", "table", "up: bytes a second that it may send, where it has a limit of its own"),
    optional("listed", "boolean", "whether lists that others can read name it, where that was chosen for it"),
    always("revision", "integer", "counts what its owner chose for it"),
    always("root", "string", "the shared folder that it is in, an absolute path"),
    always("path", "string", "its own absolute path"),
  } },
  { name = "link", description = "One of the links of a share.", fields = {
    always("id", "string", "what it is known by; that of the share's own link is the share's id"),
    optional("name", "string", "whom it is for; absent for the share's own link"),
  } },
  { name = "recipient", description = "Somebody who fetches a share, as far as it can be told.", fields = {
    always("id", "string", "what it is known by"),
    optional("name", "string", "of the named link by which it came"),
    always("link", "string", "id of the link by which it came; the share's own where that is not known"),
    always("way", "string", '"torrent", "direct" (HTTP) or "web-seed"'),
    optional("client", "string", "what it calls itself"),
    always("address", "string", "its IP address"),
    always("where", "string", '"here", "local" or "internet"'),
    optional("progress", "number", "0 to 1, how much of the share it has"),
    always("up_rate", "integer", "bytes a second that it gets from us"),
    always("sent", "integer", "bytes that it got from us"),
    optional("left_seconds", "integer", "how long it still takes, as it looks now"),
    always("since", "integer", "when it came, seconds since 1970"),
    always("last", "integer", "when it was seen last, seconds since 1970"),
    always("state", "string", '"active", "done" or "gone"'),
    optional("finished", "integer", "when it had it all, seconds since 1970"),
  } },
  { name = "download", description = "Something that is being received, as the API shows it.", fields = {
    always("id", "string", "what it is known by"),
    always("name", "string", "of its file or folder, as far as it is known"),
    always("state", "string", "fetching, choosing, checking, downloading, stalled, paused, no-space, finished, "
      .. "sharing or failed"),
    optional("reason", "table", "why it does not move: key, values and text, and said in each language"),
    optional("size", "integer", "bytes of all its files, once they are known"),
    optional("wanted", "integer", "bytes that are wanted of it"),
    always("done", "integer", "bytes that are there"),
    always("progress", "number", "0 to 1"),
    always("down_rate", "integer", "bytes a second"),
    always("up_rate", "integer", "bytes a second"),
    optional("left_seconds", "integer", "how long it still takes, as it looks now"),
    always("people", "integer", "peers that are connected"),
    always("folder", "string", "where it is saved, an absolute path"),
    optional("files", "integer", "how many files it has, once they are known"),
    always("created", "integer", "when it was added, seconds since 1970"),
    optional("finished", "integer", "when all that was wanted was there, seconds since 1970"),
    always("share_after", "boolean", "whether it is shared once it is there"),
    always("paused", "boolean", "whether it is paused"),
    always("revision", "integer", "counts its changes"),
    optional("locked", "boolean", "whether it failed for want of the password that its link asks for"),
    always("source", "string", '"magnet", "torrent" or "link"'),
    optional("address", "string", "of a link: itself"),
    optional("info_hash", "string", "of its torrent, in hex"),
  } },
  { name = "box", description = "A drop box: a link through which others send files.", fields = {
    always("id", "string", "what it is known by"),
    optional("title", "string", "what its owner calls it"),
    optional("link", "string", "URL of its page"),
    always("created", "integer", "when it was made, seconds since 1970"),
    optional("expires", "integer", "when its link ends, seconds since 1970"),
    always("is_open", "boolean", "whether its owner lets files in"),
  } },
}
