local bench = require "engine_helper"
local engine = require "core.engine"
local helper = require "helper"
local uv = require "luv"

local function random(size)
  return assert(uv.random(size, 0))
end

local function link(peer) return "127.0.0.1:" .. peer end

local function wait_for_closed(path)
  helper.wait_for(function()
    for _, name in ipairs(bench.open_files()) do
      if name == path then return false end
    end
    return true
  end, 10, "closed files")
end

describe("the engine", function()
  local folder, target, seeder, recipient

  before_each(function()
    folder, target = helper.folder(), helper.folder()
    seeder, recipient = nil, nil
  end)
  after_each(function()
    if recipient then recipient.close() end
    if seeder then seeder:close() end
    helper.remove(folder)
    helper.remove(target)
  end)

  ---Lets the foreign client fetch a share from the engine.
  local function fetch(share, options)
    helper.write(target .. "/.torrent", share.torrent)
    options = options or {}
    options.peer = link(seeder:port())
    recipient = bench.receive(target .. "/.torrent", target, options)
    return recipient
  end

  ---A share of one large file, and a recipient that has got a part of it, slowly.
  local function fetch_a_part()
    helper.write(folder .. "/big", random(4 << 20))
    local share = bench.share { root = folder, base = "", paths = { "big" } }
    seeder = bench.open()
    seeder:add(share)
    fetch(share, { limit = 400000 })
    helper.wait_for(function() return tonumber(recipient.seen.done or 0) > 200000 end, 20, "a part")
    return share
  end

  for _, format in ipairs { "v1", "hybrid", "v2" } do
    it("seeds a folder to another client as " .. format, function()
      uv.fs_mkdir(folder .. "/Ordner", 448)
      uv.fs_mkdir(folder .. "/Ordner/s", 448)
      helper.write(folder .. "/Ordner/a.bin", random(300001))
      helper.write(folder .. "/Ordner/empty", "")
      helper.write(folder .. "/Ordner/s/eins", "1")
      helper.write(folder .. "/Ordner/s/ß", random(70000))
      helper.write(folder .. "/Ordner/z", random(16384))
      local paths = { "a.bin", "empty", "s/eins", "s/ß", "z" }
      local share = bench.share { root = folder, base = "Ordner", paths = paths, format = format, piece_length = 32768 }
      seeder = bench.open()
      seeder:add(share)
      fetch(share):wait("finished", 20)
      for _, path in ipairs(paths) do
        assert.is_true(helper.read(folder .. "/Ordner/" .. path) == helper.read(target .. "/Ordner/" .. path), path)
      end
      assert.is_nil(seeder:find("file-error"))
    end)

    it("seeds a file under another name as " .. format, function()
      helper.write(folder .. "/on disk", random(200000))
      local share = bench.share { root = folder, base = "", paths = { "on disk" }, name = "für alle", format = format }
      seeder = bench.open()
      seeder:add(share)
      fetch(share):wait("finished", 20)
      assert.is_true(helper.read(folder .. "/on disk") == helper.read(target .. "/für alle"))
    end)
  end

  it("calls a recipient that listens", function()
    helper.write(folder .. "/file", random(100000))
    local share = bench.share { root = folder, base = "", paths = { "file" } }
    seeder = bench.open()
    seeder:add(share)
    helper.write(target .. "/.torrent", share.torrent)
    recipient = bench.receive(target .. "/.torrent", target)
    assert.is_true(seeder.engine:connect_peer(share.info_hash, "127.0.0.1", tonumber(recipient:wait("port"))))
    recipient:wait("finished", 20)
    assert.is_false(seeder:wait("peer-connected").incoming)
  end)

  it("serves two recipients behind one address at the same time", function()
    fetch_a_part()
    uv.fs_mkdir(target .. "/other", 448)
    local own = { limit = 400000, peer = link(seeder:port()) }
    local other = bench.receive(target .. "/.torrent", target .. "/other", own)
    helper.wait_for(function() return tonumber(other.seen.done or 0) > 0 end, 10, "the other's first bytes")
    local before = tonumber(recipient.seen.done)
    assert.is_nil(recipient.seen.peer_disconnected_alert)
    helper.wait_for(function() return tonumber(recipient.seen.done) > before end, 10, "more")
    other.close()
  end)

  it("says when a recipient has become a seed", function()
    helper.write(folder .. "/file", random(100000))
    local share = bench.share { root = folder, base = "", paths = { "file" } }
    seeder = bench.open()
    seeder:add(share)
    fetch(share, { stays = 1 }):wait("finished", 20) -- libtorrent's default would hang up before we see it
    local left = seeder:wait("peer-disconnected")
    assert.is_true(left.became_seed)
    assert.equal("127.0.0.1", left.address)
    assert.same({ 1, 100000, 40 }, { left.peer.progress, left.peer.uploaded, #left.peer.id })
    assert.matches("libtorrent", left.peer.client)
    assert.is_true(seeder:find("peer-connected").incoming)
  end)

  it("never sends the bytes of a file that is edited in place", function()
    local share = fetch_a_part()
    local file = assert(uv.fs_open(folder .. "/big", "r+", 0))
    uv.fs_write(file, random(4 << 20), 0)
    uv.fs_close(file)
    local failed = seeder:wait("file-error")
    assert.equal(share.info_hash, failed.info_hash)
    assert.equal("big", failed.path)
    assert.equal("changed on disk", failed.message)
    recipient:wait("peer_disconnected_alert")
    assert.is_nil(recipient.seen.hash_failed_alert)
    assert.is_nil(recipient.seen.peer_ban_alert)
    assert.is_nil(recipient.seen.finished)
  end)

  it("never follows a symbolic link that took a file's place", function()
    helper.write(target .. "/secret", ("secret!!"):rep(512 << 10))
    fetch_a_part()
    uv.fs_unlink(folder .. "/big")
    assert(uv.fs_symlink(target .. "/secret", folder .. "/big"))
    assert.equal("changed on disk", seeder:wait("file-error").message)
    recipient:wait("peer_disconnected_alert")
    assert.is_nil(recipient.seen.hash_failed_alert)
    assert.is_falsy(helper.read(target .. "/big"):find("secret!!", 1, true))
  end)

  it("says that a file went away before anybody asked for it", function()
    helper.write(folder .. "/file", random(100000))
    local share = bench.share { root = folder, base = "", paths = { "file" } }
    seeder = bench.open()
    seeder:add(share)
    uv.fs_unlink(folder .. "/file")
    fetch(share)
    assert.equal("changed on disk", seeder:wait("file-error").message)
    assert.equal("0", recipient:wait("done"))
  end)

  it("says that content does not have its hashes, and sends none of it", function()
    helper.write(folder .. "/file", random(100000))
    local share = bench.share { root = folder, base = "", paths = { "file" } }
    share.description.pieces = random(#share.description.pieces)
    local made = assert(engine.make_torrent(share.description))
    share.torrent, share.info_hash = made.torrent, made.info_hash
    seeder = bench.open()
    seeder:add(share)
    fetch(share)
    assert.matches("does not have the hashes", seeder:wait("file-error").message)
    assert.is_nil(recipient.seen.hash_failed_alert)
  end)

  it("lets no peer change a file that was edited", function()
    helper.write(folder .. "/file", random(300000))
    uv.fs_mkdir(target .. "/old", 448)
    helper.write(target .. "/old/file", helper.read(folder .. "/file"))
    local share = bench.share { root = folder, base = "", paths = { "file" } }
    seeder = bench.open()
    seeder:add(share)
    local edited = random(300000)
    helper.write(folder .. "/file", edited)
    -- One asks for pieces, so that the engine notices; one has all the old pieces to offer.
    helper.write(target .. "/.torrent", share.torrent)
    local old = bench.receive(target .. "/.torrent", target .. "/old", { seed = 1, peer = link(seeder:port()) })
    fetch(share)
    seeder:wait("file-error")
    seeder.engine:resume(share.info_hash)
    seeder.engine:connect_peer(share.info_hash, "127.0.0.1", tonumber(old:wait("port")))
    helper.wait_for(function()
      seeder.engine:post_updates()
      return seeder:find("progress")
    end)
    old.close()
    assert.is_true(helper.read(folder .. "/file") == edited)
  end)

  it("reads nothing of a torrent after it was removed, and can take it again", function()
    local share = fetch_a_part()
    assert.is_true(seeder.engine:remove(share.info_hash))
    assert.same({ "missing" }, { select(3, seeder.engine:remove(share.info_hash)) })
    assert.same({ "busy" }, { select(3, seeder.engine:add_share(share)) })
    seeder:wait("removed")
    recipient:wait("peer_disconnected_alert")
    wait_for_closed(folder .. "/big")
    seeder.events = {}
    seeder:add(share)
    assert.same({ "exists" }, { select(3, seeder.engine:add_share(share)) })
  end)

  it("closes the files of a torrent that is paused, and goes on", function()
    local share = fetch_a_part()
    seeder.engine:pause(share.info_hash)
    recipient:wait("peer_disconnected_alert")
    wait_for_closed(folder .. "/big")
    seeder.engine:resume(share.info_hash)
    seeder.engine:connect_peer(share.info_hash, "127.0.0.1", tonumber(recipient:wait("port")))
    local before = tonumber(recipient.seen.done)
    helper.wait_for(function() return tonumber(recipient.seen.done) > before end, 20, "more")
  end)

  it("stays a seed when it is paused while a piece is being hashed", function()
    helper.write(folder .. "/big", random(8 << 20))
    local share = bench.share { root = folder, base = "", paths = { "big" }, piece_length = 4 << 20 }
    seeder = bench.open { settings = { min_reconnect_time = 0, max_failcount = 100 } }
    seeder:add(share)
    local port = tonumber(fetch(share):wait("port"))
    for _ = 1, 2 do
      seeder:wait("peer-connected")
      seeder.engine:pause(share.info_hash)
      seeder:wait("peer-disconnected")
      seeder.events = {}
      seeder.engine:resume(share.info_hash)
      seeder.engine:connect_peer(share.info_hash, "127.0.0.1", port)
    end
    recipient:wait("finished", 20)
    assert.is_nil(seeder:find("file-error"))
  end)

  it("speaks RC4 with those who can, and tells what it knows of them", function()
    fetch_a_part()
    seeder.engine:post_peers(seeder:find("added").info_hash)
    local peer = seeder:wait("peers").peers[1]
    assert.equal("rc4", peer.encrypted)
    assert.equal("tcp", peer.protocol)
    assert.matches("libtorrent", peer.client)
    assert.is_true(peer.progress > 0 and peer.progress < 1)
    assert.is_true(peer.uploaded > 0)
    assert.is_nil(peer.pieces)
  end)

  it("tells which pieces a peer has, where that is asked", function()
    fetch_a_part()
    seeder.engine:post_peers(seeder:find("added").info_hash, true)
    local peer = seeder:wait("peers").peers[1]
    assert.is_true(#peer.pieces > 0 and #peer.pieces <= 256)
    local whole, nothing = select(2, peer.pieces:gsub("\255", "")), select(2, peer.pieces:gsub("\0", ""))
    assert.is_true(whole + nothing <= #peer.pieces and nothing > 0 and nothing < #peer.pieces)
  end)

  it("refuses plain peers where obfuscation is required", function()
    helper.write(folder .. "/file", random(100000))
    local share = bench.share { root = folder, base = "", paths = { "file" } }
    seeder = bench.open { obfuscation = "require" }
    seeder:add(share)
    fetch(share, { policy = "plain" }):wait("peer_disconnected_alert", 20)
    assert.equal("0", recipient.seen.done)
    recipient.close()
    fetch(share, { policy = "prefer" }):wait("finished", 20)
  end)

  it("reports progress and traffic", function()
    local share = fetch_a_part()
    seeder.engine:post_stats()
    local stats = seeder:wait("stats")
    assert.is_true(stats.uploaded >= 200000)
    assert.equal(1, stats.peers)
    seeder.engine:post_updates()
    local row = seeder:wait("progress", function(event) return #event.torrents > 0 end).torrents[1]
    assert.equal(share.info_hash, row.info_hash)
    assert.equal("seeding", row.state)
    assert.equal(1, row.progress)
    assert.is_true(row.uploaded > 0)
  end)

  it("limits the rate of a torrent until told otherwise", function()
    helper.write(folder .. "/file", random(1 << 20))
    local share = bench.share { root = folder, base = "", paths = { "file" } }
    share.up_limit = 50000
    seeder = bench.open()
    seeder:add(share)
    fetch(share):wait("done", 20)
    local started = uv.hrtime()
    helper.wait_for(function() return tonumber(recipient.seen.done) >= 150000 end, 20, "a part")
    assert.is_true(uv.hrtime() - started > 1e9)
    assert.is_nil(recipient.seen.finished)
    assert.is_true(seeder.engine:set_limits(share.info_hash, { up = 0 }))
    recipient:wait("finished", 10)
  end)
end)
