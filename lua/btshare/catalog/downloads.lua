-- The events of what the owner receives: downloads, files that are dropped, and what others send.
local checks = require "btshare.catalog.checks"
local field = require "btshare.catalog.field"

local always, optional, settable = field.always, field.optional, field.settable

local download = always("download", "download", "as it is then")
local box = always("box", "box", "as it is then")

return {
  { name = "download-add", kind = "question", description = "May this download begin?", fields = {
    always("source", "string", "the magnet, the link, or the name in the .torrent"),
    settable("folder", "string", "where it is to be saved, an absolute path; absent: in the folder for downloads",
      checks.folder),
  }, example = [[
on("download-add", function(event)
  if event.source:find("^http:") then return false, "only by https" end
end)]] },

  { name = "download-added", kind = "fact", description = "Something is being received.", fields = { download },
    example = [[
on("download-added", function(event) print("receiving", event.download.name) end)]] },

  { name = "download-progress", kind = "fact",
    description = "A download has more than before. Told at most every two seconds of each.",
    fields = { download }, example = [[
on("download-progress", function(event)
  print(event.download.name, ("%d %%"):format(100 * event.download.progress // 1))
end)]] },

  { name = "download-finished", kind = "fact", description = "All that was wanted of a download is there.",
    fields = { download }, example = [[
on("download-finished", function(event)
  print(event.download.folder .. "/" .. event.download.name)
end)]] },

  { name = "download-failed", kind = "fact", description = "A download has stopped and does not go on by itself.",
    fields = { download, always("reason", "string", "why, in words") }, example = [[
on("download-failed", function(event) print(event.download.name, event.reason) end)]] },

  { name = "download-removed", kind = "fact", description = "A download is off the list.", fields = { download },
    example = [[
on("download-removed", function(event) print(event.download.name, "is off the list") end)]] },

  { name = "box-created", kind = "fact", description = "There is one more drop box.", fields = { box }, example = [[
on("box-created", function(event) print("files can be sent to", event.box.link) end)]] },

  { name = "box-opened", kind = "fact", description = "A drop box that was closed takes files again.",
    fields = { box }, example = [[
on("box-opened", function(event) print(event.box.title or event.box.id, "is open again") end)]] },

  { name = "box-closed", kind = "fact", description = "A drop box was closed or deleted by its owner.",
    fields = {
      box, optional("deleted", "integer", "where it was deleted: how many files that were not accepted went with it"),
    }, example = [[
on("box-closed", function(event) print(event.box.title or event.box.id, "is closed") end)]] },

  { name = "upload-accept", kind = "question",
    description = "May this file be stored? Asked before its first byte is read, of what the owner drops on the "
      .. "console, into the folder for uploads, and of what others send through a drop box, into the inbox.",
    fields = {
      optional("box", "box", "the drop box; absent for what the owner drops on the console"),
      always("name", "string", "the file's name, as its sender gave it"),
      optional("size", "integer", "bytes, where the sender said so"),
      always("address", "string", "the sender's IP address"),
    }, example = [[
on("upload-accept", function(event)
  if event.name:lower():find("%.exe$") then return false, "no programs, please" end
end)]] },

  { name = "upload-finished", kind = "fact",
    description = "A file is stored, whole. One that came through a drop box waits until its owner accepts it.",
    fields = {
      optional("box", "box", "the drop box; absent for what the owner dropped on the console"),
      always("name", "string", "the name that it was given; of what waits, the name that was sent, made fit"),
      always("size", "integer", "bytes"),
      always("path", "string", "its absolute path; of what waits, the one under which it waits"),
      optional("sender", "string", "the name that the sender gave"),
      optional("note", "string", "what the sender wrote beside it"),
    }, example = [[
on("upload-finished", function(event)
  if event.box then print(event.sender or "somebody", "sent", event.name, event.size) end
end)]] },

  { name = "upload-accepted", kind = "fact",
    description = "The owner accepted a file that came through a drop box: it has its name in the inbox now.",
    fields = {
      box, always("name", "string", "the name that it was given, one that was free"),
      always("size", "integer", "bytes"), always("path", "string", "its absolute path"),
      optional("sender", "string", "the name that the sender gave"),
    }, example = [[
on("upload-accepted", function(event) print(event.path) end)]] },

  { name = "upload-removed", kind = "fact",
    description = "A file that came through a drop box, or was on its way, is gone before it was accepted. What goes "
      .. "with its box is not told one by one: see box-closed.",
    fields = {
      box, always("name", "string", "the name that was sent, made fit"), always("size", "integer", "bytes"),
      always("by", "string", '"owner": who deleted it, or stopped it; "sender": who took it back; "age": it was begun '
        .. "and never finished"),
      always("state", "string", '"coming" or "waiting": how far it was'),
      optional("sender", "string", "the name that the sender gave"),
    }, example = [[
on("upload-removed", function(event)
  if event.by == "sender" then print(event.sender or "somebody", "took back", event.name) end
end)]] },
}
