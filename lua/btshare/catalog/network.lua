-- The events of torrents in the swarm, and of how others reach us.
local field = require "btshare.catalog.field"

local always = field.always

local share = always("share", "share", "as it is then")
local info_hash = always("info_hash", "string", "of the torrent, in hex")

return {
  { name = "torrent-added", kind = "fact", description = "The torrent of a share is in the swarm.",
    fields = { share, info_hash }, example = [[
on("torrent-added", function(event) print(event.info_hash, event.share.name) end)]] },

  { name = "torrent-removed", kind = "fact",
    description = "The torrent of a share has left the swarm: it was paused or changed, or is gone or over.",
    fields = { share, info_hash }, example = [[
on("torrent-removed", function(event) print(event.share.name, "has left the swarm") end)]] },

  { name = "reachability-changed", kind = "fact",
    description = "Whether others can reach us from the internet has changed, as far as it can be told.", fields = {
      always("state", "string", "reached, mapped, partly, direct, shared, closed, refused, asking or off"),
      always("sentence", "string", "the same in words"),
      always("addresses", "list", "tables of address, scope, from, torrent and public: where we can be reached"),
    }, example = [[
on("reachability-changed", function(event)
  if event.state == "closed" then print("not reachable:", event.sentence) end
end)]] },
}
