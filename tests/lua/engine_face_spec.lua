-- The engine's settings, and what it says of calls and torrents that are not right.
local bench = require "engine_helper"
local helper = require "helper"
local uv = require "luv"

describe("the engine's face", function()
  local folder, seeder

  before_each(function()
    folder, seeder = helper.folder(), nil
  end)
  after_each(function()
    if seeder then seeder:close() end
    helper.remove(folder)
  end)

  it("pins its settings and takes others by libtorrent's names", function()
    seeder = bench.open { settings = { connections_limit = 300, enable_incoming_utp = false } }
    local settings = seeder.engine:settings()
    for name, value in pairs {
      ssrf_mitigation = true, validate_https_trackers = true, no_atime_storage = true, allow_idna = false,
      allow_i2p_mixed = false, anonymous_mode = false, active_seeds = -1, active_limit = -1,
      alert_queue_size = 10000, max_metadata_size = 1 << 20, max_piece_count = 200000,
      metadata_token_limit = 500000, max_peerlist_size = 1000, connections_limit = 300, enable_dht = false,
      enable_lsd = false, enable_upnp = false, enable_natpmp = false, enable_incoming_utp = false,
      prefer_rc4 = true, in_enc_policy = 1, out_enc_policy = 1, allowed_enc_level = 2,
      peer_fingerprint = "-BS0100-",
    } do
      assert.equal(value, settings[name], name)
    end
    assert.matches("^BTshare/0%.%d+%.%d+ libtorrent/2", settings.user_agent)
    assert.is_true(seeder.engine:apply { upload_rate_limit = 5000, enable_dht = false, user_agent = "x" })
    settings = seeder.engine:settings()
    assert.equal(5000, settings.upload_rate_limit)
    assert.equal("x", settings.user_agent)
    for _, wrong in ipairs { { upload_rate_limit = "5" }, { no_such_setting = 1 }, { enable_dht = 1 },
      { user_agent = false }, { upload_rate_limit = 1 << 40 }, { alert_mask = 0 } } do
      wrong.download_rate_limit = 7
      assert.same({ "invalid" }, { select(3, seeder.engine:apply(wrong)) })
    end
    assert.equal(0, seeder.engine:settings().download_rate_limit)
  end)

  it("listens elsewhere where a port is taken, and says where; or fails, as asked", function()
    seeder = bench.open()
    local taken = { "127.0.0.1:" .. seeder:port() }
    local other = bench.open { listen = taken }
    local port = other:port()
    other:close()
    assert.not_equal(seeder:port(), port)
    other = bench.open { listen = taken, settings = { max_retry_port_bind = 0, listen_system_port_fallback = false } }
    local failed = other:wait("listen-failed")
    other:close()
    assert.equal(seeder:port(), failed.port)
    assert.matches("in use", failed.message)
  end)

  it("knows torrents by name only, and says so", function()
    seeder = bench.open()
    local unknown = ("0"):rep(40)
    for _, call in ipairs {
      function() return seeder.engine:pause(unknown) end,
      function() return seeder.engine:resume("x") end,
      function() return seeder.engine:connect_peer(unknown, "127.0.0.1", 1) end,
      function() return seeder.engine:set_limits(unknown, { up = 1 }) end,
      function() return seeder.engine:post_peers(unknown) end,
    } do
      assert.same({ "missing" }, { select(3, call()) })
    end
  end)

  it("refuses a manifest that is not the torrent's", function()
    helper.write(folder .. "/file", "content")
    helper.write(folder .. "/other", "other content")
    local share = bench.share { root = folder, base = "", paths = { "file" } }
    seeder = bench.open()
    local function refusal()
      seeder.events = {}
      assert(seeder.engine:add_share(share))
      return seeder:wait("add-failed", function(event) return event.info_hash == share.info_hash end).message
    end
    share.manifest = bench.manifest(folder, { "other" })
    assert.equal("other: the torrent has another size", refusal())
    share.manifest = bench.manifest(folder, { "file", "other" })
    assert.equal("torrent: has fewer files than the manifest", refusal())
    local torrent, info_hash = share.torrent, share.info_hash
    share.manifest, share.torrent = bench.manifest(folder, { "file" }), "no torrent"
    assert.matches("^torrent: ", refusal())
    share.torrent, share.info_hash = torrent, ("a"):rep(40)
    assert.equal("torrent: has another info-hash", refusal())
    share.info_hash = info_hash
    seeder:add(share)
  end)

  it("says at once what is no manifest and no info-hash", function()
    seeder = bench.open()
    local share = { info_hash = ("a"):rep(40), root = folder, base = "", torrent = "", manifest = "cut" }
    assert.same({ "invalid" }, { select(3, seeder.engine:add_share(share)) })
    share.manifest, share.info_hash = "", "a"
    assert.same({ "invalid" }, { select(3, seeder.engine:add_share(share)) })
  end)

  it("has removed a torrent that was taken back before it was read, and one that cannot be read", function()
    helper.write(folder .. "/file", "content")
    local share = bench.share { root = folder, base = "", paths = { "file" } }
    seeder = bench.open()
    for _, torrent in ipairs { share.torrent, "no torrent" } do
      share.torrent, seeder.events = torrent, {}
      assert(seeder.engine:add_share(share))
      assert(seeder.engine:remove(share.info_hash))
      assert.same({ "busy" }, { select(3, seeder.engine:add_share(share)) })
      seeder:wait("removed")
      assert.is_nil(seeder:find("added") or seeder:find("add-failed"))
    end
  end)

  it("says nothing more of a torrent that was taken back after it was added, before that was told", function()
    helper.write(folder .. "/file", "content")
    helper.write(folder .. "/other", "other content")
    local share = bench.share { root = folder, base = "", paths = { "file" } }
    local other = bench.share { root = folder, base = "", paths = { "other" } }
    seeder = bench.open()
    assert(seeder.engine:add_share(share))
    uv.sleep(200) -- libtorrent has added it; nothing has been told, as the loop stands still
    assert(seeder.engine:add_share(other)) -- takes in what libtorrent said until now
    assert(seeder.engine:remove(share.info_hash))
    seeder:wait("removed")
    assert.is_nil(seeder:find("added", function(event) return event.info_hash == share.info_hash end))
  end)

  it("opens and closes again and again, two at a time", function()
    for _ = 1, 10 do
      local one, two = bench.open(), bench.open()
      one:wait("listening")
      one:close()
      two:close()
    end
    local descriptors = #bench.open_files()
    local again = bench.open()
    again:close()
    assert.equal(descriptors, #bench.open_files())
    assert.has_error(function() again.engine:settings() end)
  end)
end)
