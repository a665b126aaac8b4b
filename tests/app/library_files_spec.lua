-- What becomes of a share when its file changes, moves, goes away or comes back.
local helper = require "helper"
local place_module = require "place"
local tree = require "support.tree"
local uv = require "luv"
local watcher = require "watcher"

local named = watcher.named
local three_megabytes = 3000000

local function assert_same_link(before, after)
  assert.equal(before.id, after.id)
  assert.equal(before.link, after.link)
end

local function write_into(path, at, bytes)
  local file = io.open(path, "r+b")
  file:seek("set", at)
  file:write(bytes)
  file:close()
end

describe("a shared file", function()
  local shared, daemon, root
  local names = {
    "edited", "grown", "touched", "chmod", "renamed", "deleted", "replaced", "swapped", "stopped",
    "stopped and renamed", "stopped, edited, renamed", "stopped, edited at once", "stopped, edited away",
  }
  local before = {}

  setup(function()
    local place = place_module.open()
    for index, name in ipairs(names) do place:put(name, tree.bytes(three_megabytes, index)) end
    shared = watcher.start(place)
    daemon, root = shared.daemon, shared.root
    for _, name in ipairs(names) do before[name] = shared:ready(name) end
  end)

  teardown(function() shared:close() end)

  it("that is edited in place has a new version under the same link", function()
    write_into(root .. "/edited", 1000000, "edited")
    local after = shared:renewed(before.edited)
    assert.equal(before.edited.size, after.size)
    assert.equal(1, daemon:count("share-changed", named "edited"))
  end)

  it("that grows has a new version under the same link", function()
    write_into(root .. "/grown", three_megabytes, "more")
    assert.equal(three_megabytes + 4, (shared:renewed(before.grown)).size)
  end)

  it("that is only touched stays what it is", function()
    uv.fs_utime(root .. "/touched", os.time(), os.time())
    shared:settle()
    local after = shared:find "touched"
    assert.equal("ready", after.state)
    assert.equal(before.touched.info_hash, after.info_hash)
    assert_same_link(before.touched, after)
  end)

  it("whose mode changes is not read again", function()
    local mark = daemon:mark()
    uv.fs_chmod(root .. "/chmod", 384)
    shared:settle()
    local after = shared:find "chmod"
    assert.equal("ready", after.state)
    assert.equal(before.chmod.info_hash, after.info_hash)
    local event = daemon:find("share-ready", named "chmod", mark)
    assert.equal(0, event and event.bytes or 0)
    assert.equal(0, daemon:count("share-changed", named "chmod"))
  end)

  it("that is renamed keeps its link and is not read again", function()
    uv.fs_rename(root .. "/renamed", root .. "/new name")
    local after, bytes = shared:ready "new name"
    assert_same_link(before.renamed, after)
    assert.equal(0, bytes)
    assert.are_not.equal(before.renamed.info_hash, after.info_hash) -- the name is in it
    shared:settle()
    assert.is_nil(shared:find "renamed")
    assert.equal(0, daemon:count("share-created", named "new name"))
    assert.equal(0, daemon:count("share-missing", named "renamed"))
  end)

  it("that is deleted is missing soon, and back with the same link when it returns", function()
    os.remove(root .. "/deleted")
    local missing = daemon:wait("share-missing", named "deleted", { seconds = 4 })
    assert.equal(before.deleted.id, missing.share.id)
    for _, share in ipairs { missing.share, shared:find "deleted" } do
      assert.equal("missing", share.state)
      assert.equal(before.deleted.link, share.link)
      assert.is_nil(share.magnet)
      assert.is_nil(share.torrent)
    end
    local mark = daemon:mark()
    helper.write(root .. "/deleted", tree.bytes(three_megabytes, 6))
    local after = shared:ready("deleted", mark)
    assert_same_link(before.deleted, after)
    assert.equal(before.deleted.torrent, after.torrent)
    assert.equal(before.deleted.info_hash, after.info_hash)
  end)

  it("that is replaced by another file keeps its link", function()
    helper.write(shared.place.folder .. "/new", "new content")
    uv.fs_rename(shared.place.folder .. "/new", root .. "/replaced")
    assert.equal(11, (shared:renewed(before.replaced)).size)
  end)

  it("that becomes a folder keeps its link", function()
    os.remove(root .. "/swapped")
    uv.fs_mkdir(root .. "/swapped", 493)
    helper.write(root .. "/swapped/inside", "inside")
    assert.equal("folder", (shared:renewed(before.swapped)).kind)
  end)

  it("that was stopped stays stopped when it is edited, until it is added again", function()
    daemon:command { "stop", "stopped" }
    daemon:wait("share-removed", named "stopped")
    local mark = daemon:mark()
    helper.write(root .. "/stopped", "edited")
    shared:settle()
    assert.is_nil(shared:find "stopped")
    assert.is_nil(daemon:find("share-ready", named "stopped", mark))
    daemon:command { "add", root .. "/stopped" }
    assert_same_link(before.stopped, (shared:ready("stopped", mark)))
  end)

  it("that was stopped stays stopped under another name, until it is added again", function()
    daemon:command { "stop", "stopped and renamed" }
    daemon:wait("share-removed", named "stopped and renamed")
    local mark = daemon:mark()
    uv.fs_rename(root .. "/stopped and renamed", root .. "/renamed again")
    shared:settle()
    uv.fs_rename(root .. "/renamed again", root .. "/other name")
    shared:settle()
    for _, name in ipairs { "stopped and renamed", "renamed again", "other name" } do
      assert.is_nil(shared:find(name))
      assert.is_nil(daemon:find("share-created", named(name), mark))
    end
    daemon:command { "add", root .. "/other name" }
    local after = shared:ready("other name", mark)
    assert_same_link(before["stopped and renamed"], after)
    assert.are_not.equal(before["stopped and renamed"].info_hash, after.info_hash) -- the name is in it
  end)

  -- Nothing of it is shared, under any of its names, until it is added under the last.
  local function assert_stays_stopped(mark, first, ...)
    local last
    for _, name in ipairs { first, ... } do
      assert.is_nil(shared:find(name))
      assert.is_nil(daemon:find("share-created", named(name), mark))
      last = name
    end
    daemon:command { "add", root .. "/" .. last }
    local after = shared:ready(last, mark)
    assert_same_link(before[first], after)
    return after
  end

  local function stop(name)
    daemon:command { "stop", name }
    daemon:wait("share-removed", named(name))
    return daemon:mark()
  end

  it("that was stopped and edited stays stopped under another name", function()
    local mark = stop "stopped, edited, renamed"
    helper.write(root .. "/stopped, edited, renamed", "much shorter")
    shared:settle()
    uv.fs_rename(root .. "/stopped, edited, renamed", root .. "/edited, renamed")
    shared:settle()
    assert.equal(12, assert_stays_stopped(mark, "stopped, edited, renamed", "edited, renamed").size)
  end)

  it("that was stopped, edited and renamed at once stays stopped", function()
    local mark = stop "stopped, edited at once"
    helper.write(root .. "/stopped, edited at once", "at once")
    uv.fs_rename(root .. "/stopped, edited at once", root .. "/edited at once")
    shared:settle()
    assert.equal(7, assert_stays_stopped(mark, "stopped, edited at once", "edited at once").size)
  end)

  it("that was stopped and edited stays stopped under a name that it got while nobody watched", function()
    stop "stopped, edited away"
    helper.write(root .. "/stopped, edited away", "edited before")
    shared:settle()
    daemon:stop()
    uv.fs_rename(root .. "/stopped, edited away", root .. "/edited away")
    shared.daemon = shared.place:start { public = before["stopped, edited away"].link:match("^http://([^/]+)") }
    daemon = shared.daemon
    shared:settle()
    assert.equal(13, assert_stays_stopped(0, "stopped, edited away", "edited away").size)
  end)
end)

