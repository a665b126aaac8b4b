-- What becomes of a share when something in its folder changes, or the folder above it goes away.
local helper = require "helper"
local place_module = require "place"
local tree = require "support.tree"
local uv = require "luv"
local watcher = require "watcher"

local named = watcher.named
local three_megabytes = 3000000

describe("a shared folder", function()
  local shared, daemon, root
  local names = { "edited", "grown", "deep", "renamed", "linked" }
  local before = {}

  setup(function()
    local place = place_module.open()
    root = place.share
    for number, name in ipairs(names) do
      tree.write(root .. "/" .. name, {
        ["1.bin"] = tree.bytes(three_megabytes, 10 * number), ["2.bin"] = tree.bytes(three_megabytes, 10 * number + 1),
        ["3.bin"] = tree.bytes(three_megabytes, 10 * number + 2), ["cover/front.jpg"] = tree.bytes(50000, number),
      })
    end
    shared = watcher.start(place)
    daemon = shared.daemon
    for _, name in ipairs(names) do before[name] = shared:ready(name) end
  end)

  teardown(function() shared:close() end)

  -- A file and the pieces that reach into its neighbours.
  local function assert_read(size, bytes)
    assert.is_true(bytes >= size and bytes < 1.5 * size, "read " .. bytes)
  end

  it("reads only a file that was edited", function()
    local file = io.open(root .. "/edited/2.bin", "r+b")
    file:write("edited")
    file:close()
    local share, bytes = shared:renewed(before.edited)
    assert.equal(before.edited.size, share.size)
    assert_read(three_megabytes, bytes)
  end)

  it("reads only a file that is new", function()
    helper.write(root .. "/grown/0.bin", tree.bytes(1000000, 99))
    local share, bytes = shared:renewed(before.grown)
    assert.equal(5, share.files)
    assert_read(1000000, bytes)
  end)

  it("follows files and folders deep inside it", function()
    local path = root .. "/deep/cover/more/back.jpg"
    tree.write(root, { ["deep/cover/more/back.jpg"] = "back" })
    local share = shared:renewed(before.deep)
    assert.equal(5, share.files)
    local mark = daemon:mark()
    helper.write(path, "back again")
    share = shared:renewed(share, mark)
    mark = daemon:mark()
    os.remove(path)
    share = shared:renewed(share, mark)
    assert.equal(4, share.files)
    assert.equal(before.deep.info_hash, share.info_hash)
  end)

  it("that is renamed keeps its link and is not read again", function()
    uv.fs_rename(root .. "/renamed", root .. "/new name")
    local share, bytes = shared:ready "new name"
    assert.equal(before.renamed.link, share.link)
    assert.equal(0, bytes)
    assert.equal(0, daemon:count("share-created", named "new name"))
    assert.equal(0, daemon:count("share-missing", named "renamed"))
  end)

  it("says what it leaves out", function()
    uv.fs_symlink("/etc/hostname", root .. "/linked/link")
    local skipped = daemon:wait "entry-skipped"
    assert.equal("linked/link", skipped.path)
    assert.is_truthy(skipped.reason:find("link"))
    assert.equal(before.linked.info_hash, shared:find("linked").info_hash)
  end)
end)

describe("a folder whose shares go away with it", function()
  it("has them back, unread, when it returns", function()
    local place = place_module.open()
    place:put("a.txt", "a")
    place:put("b.txt", "b")
    local shared = watcher.start(place)
    local daemon = shared.daemon
    local a, b = shared:ready "a.txt", shared:ready "b.txt"
    uv.fs_rename(place.share, place.folder .. "/elsewhere")
    daemon:wait("share-missing", named "a.txt")
    daemon:wait("share-missing", named "b.txt")
    assert.equal(1, daemon:count "notice")
    assert.equal(place.share .. ": the folder went away", daemon:find("notice").message)
    local mark = daemon:mark()
    uv.fs_rename(place.folder .. "/elsewhere", place.share)
    for _, share in ipairs { a, b } do
      local after, bytes = shared:ready(share.name, mark)
      assert.equal(share.id, after.id)
      assert.equal(share.link, after.link)
      assert.equal(share.info_hash, after.info_hash)
      assert.equal(0, bytes)
    end
    shared:close()
  end)
end)
