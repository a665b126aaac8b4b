-- Five clients, each given nothing but the magnet, bring a file and an odd folder over byte for byte.
local helper = require "helper"
local stage = require "support.stage"
local tree = require "support.tree"

-- Seconds from adding the magnet to the complete share.
local recipients = {
  { client = require "support.recipients.aria2", within = 6 },
  { client = require "support.recipients.qbittorrent", within = 6 },
  { client = require "support.recipients.libtorrent", within = 6 },
  { client = require "support.recipients.transmission", within = 30 },
  { client = require "support.recipients.rtorrent", within = 45 }, -- it calls again after 30 s
}

stage.describe("a magnet", function()
  local scene, daemon, root

  setup(function()
    scene = stage.open()
    root = scene:root()
    helper.write(root .. "/film.bin", tree.bytes(3000000, 1))
    tree.write_odd(root .. "/odd folder é")
    daemon = scene:share(root)
    daemon:ready("film.bin")
    daemon:ready("odd folder é")
  end)

  teardown(function()
    daemon:stop()
    scene:close()
  end)

  for _, recipient in ipairs(recipients) do
    local client = recipient.client
    for _, name in ipairs { "film.bin", "odd folder é" } do
      it(("is all that %s needs to fetch %s within %d s"):format(client.name, name, recipient.within), function()
        local place = scene:place()
        local fetch = client.fetch(place, daemon:ready(name).magnet)
        local seconds = fetch:wait(recipient.within + 5)
        fetch:stop()
        print(("# %s: %s after %.2f s"):format(client.name, name, seconds))
        assert.is_nil(tree.difference(root .. "/" .. name, place.out .. "/" .. name,
          { without_empty = client.without_empty }))
        assert.is_true(seconds <= recipient.within, ("took %.1f s"):format(seconds))
      end)
    end
  end
end)
