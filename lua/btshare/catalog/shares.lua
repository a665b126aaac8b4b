-- The events of shares: how they come, change and end.
local checks = require "btshare.catalog.checks"
local field = require "btshare.catalog.field"

local always, optional, settable = field.always, field.optional, field.settable

local share = always("share", "share", "as it is then")
local from_restore = always("from_restore", "boolean",
  "true where BTshare knew it before and only takes it up again, after a start or a reload; told in the background " ..
    "after `started`, for each share in order, and never of one that has ended meanwhile")

return {
  { name = "share-create", kind = "question", description = "May this file or folder become a share?", fields = {
    always("root", "string", "the shared folder that it is in, an absolute path"),
    settable("name", "string", "what its page is to call it; the name of its file does not change", checks.line, true),
    always("kind", "string", '"file" or "folder"'),
    always("size", "integer", "bytes"),
    always("path", "string", "its absolute path"),
    settable("exposure", "string", "link, private, public or http; can only become stricter", checks.exposure, true),
    settable("expires", "integer", "when it ends, seconds since 1970; can only become sooner", checks.expires),
    settable("description", "string", "what its page says of it, plain text", checks.text(4096)),
  }, example = [[
on("share-create", function(event)
  if event.name:find("%.bak$") then return false, "backups are not shared" end
  if event.size > 50e9 then event.exposure = "http" end -- no torrent of what is too large
  event.description = "shared on " .. os.date("%d %B %Y")
end)]] },

  { name = "share-created", kind = "fact",
    description = "A share has got its link, which works from now on. Told of every known share after a start, too.",
    fields = { share, from_restore }, example = [[
on("share-created", function(event)
  if event.from_restore then return end -- not at every start
  print("new:", event.share.name, event.share.link)
end)]] },

  { name = "share-progress", kind = "fact", description = "A share is being hashed.", fields = {
    share,
    always("done", "integer", "bytes hashed so far"),
    always("bytes", "integer", "bytes in all"),
  }, example = [[
on("share-progress", function(event)
  print(event.share.name, ("%d %%"):format(100 * event.done // math.max(1, event.bytes)))
end)]] },

  { name = "share-ready", kind = "fact", description = "A share has its magnet and .torrent.", fields = {
    share,
    always("hash_seconds", "number", "how long hashing took; 0 where its hashes were known"),
    always("bytes", "integer", "bytes that were read for it"),
    from_restore,
  }, example = [[
on("share-ready", function(event)
  if not event.from_restore then print(event.share.magnet or "by HTTP only") end
end)]] },

  { name = "share-changed", kind = "fact",
    description = "The files of a share have changed; a new version is under way. Its link stays.",
    fields = { share }, example = [[
on("share-changed", function(event) print(event.share.name, "has a new version") end)]] },

  { name = "share-updated", kind = "fact",
    description = "The owner has changed what holds for a share: paused, its end, exposure, limit or torrent.",
    fields = { share }, example = [[
on("share-updated", function(event)
  if event.share.exposure == "public" then print(event.share.name, "is public now") end
end)]] },

  { name = "share-missing", kind = "fact",
    description = "The files of a share have gone. It is ready again when they are back.",
    fields = { share }, example = [[
on("share-missing", function(event) print(event.share.path, event.share.reason) end)]] },

  { name = "share-failed", kind = "fact", description = "A share cannot be shared.", fields = {
    share, always("reason", "string", "why, in words"),
  }, example = [[
on("share-failed", function(event) print(event.share.name, event.reason) end)]] },

  { name = "share-remove", kind = "question", description = "May this share be removed?", fields = {
    share, always("who", "string", "who wants it removed"),
  }, example = [[
on("share-remove", function(event)
  if event.share.name == "handbook.pdf" then return false, "the handbook stays" end
end)]] },

  { name = "share-removed", kind = "fact", description = "A share has been removed; its links are dead.", fields = {
    share,
    always("reason", "string", '"stopped" by its owner, "folder" where its folder is shared no more, or "forgotten" '
      .. "where its file has been gone for 30 days"),
  }, example = [[
on("share-removed", function(event) print("no longer shared:", event.share.path) end)]] },

  { name = "share-expired", kind = "fact", description = "A share has reached its end; its links are dead.",
    fields = { share, optional("reason", "string", "why, in words, where whoever ended it said") }, example = [[
on("share-expired", function(event) print(event.share.name, event.reason or "is over") end)]] },

  { name = "entry-skipped", kind = "fact", description = "A file or folder is not shared.", fields = {
    always("root", "string", "the shared folder that it is in"),
    always("path", "string", "its path in that folder"),
    always("reason", "string", "why, in words"),
  }, example = [[
on("entry-skipped", function(event) print(event.root .. "/" .. event.path, event.reason) end)]] },

  { name = "scan-finished", kind = "fact", description = "A shared folder has been read through.", fields = {
    always("root", "string", "the shared folder"),
    always("shares", "integer", "shares found"),
    always("skipped", "integer", "entries that are not shared"),
  }, example = [[
on("scan-finished", function(event) print(event.root, event.shares) end)]] },
}
