-- Law 1: the owner's files are never changed, least of all by a peer that offers an older version.
local helper = require "helper"
local libtorrent = require "support.recipients.libtorrent"
local stage = require "support.stage"
local tree = require "support.tree"
local uv = require "luv"

local size = 3000000

local function state_of(path)
  local stat = assert(uv.fs_stat(path))
  return { content = helper.read(path), sec = stat.mtime.sec, nsec = stat.mtime.nsec, ino = stat.ino }
end

-- Writes over the middle of the file without making it longer or shorter.
local function edit(path)
  local file = assert(io.open(path, "r+b"))
  file:seek("set", size // 3)
  file:write(tree.bytes(size // 3, 12))
  file:close()
end

local edits = {
  {
    name = "an edit made while btshare runs",
    act = function(_, daemon, path)
      edit(path)
      return daemon
    end,
  },
  {
    name = "an edit made between two runs",
    act = function(scene, daemon, path)
      daemon:stop()
      edit(path)
      return scene:share(scene.folder .. "/share")
    end,
  },
  {
    name = "an edit made between two runs that hides behind the old time",
    act = function(scene, daemon, path)
      daemon:stop()
      local stat = uv.fs_stat(path)
      edit(path)
      assert(uv.fs_utime(path, stat.atime.sec, stat.mtime.sec + stat.mtime.nsec / 1e9))
      return scene:share(scene.folder .. "/share")
    end,
  },
  {
    name = "a shorter file",
    act = function(_, daemon, path)
      helper.write(path, tree.bytes(size // 2, 13))
      return daemon
    end,
  },
}

stage.describe("a peer that has an older version of a file and offers it", function()
  local scene, path
  before_each(function()
    scene = stage.open()
    path = scene:root() .. "/film.bin"
    helper.write(path, tree.bytes(size, 11))
  end)
  after_each(function() scene:close() end)

  for _, case in ipairs(edits) do
    it("leaves alone " .. case.name, function()
      local daemon = scene:share(scene.folder .. "/share")
      local old = daemon:ready("film.bin")
      local peer = libtorrent.fetch(scene:place(), old.magnet, { stay = true })
      peer:wait(10)

      daemon = case.act(scene, daemon, path)
      local left = state_of(path)
      local port = daemon:wait("started").port
      -- A sender that still has the old torrent finds the first wrong piece when somebody asks for it.
      local asker = libtorrent.fetch(scene:place(), old.magnet, { stay = true })
      peer:meet("offer", scene.net.sender_address, port)
      asker:meet("connect", scene.net.sender_address, port)
      daemon:renewed(old, 15)
      for _ = 1, 2 do peer:meet("offer", scene.net.sender_address, port) end

      assert.same(left, state_of(path))
      assert.is_true(daemon:lives())
      daemon:stop()
      assert.same(left, state_of(path))
      for name in pairs(tree.read(scene.folder .. "/share")) do assert.equal("film.bin", name) end
    end)
  end
end)
