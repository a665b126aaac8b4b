local bench = require "engine_helper"
local engine = require "core.engine"
local helper = require "helper"
local uv = require "luv"

local function random(size)
  return assert(uv.random(size, 0))
end

local function list(folder)
  local names = {}
  local entries = uv.fs_scandir(folder)
  for name in function() return uv.fs_scandir_next(entries) end do names[#names + 1] = name end
  table.sort(names)
  return names
end

describe("a download", function()
  local folder, target, outside, seeder, leecher
  local contents = { ["a.bin"] = random(300001), ["empty"] = "", ["s/eins"] = "1", ["s/ß"] = random(700000) }
  local paths = { "a.bin", "empty", "s/eins", "s/ß" }

  before_each(function()
    folder, target, outside = helper.folder(), helper.folder(), helper.folder()
    seeder, leecher = nil, nil
  end)
  after_each(function()
    if leecher then leecher:close() end
    if seeder then seeder:close() end
    for _, path in ipairs { folder, target, outside } do helper.remove(path) end
  end)

  local function seed(format)
    uv.fs_mkdir(folder .. "/Ordner", 448)
    uv.fs_mkdir(folder .. "/Ordner/s", 448)
    for path, content in pairs(contents) do helper.write(folder .. "/Ordner/" .. path, content) end
    local share = bench.share { root = folder, base = "Ordner", paths = paths, format = format, piece_length = 32768 }
    seeder = bench.open()
    seeder:add(share)
    leecher = bench.open()
    return share
  end

  local function magnet(share)
    return engine.magnet {
      info_hash = #(share.info_hash or "") == 40 and share.info_hash or nil, name = "Ordner",
      peers = { "127.0.0.1:" .. seeder:port() },
    }
  end

  local function of(share)
    return function(event) return event.info_hash == share.info_hash end
  end

  local function assert_received()
    for path, content in pairs(contents) do
      assert.is_true(content == helper.read(target .. "/Ordner/" .. path), path)
    end
  end

  for _, format in ipairs { "v1", "hybrid", "v2" } do
    it("comes from a magnet, as " .. format, function()
      local share = seed(format)
      assert.are.equal(share.info_hash, assert(leecher.engine:add_download { magnet = magnet(share), folder = target }))
      local metadata = leecher:wait("metadata", of(share))
      assert.are.equal("Ordner", metadata.name)
      assert.are.equal(4, #metadata.files)
      assert.are.equal("Ordner/a.bin", metadata.files[1].path)
      assert.are.equal(300001, metadata.files[1].size)
      leecher:wait("finished", of(share))
      assert_received()
      assert.are.same({ "Ordner" }, list(target))
      assert(leecher.engine:post_files(share.info_hash))
      local files = leecher:wait("files", of(share)).files
      assert.are.equal(700000, files[4].done)
    end)
  end

  it("comes from somebody who wants RC4 with the first call", function()
    local share = seed()
    local link = magnet(share):gsub(seeder:port(), "%%s")
    seeder:close()
    seeder = bench.open { obfuscation = "require" }
    seeder:add(share)
    assert(leecher.engine:add_download { magnet = link:format(seeder:port()), folder = target })
    leecher:wait("finished", of(share))
    local calls = 0
    for _, event in ipairs(leecher.events) do calls = calls + (event.type == "peer-connected" and 1 or 0) end
    assert.equal(1, calls)
    assert_received()
  end)

  it("comes from somebody who was away for longer than a few calls", function()
    local share = seed()
    local link, address = magnet(share), "127.0.0.1:" .. seeder:port()
    seeder:close()
    seeder = nil
    assert(leecher.engine:add_download { magnet = link, folder = target })
    helper.wait_for(function()
      local calls = 0
      for _, event in ipairs(leecher.events) do calls = calls + (event.type == "peer-connected" and 1 or 0) end
      return calls >= 4
    end, 20, "calls")
    seeder = bench.open { listen = { address } }
    seeder:add(share)
    leecher:wait("finished", of(share), 30)
    assert_received()
  end)

  it("comes from a .torrent, only the chosen files of it", function()
    local share = seed()
    assert(leecher.engine:add_download {
      torrent = share.torrent, folder = target, wanted = { false, false, false, true },
    })
    leecher:wait("added", of(share))
    assert(leecher.engine:connect_peer(share.info_hash, "127.0.0.1", seeder:port()))
    leecher:wait("finished", of(share))
    assert.is_true(contents["s/ß"] == helper.read(target .. "/Ordner/s/ß"))
    assert.is_nil(uv.fs_stat(target .. "/Ordner/a.bin"))
    assert.are.equal(4, #leecher:wait("metadata", of(share)).files)
    assert(leecher.engine:save(share.info_hash))
    local data = leecher:wait("resume-data", of(share)).data
    leecher.engine:remove(share.info_hash)
    leecher:wait("removed", of(share))
    leecher.events = {}
    assert(leecher.engine:add_download {
      resume = data, folder = target, known = true, wanted = { true, true, true, true },
    })
    leecher:wait("finished", of(share))
    assert_received()
  end)

  it("waits for its files to be chosen", function()
    local share = seed()
    assert(leecher.engine:add_download { magnet = magnet(share), folder = target, wait = true })
    leecher:wait("metadata", of(share))
    assert.are.same({}, list(target))
    assert(leecher.engine:set_wanted(share.info_hash, { true, false, false, false }))
    leecher:wait("finished", of(share))
    assert.is_true(contents["a.bin"] == helper.read(target .. "/Ordner/a.bin"))
    assert.is_nil(uv.fs_stat(target .. "/Ordner/s/ß"))
  end)

  it("goes away while it waits", function()
    local share = seed()
    for _, remove in ipairs { "remove", "remove_data" } do
      leecher.events = {}
      assert(leecher.engine:add_download { magnet = magnet(share), folder = target, wait = true })
      leecher:wait("metadata", of(share))
      assert(leecher.engine[remove](leecher.engine, share.info_hash))
      leecher:wait("removed", of(share))
    end
    assert(leecher.engine:add_download { magnet = magnet(share), folder = target, wait = true })
    leecher.events = {}
    leecher:wait("metadata", of(share))
    assert.are.same({}, list(target))
  end)

  it("never takes what is there under its name for its own", function()
    local share = seed()
    uv.fs_mkdir(target .. "/Ordner", 448)
    helper.write(target .. "/Ordner/a.bin", "mine")
    assert(leecher.engine:add_download { magnet = magnet(share), folder = target })
    local event = leecher:wait("download-error", of(share))
    assert.are.equal("exists", event.code)
    assert.matches("^Ordner: is there already", event.message)
    assert(leecher.engine:remove_data(share.info_hash))
    leecher:wait("removed", of(share))
    assert.are.same({ "a.bin" }, list(target .. "/Ordner"))
    assert.are.equal("mine", helper.read(target .. "/Ordner/a.bin"))
  end)

  it("goes on from its resume data", function()
    local share = seed()
    assert(leecher.engine:add_download {
      torrent = share.torrent, folder = target, wanted = { true, false, false, false },
    })
    leecher:wait("added", of(share))
    assert(leecher.engine:connect_peer(share.info_hash, "127.0.0.1", seeder:port()))
    leecher:wait("finished", of(share))
    assert(leecher.engine:save(share.info_hash))
    local data = leecher:wait("resume-data", of(share)).data
    leecher:close()
    leecher = bench.open()
    assert(leecher.engine:add_download { resume = data, folder = target, known = true })
    local metadata = leecher:wait("metadata", of(share))
    assert.is_true(metadata.files[1].wanted)
    assert.is_false(metadata.files[4].wanted)
    leecher:wait("finished", of(share))
    assert(leecher.engine:post_files(share.info_hash))
    assert.are.equal(300001, leecher:wait("files", of(share)).files[1].done)
    assert.is_nil(uv.fs_stat(target .. "/Ordner/s/ß"))
  end)

  it("follows no symbolic link in its folder, neither to write nor to delete", function()
    local share = seed()
    helper.write(outside .. "/ß", "outside")
    uv.fs_mkdir(target .. "/Ordner", 448)
    assert(uv.fs_symlink(outside, target .. "/Ordner/s"))
    assert(leecher.engine:add_download { magnet = magnet(share), folder = target, known = true })
    local event = leecher:wait("download-error", of(share))
    assert.matches("symbolic link", event.message)
    assert(leecher.engine:remove_data(share.info_hash))
    leecher:wait("removed", of(share))
    assert.are.equal("outside", helper.read(outside .. "/ß"))
    uv.fs_unlink(target .. "/Ordner/s")
  end)

  it("takes its data with it, and nothing else", function()
    local share = seed()
    assert(leecher.engine:add_download { magnet = magnet(share), folder = target })
    leecher:wait("finished", of(share))
    helper.write(target .. "/Ordner/s/mine", "mine")
    helper.write(target .. "/other", "mine")
    assert(leecher.engine:remove_data(share.info_hash))
    assert.is_nil(leecher:wait("removed", of(share)).message)
    assert.are.same({ "Ordner", "other" }, list(target))
    assert.are.same({ "s" }, list(target .. "/Ordner"))
    assert.are.same({ "mine" }, list(target .. "/Ordner/s"))
  end)

  it("leaves its data when only the torrent goes", function()
    local share = seed()
    assert(leecher.engine:add_download { magnet = magnet(share), folder = target })
    leecher:wait("finished", of(share))
    assert(leecher.engine:remove(share.info_hash))
    leecher:wait("removed", of(share))
    assert_received()
    assert(leecher.engine:add_download { magnet = magnet(share), folder = target, known = true })
    leecher.events = {}
    leecher:wait("finished", of(share))
  end)

  it("says what is wrong with a source", function()
    leecher = bench.open()
    for _, wrong in ipairs { "magnet:?dn=x", "magnet:", "http://x", "magnet:?xt=urn:btih:00" } do
      local hash, message, code = leecher.engine:add_download { magnet = wrong, folder = target }
      assert.is_nil(hash)
      assert.are.equal("invalid", code, message)
    end
    local _, message, code = leecher.engine:add_download { torrent = "d4:infodee", folder = target }
    assert.are.equal("invalid", code, message)
    _, message, code = leecher.engine:add_download { resume = "x", folder = target }
    assert.are.equal("invalid", code, message)
    local magnet_of_nobody = "magnet:?xt=urn:btih:" .. ("0a"):rep(20)
    _, message, code = leecher.engine:add_download { magnet = magnet_of_nobody, folder = target .. "/none" }
    assert.are.equal("missing", code, message)
  end)

  it("is no share, and a share no download", function()
    local share = seed()
    local _, _, code = seeder.engine:remove_data(share.info_hash)
    assert.are.equal("missing", code)
    _, _, code = seeder.engine:set_wanted(share.info_hash, { true })
    assert.are.equal("missing", code)
    _, _, code = seeder.engine:add_download { magnet = magnet(share), folder = target }
    assert.are.equal("exists", code)
  end)
end)