describe("a file that is in two shared folders", function()
  it("is two shares, each of which lives on without the other", function()
    local place = place_module.open()
    local first, second = place.share, place.folder .. "/second"
    uv.fs_mkdir(second, 493)
    for _, folder in ipairs { first, second } do helper.write(folder .. "/same.txt", "the same") end
    local shared = watcher.start(place, {}, { first, second })
    local function ready_below(folder, from)
      return shared.daemon:wait("share-ready", function(event) return event.share.root == folder end,
        { from = from }).share
    end
    local one, other = ready_below(first), ready_below(second)
    assert.equal(one.info_hash, other.info_hash)
    assert.are_not.equal(one.link, other.link)
    for _, folder in ipairs { first, second } do -- whichever of them the engine reads from
      local mark = shared.daemon:mark()
      os.remove(folder .. "/same.txt")
      shared.daemon:wait("share-missing", nil, { from = mark })
      local states = {}
      for _, share in ipairs(shared.daemon:list()) do states[share.root] = share.state end
      assert.same({ [first] = folder == first and "missing" or "ready",
        [second] = folder == first and "ready" or "missing" }, states)
      helper.write(folder .. "/same.txt", "the same")
      assert.equal(one.info_hash, ready_below(folder, mark).info_hash)
    end
    shared:close()
  end)
end)
