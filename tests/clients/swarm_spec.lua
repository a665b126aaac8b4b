-- Recipients help one another: two copies cost the sender clearly less than two uploads.
local helper = require "helper"
local libtorrent = require "support.recipients.libtorrent"
local stage = require "support.stage"
local tree = require "support.tree"

local size = 3000000

-- The most that `recipient` has reported as received from `address`, over all connections to it.
local function received_from(recipient, address)
  local connections = {}
  for _, event in ipairs(recipient.events) do
    for _, peer in ipairs(event.peers or {}) do
      if peer.address == address then
        connections[peer.port] = math.max(connections[peer.port] or 0, peer.received)
      end
    end
  end
  local sum = 0
  for _, received in pairs(connections) do sum = sum + received end
  return sum
end

stage.describe("two recipients of a sender with a narrow uplink", function()
  it("give one another much of the file", function()
    -- Addresses of the wide internet; the limits hold for those of a local network, too.
    local scene = stage.open "198.51.100"
    finally(function() scene:close() end)
    local root = scene:root()
    helper.write(root .. "/film.bin", tree.bytes(size, 3))
    local daemon = scene:share(root, 'limits { up = "500k" }\n')
    local magnet = daemon:ready("film.bin").magnet
    local first, second = scene:place(), scene:place()
    local recipients = {
      libtorrent.fetch(first, magnet, { stay = true }),
      libtorrent.fetch(second, magnet, { stay = true }),
    }
    local uploaded, slowest = 0, 0
    for _, recipient in ipairs(recipients) do slowest = math.max(slowest, recipient:wait(40)) end
    for _, recipient in ipairs(recipients) do
      uploaded = uploaded + received_from(recipient, scene.net.sender_address)
    end
    assert.is_nil(tree.difference(root .. "/film.bin", first.out .. "/film.bin"))
    assert.is_nil(tree.difference(root .. "/film.bin", second.out .. "/film.bin"))
    local copies = uploaded / size
    print(("# the sender uploaded %.2f copies in %.1f s"):format(copies, slowest))
    assert.is_true(copies >= 0.95, ("it counts %.2f copies, which cannot be"):format(copies))
    assert.is_true(copies < 1.6, ("it uploaded %.2f copies"):format(copies))
    assert.is_true(slowest > size / 500000 * 0.6, ("the uplink's limit did not hold: %.1f s"):format(slowest))
  end)
end)
