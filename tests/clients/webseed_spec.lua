-- Web seeds (BEP 19): torrent clients that find no peer fetch from us by HTTP alone.
local bencode = require "btshare.bencode"
local helper = require "helper"
local process = require "support.process"
local qbittorrent = require "support.recipients.qbittorrent"
local stage = require "support.stage"
local transmission = require "support.recipients.transmission"
local tree = require "support.tree"

local function unescape(text)
  return (text:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

-- The share's .torrent with our web seed and nothing else: no tracker, no peer.
local function write_torrent(scene, share, path)
  process.run { "python3", "-c", [[
import sqlite3, sys
row = sqlite3.connect("file:%s?mode=ro" % sys.argv[1], uri=True).execute(
  "SELECT torrent FROM versions WHERE share = ?", (sys.argv[2],)).fetchone()
open(sys.argv[3], "wb").write(row[0])]], scene.folder .. "/state/btshare.db", share.id, path }
  local url = unescape(share.magnet:match "ws=([^&]+)")
  local text = helper.read(path)
  helper.write(path, text:sub(1, -2) .. bencode.encode "url-list" .. bencode.encode(bencode.list { url }) .. "e")
end

stage.describe("a torrent client that finds no peer", function()
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
        local daemon = scene:share(root, "web_seed = true\n")
        local share = daemon:ready(name)
        local place = scene:place()
        local torrent = place.folder .. "/share.torrent"
        write_torrent(scene, share, torrent)
        local seconds = client.fetch(place, torrent):wait(40)
        print(("# %s has its %s by HTTP after %.1f s"):format(client.name, kind, seconds))
        assert.is_nil(tree.difference(root .. "/" .. name, place.out .. "/" .. name))
        assert.equal(0, daemon:count "recipient-connected")
      end)
    end
  end
end)
