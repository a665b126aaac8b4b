-- What a restart keeps, after a clean end and after kill -9.
local helper = require "helper"
local place_module = require "place"
local sqlite = require "core.sqlite"
local tree = require "support.tree"
local uv = require "luv"

local path_of = place_module.path_of

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

  local function free_port(first, last)
    for _ = 1, 50 do
      local port, probe = math.random(first, last), uv.new_tcp()
      local is_free = probe:bind("127.0.0.1", port) and probe:listen(1, function() end)
      probe:close()
      if is_free then return port end
    end
    error "no port is free"
  end

  -- Leaves size, inode and mtime as they are, as some programs that edit do.
  local function overwrite(path, content)
    local status = assert(uv.fs_stat(path))
    local file <close> = assert(io.open(path, "r+b"))
    file:write(content)
    file:flush()
    assert(uv.fs_utime(path, status.mtime.sec, status.mtime.sec))
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
    local names, sizes = { "a.bin", "b.bin", "album" }, { 500000, 500000, 600000 }
    -- Out of the range that others who run here take theirs from: one of them might come between.
    local port = free_port(4200, 5900)
    local began = uv.hrtime()
    local daemon, before = start(names, { port = port })
    for index, name in ipairs(names) do
      local _, event = daemon:ready(name)
      assert.equal(sizes[index], event.bytes)
      assert.equal("float", math.type(event.hash_seconds))
      assert.is_true(event.hash_seconds > 0 and event.hash_seconds < (uv.hrtime() - began) / 1e9)
    end
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
        assert.equal(0, event.hash_seconds)
      end
    end
    daemon:stop()
  end)

  it("finds what was edited, renamed, deleted and made meanwhile", function()
    local names = { "same", "edited", "renamed", "deleted", "chmod", "secretly edited" }
    for index, name in ipairs(names) do
      place:put(name, tree.bytes(100000, index))
    end
    local daemon, before = start(names)
    daemon:stop()
    overwrite(place.share .. "/secretly edited", "other bytes")
    helper.write(place.share .. "/edited", "edited")
    uv.fs_rename(place.share .. "/renamed", place.share .. "/other name")
    uv.fs_unlink(place.share .. "/deleted")
    uv.fs_chmod(place.share .. "/chmod", 384)
    helper.write(place.share .. "/new", "new")
    daemon = place:start()
    for _, name in ipairs { "same", "edited", "other name", "chmod", "new" } do daemon:ready(name) end
    daemon:renewed(before["secretly edited"], 10)
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

  describe("without what was shared", function()
    local function named(name)
      return function(event) return event.share.name == name end
    end

    local function is_summary(event)
      return event.message:find("missing", 1, true) ~= nil
    end

    it("tells what went meanwhile once, and in one sentence from then on", function()
      for index, name in ipairs { "kept", "first", "second" } do place:put(name, tree.bytes(1000, index)) end
      local daemon = start { "kept", "first", "second" }
      daemon:stop()
      uv.fs_unlink(place.share .. "/first")
      uv.fs_unlink(place.share .. "/second")
      daemon = start { "kept" }
      daemon:wait("share-missing", named "first")
      daemon:wait("share-missing", named "second")
      assert.is_nil(daemon:find("notice", is_summary))
      daemon:stop()
      daemon = start { "kept" }
      assert.is_truthy(daemon:wait("notice", is_summary).message:find(": 2 shares are missing; btshare list", 1, true))
      assert.equal(0, daemon:count "share-missing")
      assert.equal("missing", by_name(daemon).first.state)
      place:put("first", tree.bytes(1000, 2))
      daemon:ready "first"
      daemon:stop()
    end)

    it("tells many in one sentence", function()
      local names = {}
      for index = 1, 21 do
        names[index] = "file " .. index
        place:put(names[index], tree.bytes(1000, index))
      end
      place:put("kept", "kept")
      local daemon = start(names)
      daemon:ready "kept"
      daemon:stop()
      for _, name in ipairs(names) do uv.fs_unlink(place.share .. "/" .. name) end
      daemon = start { "kept" }
      assert.is_truthy(daemon:wait("notice", is_summary).message:find("21 shares are missing", 1, true))
      assert.equal(0, daemon:count "share-missing")
      daemon:stop()
    end)

    -- Lets `days` pass for what is gone while nothing runs; answers how many shares and tokens are stored.
    local function wait_days(days)
      local database = assert(sqlite.open(place.state .. "/btshare.db"))
      local before = database:query("SELECT count(*) AS number FROM settings WHERE name LIKE 'gone %'")[1].number
      assert(database:exec(("UPDATE settings SET value = value - %d WHERE name LIKE 'gone %%'"):format(days * 86400)))
      local counts = database:query(
        "SELECT (SELECT count(*) FROM shares) AS shares, (SELECT count(*) FROM tokens) AS tokens")[1]
      database:close()
      return before, counts.shares, counts.tokens
    end

    it("forgets it when it has been gone for 30 days, but not what came back", function()
      for index, name in ipairs { "kept", "gone", "back" } do place:put(name, tree.bytes(1000, index)) end
      local daemon = start { "kept", "gone", "back" }
      uv.fs_unlink(place.share .. "/gone")
      uv.fs_rename(place.share .. "/back", place.folder .. "/aside")
      daemon:wait("share-missing", named "gone")
      daemon:wait("share-missing", named "back")
      daemon:stop()
      local noted, shares, tokens = wait_days(29)
      assert.equal(2, noted)
      assert.equal(3, shares)
      uv.fs_rename(place.folder .. "/aside", place.share .. "/back")
      daemon = start { "kept", "back" }
      daemon:wait("notice", is_summary)
      assert.equal("missing", by_name(daemon).gone.state)
      daemon:stop()
      noted = wait_days(2)
      assert.equal(1, noted)
      daemon = start { "kept", "back" }
      helper.wait_for(function() return not by_name(daemon).gone end)
      daemon:stop()
      local left, tokens_left
      noted, left, tokens_left = wait_days(0)
      assert.same({ 0, 2 }, { noted, left })
      assert.equal(tokens // 3 * 2, tokens_left)
    end)
  end)
end)
