-- What `obfuscation` promises: RC4 wherever the recipient can, and with "require" nothing without it.
local helper = require "helper"
local libtorrent = require "support.recipients.libtorrent"
local stage = require "support.stage"
local tree = require "support.tree"

-- `at_once`: slow to call, so it begins before the others.
local all_encrypting = {
  { client = libtorrent, within = 6 },
  { client = libtorrent, within = 6, name = "odd folder é" },
  { client = require "support.recipients.aria2", within = 8 },
  { client = require "support.recipients.qbittorrent", within = 8 },
  { client = require "support.recipients.transmission", within = 30, at_once = true },
  { client = require "support.recipients.rtorrent", within = 45, at_once = true },
}

-- The peer that recipient.py is connected to with the sender's address.
local function sender_of(recipient, address)
  for _, event in ipairs(recipient.events) do
    for _, peer in ipairs(event.peers or {}) do
      if peer.address == address and peer.received > 0 then return peer end
    end
  end
end

local function open_scene(config)
  local scene = stage.open()
  local root = scene:root()
  helper.write(root .. "/film.bin", tree.bytes(3000000, 2))
  tree.write_odd(root .. "/odd folder é")
  return scene, scene:share(root, config)
end

stage.describe('a share with obfuscation = "require"', function()
  local scene, daemon
  local begun = {} -- by recipient

  local function begin(recipient)
    local place, name = scene:place(), recipient.name or "film.bin"
    return {
      fetch = recipient.client.fetch(place, daemon:ready(name).magnet, { encryption = "require" }),
      sent = scene.folder .. "/share/" .. name, came = place.out .. "/" .. name,
    }
  end

  setup(function()
    scene, daemon = open_scene 'obfuscation = "require"\n'
    for _, recipient in ipairs(all_encrypting) do
      if recipient.at_once then begun[recipient] = begin(recipient) end
    end
  end)
  teardown(function() scene:close() end)

  for _, recipient in ipairs(all_encrypting) do
    local subject = recipient.client.name .. (recipient.name and " with a folder" or "")
    it(("reaches %s, told to encrypt all"):format(subject), function()
      local one = begun[recipient] or begin(recipient)
      one.fetch:wait(recipient.within)
      one.fetch:stop()
      assert.is_nil(tree.difference(one.sent, one.came))
    end)
  end

  it("gives nothing to a peer that speaks plainly, which it meets and turns away", function()
    local share = daemon:ready "film.bin"
    local recipient = libtorrent.fetch(scene:place(), share.magnet, { encryption = "off", stay = true })
    for _ = 1, 3 do
      local seen = #recipient.events
      recipient:tell(("connect %s %d"):format(scene.net.sender_address, share.magnet:match("x%.pe=[%d.]+:(%d+)")))
      recipient:wait_event("disconnected", nil, { from = seen, seconds = 20 })
    end
    recipient:tell "report"
    recipient:wait_event("progress", nil, { from = #recipient.events })
    assert.is_nil(recipient:find "metadata")
    assert.is_nil(sender_of(recipient, scene.net.sender_address))
    recipient:stop()
  end)
end)

stage.describe("a share as it comes", function()
  local scene, share, file

  setup(function()
    local daemon
    scene, daemon = open_scene()
    share, file = daemon:ready("film.bin"), scene.folder .. "/share/film.bin"
  end)
  teardown(function() scene:close() end)

  it("speaks RC4 with a peer that can", function()
    local place = scene:place()
    local recipient = libtorrent.fetch(place, share.magnet, { encryption = "on", download_limit = 1000000 })
    recipient:wait(6)
    assert.is_nil(tree.difference(file, place.out .. "/film.bin"))
    local sender = assert(sender_of(recipient, scene.net.sender_address), "no peer with the sender's address")
    assert.is_true(sender.rc4, "the connection was not RC4")
  end)

  it("still reaches a peer that speaks plainly", function()
    local place = scene:place()
    libtorrent.fetch(place, share.magnet, { encryption = "off" }):wait(6)
    assert.is_nil(tree.difference(file, place.out .. "/film.bin"))
  end)
end)
