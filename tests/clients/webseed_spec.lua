-- Web seeds (BEP 19): torrent clients that reach no peer fetch from us by HTTP alone, given the .torrent of the page.
local process = require "support.process"
local qbittorrent = require "support.recipients.qbittorrent"
local stage = require "support.stage"
local transmission = require "support.recipients.transmission"
local tree = require "support.tree"

-- What a firewall or a router without a mapping does: the page is reachable, the BitTorrent port is not. Nor can we
-- call recipients, as if they were behind such a router, too.
local function block_bittorrent(scene, daemon, place)
  local port = daemon:find("started").port
  for _, words in ipairs {
    "add table inet blocked", "add chain inet blocked input { type filter hook input priority 0 ; }",
    ("add rule inet blocked input meta l4proto { tcp, udp } th dport %d counter drop"):format(port),
    "add chain inet blocked output { type filter hook output priority 0 ; }",
    "add rule inet blocked output tcp flags & (syn | ack) == syn counter drop",
  } do
    process.run({ "nft", words }, { namespace = scene.net.sender })
  end
  local attempt = process.start({ "curl", "-s", "-m", "1", ("http://%s:%d/"):format(scene.net.sender_address, port) },
    { namespace = place.namespace })
  assert.equal(28, attempt:wait(10), "the port is not blocked") -- curl's code of a time-out
end

stage.describe("a torrent client that reaches no peer", function()
  for _, client in ipairs { qbittorrent, transmission } do
    for _, kind in ipairs { "file", "folder" } do
      it(("fetches a %s by web seed alone: %s"):format(kind, client.name), function()
        local scene = stage.open()
        finally(function() scene:close() end)
        local root = scene:root()
        local name = kind == "file" and "film é & co.bin" or "album [1]"
        local files = kind == "file" and { [name] = tree.bytes(3000000, 5) } or {
          [name .. "/a b/ü.flac"] = tree.bytes(700001, 6), [name .. "/" .. client.odd_name] = "short\n",
          [name .. "/z.bin"] = tree.bytes(900000, 7),
        }
        tree.write(root, files)
        local daemon = scene:share(root)
        local share = daemon:ready(name)
        local place = scene:place()
        block_bittorrent(scene, daemon, place)
        local torrent = place.folder .. "/share.torrent"
        process.run({ "curl", "-sf", "-o", torrent, share.link .. "/torrent" }, { namespace = place.namespace })
        local seconds = client.fetch(place, torrent):wait(40)
        print(("# %s has its %s by HTTP after %.1f s"):format(client.name, kind, seconds))
        assert.is_nil(tree.difference(root .. "/" .. name, place.out .. "/" .. name))
        assert.equal(0, daemon:count "recipient-connected")
      end)
    end
  end
end)
