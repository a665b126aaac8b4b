-- The events of recipients and of what they fetch.
local field = require "btshare.catalog.field"

local always, optional = field.always, field.optional

local share = always("share", "share", "as it is then")
local address = always("address", "string", "IP address")
local via = optional("link", "string", "the name of the link by which it came, absent for the share's own")
local link = always("link", "link", "the link that was used")
local way = always("way", "string", '"direct" for downloads of the page, "web-seed" for those of torrent clients')

return {
  { name = "transfer-started", kind = "fact", description = "A reply with bytes of a share begins to be sent by HTTP.",
    fields = {
      share, link, address, way,
      always("bytes", "integer", "bytes of files that it is to bring"),
      always("whole", "boolean", "whether it is to bring the whole share"),
    }, example = [[
on("transfer-started", function(event)
  print(event.address, "fetches", event.share.name, event.bytes)
end)]] },

  { name = "transfer-finished", kind = "fact", description = "A reply with bytes of a share has ended.", fields = {
    share, link, address, way,
    always("bytes", "integer", "bytes that were delivered"),
    always("whole", "boolean", "whether whoever fetches has the whole share now, in however many replies"),
    always("reason", "string", 'why it ended: "done", "broken" by the recipient or the network, or "ended" with its '
      .. "link or share"),
  }, example = [[
local sent = {}
on("transfer-finished", function(event)
  local name = event.link.name or "everybody"
  sent[name] = (sent[name] or 0) + event.bytes
  print(name, sent[name], event.reason)
end)]] },

  { name = "recipient-announced", kind = "fact",
    description = "A torrent client has announced itself to our tracker.", fields = {
      share, address,
      always("port", "integer", "where it listens"),
      optional("peer", "string", "its peer id in hex"),
      always("action", "string", '"started", "stopped", "completed" or ""'),
      optional("left", "integer", "bytes that it does not have yet"),
      via,
    }, example = [[
on("recipient-announced", function(event)
  if event.action == "started" then print(event.address, "wants", event.share.name) end
end)]] },

  { name = "recipient-connected", kind = "fact",
    description = "A torrent client has connected. Who comes again within ten minutes is not told again.", fields = {
      share, address, optional("client", "string", "what it calls itself"),
    }, example = [[
on("recipient-connected", function(event) print(event.share.name, event.client) end)]] },

  { name = "recipient-progress", kind = "fact",
    description = "A recipient has more than before. Told at most every two seconds of each.", fields = {
      share, always("recipient", "recipient", "as it is then"),
    }, example = [[
on("recipient-progress", function(event)
  local one = event.recipient
  print(one.name or one.address, ("%d %%"):format(100 * (one.progress or 0) // 1))
end)]] },

  { name = "recipient-finished", kind = "fact",
    description = "A recipient has it all. Told once for each version of the share.", fields = {
      share,
      always("who", "string", "the named link, or the address"),
      optional("way", "string", '"http"; absent: by torrent'),
      via,
    }, example = [[
on("recipient-finished", function(event) print(event.who, "has", event.share.name) end)]] },
}
