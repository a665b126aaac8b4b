-- Law 2: nothing outside a share ever leaves, whatever lies in the folder or is swapped under way.
local helper = require "helper"
local json = require "dkjson"
local libtorrent = require "support.recipients.libtorrent"
local process = require "support.process"
local stage = require "support.stage"
local tree = require "support.tree"
local uv = require "luv"

local marker = "THIS-IS-OUTSIDE"

-- Every 16 bytes of what must not leave are the marker, so that no block of it can go unnoticed.
local function write_secret(path, size)
  helper.write(path, (marker .. "\n"):rep(size // (#marker + 1) + 1):sub(1, size))
end

-- All that a share may hold but must not give away; each has a word by which a report names it.
local function write_traps(wild, outside)
  assert(uv.fs_symlink(outside .. "/secret", wild .. "/trap-link-to-file"))
  assert(uv.fs_symlink(outside, wild .. "/trap-link-to-folder"))
  assert(uv.fs_symlink("../../outside/secret", wild .. "/trap-relative-link"))
  assert(uv.fs_symlink("..", wild .. "/trap-loop"))
  process.run { "mkfifo", wild .. "/trap-fifo" }
  local socket = uv.new_pipe(false)
  assert(socket:bind(wild .. "/trap-socket"))
  write_secret(wild .. "/trap-unreadable", 100)
  uv.fs_chmod(wild .. "/trap-unreadable", 0)
  helper.write(wild .. "/trap-new\nline", marker)
  helper.write(wild .. "/trap-back\\slash", marker)
  helper.write(wild .. "/trap-invalid-\xff\xfe", marker)
  helper.write(wild .. "/trap-long-" .. ("x"):rep(245), marker)
  local deep = wild .. "/deep"
  for _ = 1, 63 do
    uv.fs_mkdir(deep, 493)
    deep = deep .. "/d"
  end
  helper.write(deep, marker)
  return socket
end

local reported = {
  "trap-link-to-file", "trap-link-to-folder", "trap-relative-link", "trap-loop", "trap-fifo", "trap-socket",
  "trap-unreadable", "trap-new", "trap-back", "trap-invalid-", "trap-long-", "deep/",
}

-- Puts a symbolic link in the place of `path` in one step.
local function swap(path, target)
  local folder, name = path:match("^(.*)/(.*)$")
  local link = ("%s/../../%s.new"):format(folder, name)
  assert(uv.fs_symlink(target, link))
  if uv.fs_stat(path).type == "directory" then assert(uv.fs_rename(path, link .. ".old")) end
  assert(uv.fs_rename(link, path))
end

stage.describe("a folder full of traps", function()
  local scene, wild, outside, socket

  before_each(function()
    scene = stage.open()
    wild = scene:root() .. "/wild"
    outside = scene:root "outside"
    uv.fs_mkdir(wild, 493)
    write_secret(outside .. "/secret", 100000)
    tree.write(wild, { ["fine.txt"] = "fine\n", ["sub/fine.bin"] = tree.bytes(300000, 20) })
  end)

  after_each(function()
    if socket then socket:close() end
    socket = nil
    scene:close()
  end)

  it("gives what is really its own, reports the rest with reasons, and lives", function()
    socket = write_traps(wild, outside)
    local daemon = scene:share(scene.folder .. "/share")
    local share = daemon:ready("wild")
    local place = scene:place()
    libtorrent.fetch(place, share.magnet):wait(10)

    assert.same({
      ["fine.txt"] = "fine\n", ["sub/fine.bin"] = tree.bytes(300000, 20),
    }, tree.read(place.out .. "/wild"))
    assert.is_nil(tree.find(place.out, marker))
    for _, trap in ipairs(reported) do
      daemon:wait("entry-skipped", function(event)
        return json.encode(event):find(trap, 1, true) and #(event.reason or "") > 0
      end, { seconds = 5 })
    end
    assert.is_true(daemon:lives())
  end)

  for _, case in ipairs {
    { name = "file", path = "/film/large.bin", target = "/film/large.bin" },
    { name = "folder", path = "/film", target = "/film" },
  } do
    it(("gives no outside byte when a %s is swapped for a link while it is sent"):format(case.name), function()
      local size = 3000000
      tree.write(wild, { ["film/large.bin"] = tree.bytes(size, 21) })
      uv.fs_mkdir(outside .. "/film", 493)
      write_secret(outside .. "/film/large.bin", size)
      local daemon = scene:share(scene.folder .. "/share")
      local share = daemon:ready("wild")
      libtorrent.fetch(scene:place(), share.magnet):wait(10) -- see laws_changes_spec
      local place = scene:place()
      local peer = libtorrent.fetch(place, share.magnet, { download_limit = 400000, stay = true })
      peer:wait_event("progress", function(event) return event.done > 400000 end)

      swap(wild .. case.path, outside .. case.target)
      local new = daemon:renewed(share, 10)
      peer:tell "limit 0"
      peer:fetch_also(new.magnet, place.folder .. "/new", 10)

      assert.is_nil(peer:complaint())
      assert.is_nil(tree.find(place.out, marker))
      assert.same({ ["wild/fine.txt"] = "fine\n", ["wild/sub/fine.bin"] = tree.bytes(300000, 20) },
        tree.read(place.folder .. "/new"))
      assert.is_true(daemon:lives())
    end)
  end
end)
