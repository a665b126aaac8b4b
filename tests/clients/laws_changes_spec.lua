-- Law 3: changed bytes are never served as the old ones, and the new version is soon there.
local helper = require "helper"
local libtorrent = require "support.recipients.libtorrent"
local stage = require "support.stage"
local tree = require "support.tree"
local uv = require "luv"

local size = 3000000
local old_content, new_content = tree.bytes(size, 31), tree.bytes(size, 32)

local function write_at(path, mode, content)
  local file = assert(io.open(path, mode))
  file:write(content)
  file:close()
end

-- The ways a file changes; each returns what it then holds, nil when it is gone.
local changes = {
  { "is edited in place", function(path)
    write_at(path, "r+b", new_content)
    return new_content
  end },
  { "is truncated", function(path)
    local file = assert(uv.fs_open(path, "r+", 0))
    assert(uv.fs_ftruncate(file, size // 2))
    uv.fs_close(file)
    return old_content:sub(1, size // 2)
  end },
  { "is appended to", function(path)
    write_at(path, "ab", new_content)
    return old_content .. new_content
  end },
  { "is replaced by renaming another over it", function(path)
    helper.write(path .. ".tmp", new_content)
    assert(uv.fs_rename(path .. ".tmp", path))
    return new_content
  end },
  { "is deleted", function(path)
    assert(uv.fs_unlink(path))
  end },
}

-- Seconds from the last write to the new version: the file has to be still for 2 of them.
local soon = 2 + 5

stage.describe("a peer that is fetching slowly while the file", function()
  local scene, path
  before_each(function()
    scene = stage.open()
    path = scene:root() .. "/film.bin"
    helper.write(path, old_content)
  end)
  after_each(function() scene:close() end)

  for _, case in ipairs(changes) do
    local name, change = table.unpack(case)
    it(name .. " never gets the new bytes as old ones, and soon the new version", function()
      local daemon = scene:share(scene.folder .. "/share")
      local old = daemon:ready("film.bin")
      -- A piece that was sent before is not checked again by libtorrent before it is sent once more.
      libtorrent.fetch(scene:place(), old.magnet):wait(10)
      local place = scene:place()
      local peer = libtorrent.fetch(place, old.magnet, { download_limit = 300000, stay = true })
      peer:wait_event("progress", function(event) return event.done > 300000 end)

      local content = change(path)
      local changed = uv.hrtime() / 1e9
      if not content then
        local missing = daemon:wait("share-missing", nil, { seconds = soon })
        assert.is_true(missing.at - changed <= soon, ("it was missing only after %.1f s"):format(missing.at - changed))
        peer:tell "limit 0"
        peer:meet("connect", scene.net.sender_address, daemon:wait("started").port)
        content = new_content -- it comes back as another one
        helper.write(path, content)
        changed = uv.hrtime() / 1e9
      end
      local new, event = daemon:renewed(old, soon + 3)
      print(("# %s: the new version is ready after %.1f s"):format(name, event.at - changed))
      assert.is_true(event.at - changed <= soon, ("the new version took %.1f s"):format(event.at - changed))
      assert.equal(old.id, new.id)
      assert.equal(old.link, new.link)
      peer:tell "limit 0"
      peer:fetch_also(new.magnet, place.folder .. "/new", 10) -- so nobody has banned anybody
      assert.is_true(helper.read(place.folder .. "/new/film.bin") == content, "the new version is another")

      assert.is_nil(peer:complaint())
      local finished = peer:find("finished", function(one) return one.info_hash == old.info_hash end)
      if finished then
        assert.is_true(helper.read(place.out .. "/film.bin") == old_content, "it finished with a mixture")
      end
      assert.is_true(daemon:lives())
    end)
  end
end)
