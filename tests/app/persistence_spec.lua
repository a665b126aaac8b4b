-- What a restart keeps, after a clean end and after kill -9.
local helper = require "helper"
local place_module = require "place"
local tree = require "support.tree"
local uv = require "luv"

-- As a link is the same whatever port serves it.
local function path_of(url)
  return url and url:match("^http://[^/]+(/.*)$")
end

describe("a restart", function()
  local place

  before_each(function() place = place_module.open() end)

  after_each(function() place:close() end)

  local function by_name(daemon)
    local shares = {}
    for _, share in ipairs(daemon:list()) do shares[share.name] = share end
    return shares
  end

  local function start(names, more)
    local daemon = place:start(more)
    for _, name in ipairs(names) do daemon:ready(name) end
    return daemon, by_name(daemon)
  end

  local function assert_same_shares(before, after)
    for name, share in pairs(before) do
      assert.equal(share.id, after[name].id)
      assert.equal(share.info_hash, after[name].info_hash)
      assert.equal(share.created, after[name].created)
      assert.equal(path_of(share.link), path_of(after[name].link))
      assert.equal(share.magnet:match("announce%%2F[%w_-]+"), after[name].magnet:match("announce%%2F[%w_-]+"))
    end
  end

  it("finds every share as it was, and reads nothing", function()
    tree.write(place.share, {
      ["a.bin"] = tree.bytes(500000, 1), ["b.bin"] = tree.bytes(500000, 2), ["album/1.bin"] = tree.bytes(300000, 3),
      ["album/2.bin"] = tree.bytes(300000, 4),
    })
    local names = { "a.bin", "b.bin", "album" }
    local daemon, before = start(names)
    local port = daemon:find("started").port
    for _, stop in ipairs { daemon.stop, daemon.crash, daemon.stop } do
      stop(daemon)
      local after
      daemon, after = start(names)
      assert_same_shares(before, after)
      assert.equal(port, daemon:find("started").port)
      assert.equal(0, daemon:count "share-created")
      for _, name in ipairs(names) do
        local _, event = daemon:ready(name)
        assert.equal(0, event.bytes)
      end
    end
    daemon:stop()
  end)

  it("finds what was edited, renamed, deleted and made meanwhile", function()
    for index, name in ipairs { "same", "edited", "renamed", "deleted", "chmod" } do
      place:put(name, tree.bytes(100000, index))
    end
    local daemon, before = start { "same", "edited", "renamed", "deleted", "chmod" }
    daemon:stop()
    helper.write(place.share .. "/edited", "edited")
    uv.fs_rename(place.share .. "/renamed", place.share .. "/other name")
    uv.fs_unlink(place.share .. "/deleted")
    uv.fs_chmod(place.share .. "/chmod", 384)
    helper.write(place.share .. "/new", "new")
    daemon = place:start()
    for _, name in ipairs { "same", "edited", "other name", "chmod", "new" } do daemon:ready(name) end
    daemon:wait "share-missing"
    local after = by_name(daemon)
    assert_same_shares({ same = before.same, chmod = before.chmod }, after)
    assert.equal(before.edited.id, after.edited.id)
    assert.are_not.equal(before.edited.info_hash, after.edited.info_hash)
    assert.equal(before.renamed.id, after["other name"].id)
    assert.equal("missing", after.deleted.state)
    assert.equal(before.deleted.id, after.deleted.id)
    assert.is_nil(after.renamed)
    assert.equal(1, daemon:count "share-created")
    daemon:stop()
  end)

  it("keeps what was stopped stopped and what has expired expired", function()
    for _, name in ipairs { "stopped", "expired", "lasting" } do place:put(name, name) end
    local daemon = start { "stopped", "expired", "lasting" }
    daemon:command { "stop", "stopped" }
    daemon:command { "add", place.share .. "/expired", "--for", "1s" }
    daemon:wait "share-expired"
    assert.equal("expired", by_name(daemon).expired.state)
    assert.is_nil(by_name(daemon).expired.link)
    for _, stop in ipairs { daemon.stop, daemon.crash } do
      stop(daemon)
      daemon = start { "lasting" }
      daemon:wait "scan-finished"
      local shares = by_name(daemon)
      assert.is_nil(shares.stopped)
      assert.equal("expired", shares.expired.state)
      assert.is_nil(shares.expired.magnet)
      assert.is_nil(daemon:find("share-ready", function(event) return event.share.name ~= "lasting" end))
    end
    daemon:stop()
  end)

  it("keeps an expiry that lies ahead", function()
    place:put("soon", "soon")
    local daemon = start { "soon" }
    daemon:command { "add", place.share .. "/soon", "--for", "2h" }
    local expires = by_name(daemon).soon.expires
    assert.is_true(math.abs(expires - os.time() - 7200) < 20)
    daemon:crash()
    local _, after = start { "soon" }
    assert.equal(expires, after.soon.expires)
  end)

  it("keeps what was added outside of any shared folder", function()
    uv.fs_mkdir(place.folder .. "/private", 493)
    helper.write(place.folder .. "/private/one.txt", "one")
    helper.write(place.folder .. "/private/secret.txt", "secret")
    place:put("in.txt", "in")
    local daemon = start { "in.txt" }
    local link = daemon:command { "add", place.folder .. "/private/one.txt" }
    daemon:ready "one.txt"
    daemon:crash()
    local after
    daemon, after = start { "in.txt", "one.txt" }
    assert.equal(path_of(link:match("%S+")), path_of(after["one.txt"].link))
    assert.is_nil(after["secret.txt"])
    daemon:command { "stop", "one.txt" }
    daemon:stop()
    daemon, after = start { "in.txt" }
    assert.is_nil(after["one.txt"])
    daemon:stop()
  end)
end)
