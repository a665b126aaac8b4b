-- The events of what the owner receives: downloads, and files that are dropped.
local checks = require "btshare.catalog.checks"
local field = require "btshare.catalog.field"

local always, optional, settable = field.always, field.optional, field.settable

local download = always("download", "download", "as it is then")

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

  { name = "upload-accept", kind = "question", description = "May this file be stored in the folder for uploads?",
    fields = {
      optional("link", "link", "of the drop box; absent for what the owner drops on the console"),
      always("name", "string", "the file's name, as its sender gave it"),
      optional("size", "integer", "bytes, where the sender said so"),
      always("address", "string", "the sender's IP address"),
    }, example = [[
on("upload-accept", function(event)
  if event.name:lower():find("%.exe$") then return false, "no programs, please" end
end)]] },

  { name = "upload-finished", kind = "fact", description = "A dropped file is stored, whole.", fields = {
    always("name", "string", "the name that it was given, one that was free"),
    always("size", "integer", "bytes"),
    always("path", "string", "its absolute path"),
  }, example = [[
on("upload-finished", function(event) print(event.path, event.size) end)]] },
}
