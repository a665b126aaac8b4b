-- The events of BTshare itself: its start, its end, and what its owner should read.
local field = require "btshare.catalog.field"

local always, optional = field.always, field.optional

return {
  { name = "started", kind = "fact", description = "BTshare is ready.", fields = {
    always("console", "string", "the console's URL"),
    always("key_url", "string", "the same with a one-time key, which logs in whoever opens it first, for half an hour"),
    always("public", "string", "the URL of the public side"),
    always("port", "integer", "the BitTorrent port"),
    optional("only_here", "string", "why nobody but this machine can open the links; absent where others can"),
  }, example = [[
on("started", function(event) print("sharing at", event.public) end)]] },

  { name = "reloaded", kind = "fact",
    description = "The configuration has been read again, or settings were changed in the console.", fields = {},
    example = [[
on("reloaded", function() print("other settings hold now") end)]] },

  { name = "notice", kind = "fact", description = "Something that the owner should read.", fields = {
    always("level", "string", '"error", "warning", "info" or "debug"'),
    always("message", "string", "what it is, in words"),
  }, example = [[
on("notice", function(event)
  if event.level == "error" then print(event.message) end
end)]] },

  { name = "stopping", kind = "fact", description = "BTshare is about to end; everything still works.", fields = {
    always("reason", "string", "why, in words"),
    optional("exit_code", "integer", "what the program ends with, where it was not told to end"),
  }, example = [[
on("stopping", function(event) print("ends:", event.reason) end)]] },

  { name = "stopped", kind = "fact",
    description = "Nobody is let in any more, and plugins are unloaded next. A handler that waits is not gone on with.",
    fields = { always("reason", "string", "why, in words") }, example = [[
on("stopped", function(event) print("ended:", event.reason) end)]] },
}
