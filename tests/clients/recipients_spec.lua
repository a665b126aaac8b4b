-- Five clients, each given nothing but the magnet, bring a file and an odd folder over byte for byte.
local helper = require "helper"
local libtorrent = require "support.recipients.libtorrent"
local qbittorrent = require "support.recipients.qbittorrent"
local stage = require "support.stage"
local tree = require "support.tree"

-- Seconds from adding the magnet to the complete share.
local recipients = {
  { client = require "support.recipients.aria2", within = 6 },
  { client = qbittorrent, within = 6 },
  { client = libtorrent, within = 6 },
  { client = require "support.recipients.transmission", within = 30 },
  { client = require "support.recipients.rtorrent", within = 45 }, -- it calls again after 30 s
}

-- The newer formats, where the owner wants them for a folder. aria2 and Transmission 3.00 know neither.
local formats = {
  { format = "hybrid", hashes = { btih = true, btmh = true }, clients = { libtorrent, qbittorrent } },
  { format = "v2", hashes = { btih = false, btmh = true }, clients = { libtorrent } },
}

-- What `btshare list --json` prints of the share of that name.
local function listed(daemon, name)
  for _, share in ipairs(daemon:list()) do
    if share.name == name then return share end
  end
  error(name .. ": is not listed")
end

stage.describe("a magnet", function()
  local scene, daemon, root

  setup(function()
    scene = stage.open()
    root = scene:root()
    helper.write(root .. "/film.bin", tree.bytes(3000000, 1))
    tree.write_odd(root .. "/odd folder é")
    local config = {}
    for index, case in ipairs(formats) do
      local folder = scene:root(case.format)
      helper.write(("%s/%s.bin"):format(folder, case.format), tree.bytes(3000000, index + 1))
      tree.write_odd(("%s/%s é"):format(folder, case.format))
      config[index] = ("share { %q, format = %q }\n"):format(folder, case.format)
    end
    daemon = scene:share(root, table.concat(config))
    for _, name in ipairs { "film.bin", "odd folder é", "hybrid.bin", "hybrid é", "v2.bin", "v2 é" } do
      daemon:ready(name)
    end
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
        local fetch = client.fetch(place, listed(daemon, name).magnet)
        local seconds = fetch:wait(recipient.within + 5)
        fetch:stop()
        print(("# %s: %s after %.2f s"):format(client.name, name, seconds))
        assert.is_nil(tree.difference(root .. "/" .. name, place.out .. "/" .. name,
          { without_empty = client.without_empty }))
        assert.is_true(seconds <= recipient.within, ("took %.1f s"):format(seconds))
      end)
    end
  end

  for _, case in ipairs(formats) do
    for _, client in ipairs(case.clients) do
      it(('of a folder with format = "%s" is all that %s needs'):format(case.format, client.name), function()
        local fetches = {} -- both at the same time
        for _, name in ipairs { case.format .. ".bin", case.format .. " é" } do
          local magnet, place = listed(daemon, name).magnet, scene:place()
          assert.equal(case.hashes.btih, magnet:find("xt=urn:btih:", 1, true) ~= nil)
          assert.equal(case.hashes.btmh, magnet:find("xt=urn:btmh:1220", 1, true) ~= nil)
          fetches[name] = { client.fetch(place, magnet), place.out .. "/" .. name }
        end
        for name, fetch in pairs(fetches) do
          fetch[1]:wait(15)
          fetch[1]:stop()
          assert.is_nil(tree.difference(("%s/%s/%s"):format(scene.folder, case.format, name), fetch[2]))
        end
      end)
    end
  end
end)
