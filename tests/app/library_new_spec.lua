-- How a new file becomes a share, and which files do not.
local helper = require "helper"
local place_module = require "place"
local uv = require "luv"
local watcher = require "watcher"

local named = watcher.named

describe("a new file", function()
  local shared, daemon, root

  setup(function()
    shared = watcher.start(place_module.open(), { config = 'ignore { "*.secret" }\n' })
    daemon, root = shared.daemon, shared.root
  end)

  teardown(function() shared:close() end)

  it("is created once and ready once", function()
    helper.write(root .. "/a.txt", "content")
    local share, bytes = shared:ready "a.txt"
    assert.equal(7, bytes)
    assert.equal("ready", share.state)
    assert.equal(40, #share.info_hash)
    shared:settle()
    assert.equal(1, daemon:count("share-created", named "a.txt"))
    assert.equal(1, daemon:count("share-ready", named "a.txt"))
    assert.equal(0, daemon:count "share-changed")
    assert.equal(share.link, daemon:find("share-created", named "a.txt").share.link)
  end)

  it("is shared when nobody writes to it any more", function()
    local file = io.open(root .. "/slow.bin", "wb")
    file:write("first")
    file:flush()
    shared:settle()
    shared:settle() -- it has been still for longer than a finished one needs
    assert.is_nil(daemon:find("share-created", named "slow.bin"))
    file:write("second")
    file:close()
    assert.equal(11, (shared:ready "slow.bin").size)
    assert.equal(1, daemon:count("share-created", named "slow.bin"))
  end)

  it("is left alone under a temporary, hidden or ignored name", function()
    helper.write(root .. "/.btignore", "# drafts\n*.draft\n")
    local names = { "1.part", "2.crdownload", "3~", ".4", ".~lock.5#", "6.tmp", "7.secret", "8.draft", "9.swp" }
    for _, name in ipairs(names) do helper.write(root .. "/" .. name, "x") end
    shared:settle()
    uv.fs_rename(root .. "/1.part", root .. "/1.zip")
    shared:ready "1.zip"
    for _, name in ipairs(names) do assert.is_nil(shared:find(name)) end
  end)

  it("that is empty is shared, and says why it has no torrent", function()
    helper.write(root .. "/nothing", "")
    uv.fs_mkdir(root .. "/empty folder", 493)
    for _, name in ipairs { "nothing", "empty folder" } do
      local share = shared:ready(name)
      assert.is_nil(share.magnet)
      assert.is_nil(share.torrent)
      assert.is_truthy(share.link)
      assert.equal("empty; by HTTP only, a torrent cannot hold it", share.reason)
    end
    local refused = daemon:try { "link", "nothing", "--magnet" }
    assert.equal(1, refused.code)
    assert.is_truthy(refused.errors:find("empty", 1, true))
    helper.write(root .. "/nothing", "something")
    local share = daemon:wait("share-ready", function(event) return event.share.size == 9 end).share
    assert.is_truthy(share.magnet)
    assert.is_nil(share.reason)
  end)

  it("that goes while it is being read stops no other of its size", function()
    local function put_hole(name)
      local file = assert(io.open(root .. "/" .. name, "wb"))
      file:seek("set", (8 << 30) - 1)
      file:write("x")
      file:close()
    end
    put_hole "gone.img"
    daemon:wait("share-created", named "gone.img")
    os.remove(root .. "/gone.img")
    daemon:wait("share-missing", named "gone.img")
    assert.is_nil(daemon:find("share-ready", named "gone.img"))
    put_hole "next.img"
    shared:settle()
    daemon:wait("share-created", named "next.img")
    os.remove(root .. "/next.img")
  end)
end)
