local bench = require "engine_helper"
local bencode = require "app.bencode_reader"
local engine = require "core.engine"
local helper = require "helper"
local uv = require "luv"

local function inspect(folder, torrent)
  helper.write(folder .. "/made.torrent", torrent)
  local values, lines = bench.run("inspect", folder .. "/made.torrent")
  local files = {}
  for _, line in ipairs(lines) do
    if line:match("^file ") or line:match("^pad ") then files[#files + 1] = line end
  end
  return values, files
end

describe("making a torrent", function()
  local folder

  before_each(function()
    folder = helper.folder()
    uv.fs_mkdir(folder .. "/Ünïcode", 448)
    uv.fs_mkdir(folder .. "/Ünïcode/b", 448)
    helper.write(folder .. "/Ünïcode/a.bin", ("0123456789"):rep(5000))
    helper.write(folder .. "/Ünïcode/b/empty", "")
    helper.write(folder .. "/Ünïcode/b/one", "1")
    helper.write(folder .. "/Ünïcode/c.txt", ("c"):rep(16384))
  end)
  after_each(function() helper.remove(folder) end)

  local paths = { "a.bin", "b/empty", "b/one", "c.txt" }

  for _, format in ipairs { "v1", "hybrid", "v2" } do
    it("of a folder loads in libtorrent as " .. format, function()
      local share = bench.share { root = folder, base = "Ünïcode", paths = paths, format = format }
      local values, files = inspect(folder, share.torrent)
      assert.equal(format ~= "v2" and share.info_hash or "-", values.v1)
      assert.equal(share.info_hash_v2 or "-", values.v2)
      assert.equal("Ünïcode", values.name)
      assert.equal("BTshare", values.creator)
      assert.equal("0", values.trackers)
      assert.equal("False", values.private)
      assert.equal("file 50000 Ünïcode/a.bin", files[1])
      if format == "v1" then
        assert.same({ "file 50000 Ünïcode/a.bin", "file 0 Ünïcode/b/empty", "file 1 Ünïcode/b/one",
          "file 16384 Ünïcode/c.txt" }, files)
      else
        assert.equal(share.info_hash, format == "hybrid" and values.v1 or values.v2:sub(1, 40))
      end
    end)

    it("of a file loads in libtorrent as " .. format, function()
      local share = bench.share { root = folder .. "/Ünïcode", base = "", paths = { "a.bin" }, format = format }
      local values, files = inspect(folder, share.torrent)
      assert.equal(format ~= "v2" and share.info_hash or "-", values.v1)
      assert.equal("file 50000 a.bin", files[1])
      assert.equal(format == "v2" and 2 or 1, #files) -- libtorrent pads a v2 file to its last piece by itself
    end)
  end

  -- Of each format: the keys of the torrent, and of its info.
  local v2_keys = { "file tree", "meta version", "name", "piece length" }
  local allowed = {
    v1 = {
      torrent = { "created by", "info" },
      folder = { "files", "name", "piece length", "pieces" },
      file = { "length", "name", "piece length", "pieces" },
    },
    v2 = { torrent = { "created by", "info", "piece layers" }, folder = v2_keys, file = v2_keys },
    hybrid = {
      torrent = { "created by", "info", "piece layers" },
      folder = { "file tree", "files", "meta version", "name", "piece length", "pieces" },
      file = { "file tree", "length", "meta version", "name", "piece length", "pieces" },
    },
  }

  local function keys(dictionary)
    local list = {}
    for key in pairs(dictionary) do list[#list + 1] = key end
    table.sort(list)
    return list
  end

  -- The paths of the info's list of files, each of which says nothing but its length, or that it is a pad.
  local function listed(info)
    local list = {}
    for _, file in ipairs(info.files) do
      if file.attr then
        assert.same({ "attr", "length", "path" }, keys(file))
        assert.equal("p", file.attr)
        assert.equal(".pad", file.path[1])
      else
        assert.same({ "length", "path" }, keys(file))
        list[#list + 1] = table.concat(file.path, "/")
      end
    end
    return list
  end

  -- The paths of the info's tree of files, each of which says nothing but its length and what is in it.
  local function grown(tree, prefix, list)
    for _, name in ipairs(keys(tree)) do
      local leaf = tree[name][""]
      if leaf then
        assert.same(leaf.length > 0 and { "length", "pieces root" } or { "length" }, keys(leaf))
        list[#list + 1] = prefix .. name
      else
        grown(tree[name], prefix .. name .. "/", list)
      end
    end
    return list
  end

  for _, format in ipairs { "v1", "hybrid", "v2" } do
    it("says what is needed, and nothing of time or place, as " .. format, function()
      for kind, share in pairs {
        folder = bench.share { root = folder, base = "Ünïcode", paths = paths, format = format },
        file = bench.share { root = folder .. "/Ünïcode", base = "", paths = { "a.bin" }, format = format },
      } do
        local torrent = bencode.decode(share.torrent)
        assert.same(allowed[format].torrent, keys(torrent))
        assert.same(allowed[format][kind], keys(torrent.info))
        assert.equal(kind == "folder" and "Ünïcode" or "a.bin", torrent.info.name)
        local wanted = kind == "folder" and paths or { "a.bin" }
        if torrent.info.files then assert.same(wanted, listed(torrent.info)) end
        if torrent.info["file tree"] then assert.same(wanted, grown(torrent.info["file tree"], "", {})) end
        assert.is_nil(share.torrent:find(folder, 1, true))
      end
    end)
  end

  it("is deterministic", function()
    local share = bench.share { root = folder, base = "Ünïcode", paths = paths, format = "hybrid" }
    assert.equal(share.torrent, engine.make_torrent(share.description).torrent)
  end)

  it("marks it private and names earlier versions when asked", function()
    local earlier = ("ab"):rep(20)
    local share = bench.share {
      root = folder, base = "Ünïcode", paths = paths, private = true, similar = { earlier, ("01"):rep(20) },
    }
    assert.equal("True", inspect(folder, share.torrent).private)
    assert.matches("7:similarl20:" .. ("\xab"):rep(20) .. "20:" .. ("\1"):rep(20) .. "e", share.torrent, 1, true)
  end)

  it("keeps its info-hash whatever earlier versions there were", function()
    local plain = bench.share { root = folder, base = "Ünïcode", paths = paths }
    local later = bench.share { root = folder, base = "Ünïcode", paths = paths, similar = { ("ab"):rep(20) } }
    assert.equal(plain.info_hash, later.info_hash)
  end)

  it("refuses what a torrent cannot hold", function()
    local share = bench.share { root = folder, base = "Ünïcode", paths = paths }
    local function refusal(changes)
      local description = setmetatable(changes, { __index = share.description })
      local flat = {}
      for key in pairs(share.description) do flat[key] = description[key] end
      local made, message, code = engine.make_torrent(flat)
      assert.is_nil(made)
      assert.equal("invalid", code)
      return message
    end
    assert.matches("is empty", refusal { manifest = string.pack("<I8i8i8I8s8", 0, 0, 0, 1, "a"), pieces = "" })
    assert.matches("is empty", refusal { manifest = "", pieces = "" })
    assert.matches("cannot hold this name", refusal { name = "bad\xff" })
    assert.matches("cannot hold this name", refusal { manifest = string.pack("<I8i8i8I8s8", 1, 0, 0, 1, "a\\b"),
      pieces = ("x"):rep(20) })
    assert.matches("pieces", refusal { pieces = "short" })
    assert.matches("piece length", refusal { piece_length = 20000 })
    assert.matches("no relative path", refusal { manifest = string.pack("<I8i8i8I8s8", 1, 0, 0, 1, "../a") })
  end)

  it("of one file takes less than a tenth of a millisecond", function()
    local share = bench.share { root = folder .. "/Ünïcode", base = "", paths = { "a.bin" } }
    local started = uv.hrtime()
    for _ = 1, 1000 do
      engine.make_torrent(share.description)
    end
    local each = (uv.hrtime() - started) / 1000 / 1000
    print(("# make_torrent: %.1f µs"):format(each))
    assert.is_true(each < 5000) -- generous: machines differ, sanitizers too
  end)

  it("has libtorrent's automatic piece length", function()
    for _, size in ipairs { 1, 2684354, 2684355, 10737418, 10737419, 687194767, 687194768, 1 << 40 } do
      local theirs = tonumber((bench.run("piece-length", tostring(size))["16384"] and 16384)
        or select(2, bench.run("piece-length", tostring(size)))[1])
      assert.equal(math.min(theirs, 8 << 20), engine.piece_length(size), "size " .. size)
    end
  end)
end)

describe("a magnet", function()
  it("says to libtorrent what was put in", function()
    local magnet = {
      info_hash = ("0a"):rep(20), info_hash_v2 = ("b1"):rep(32), name = "Ein & Name/ü?",
      trackers = { "http://192.0.2.1:8702/announce/a+b" },
      peers = { "192.0.2.1:50000", "[2001:db8::1]:50001" },
      web_seeds = { "http://example.org/w/token/" },
    }
    local uri = engine.magnet(magnet)
    assert.matches("^magnet:%?xt=urn:btih:" .. magnet.info_hash .. "&xt=urn:btmh:1220b1", uri)
    local values, lines = bench.run("magnet", uri)
    assert.equal(magnet.info_hash, values.v1)
    assert.equal(magnet.info_hash_v2, values.v2)
    assert.equal(magnet.name, values.name)
    assert.equal(magnet.trackers[1], values.tracker)
    assert.equal(magnet.web_seeds[1], values.seed)
    local text = table.concat(lines, "\n")
    assert.matches("peer 192.0.2.1 50000", text, 1, true)
    assert.matches("peer 2001:db8::1 50001", text, 1, true)
  end)

  it("without any info-hash is misuse", function()
    assert.has_error(function() engine.magnet { name = "x" } end)
  end)
end)

describe("making the torrent of a large folder", function()
  -- A hundred thousand files of one byte, 16384 of them a piece.
  local function description()
    local count, files = 100000, {}
    for number = 1, count do
      files[number] = string.pack("<I8i8i8I8s8", 1, 0, 0, number, ("folder/file-%06d"):format(number))
    end
    return {
      name = "large", kind = "folder", manifest = table.concat(files), piece_length = 16384, format = "v1",
      pieces = ("h"):rep((count + 16383) // 16384 * 20), roots = "", layers = "",
    }
  end

  -- The longest time for which the loop was held while `done()` was not yet true.
  local function longest_hold(done)
    local stop = helper.watch_turns()
    helper.wait_for(done, 30, "the torrent")
    return stop()
  end

  it("does not hold the loop when a thread makes it", function()
    local began = uv.hrtime()
    local wanted = assert(engine.make_torrent(description()))
    local at_once, held = (uv.hrtime() - began) / 1e6, math.huge
    for _ = 1, 5 do -- the machine itself may hold everything up in some of them
      local given, answers = description(), {}
      assert.is_true(engine.make_torrent_async(given, function(...) answers[#answers + 1] = table.pack(...) end))
      given.manifest, given.pieces = nil, nil -- what it needs of them is its own
      collectgarbage()
      held = math.min(held, longest_hold(function() return answers[1] end))
      assert.same({ wanted, n = 1 }, answers[1])
      assert.equal(1, #answers)
    end
    assert.is_true(held < at_once / 3, ("held for %.0f ms of %.0f"):format(held, at_once))
  end)

  it("says why there is none, in the same words", function()
    local given = description()
    given.pieces = ""
    local answer
    assert.is_true(engine.make_torrent_async(given, function(...) answer = table.pack(...) end))
    helper.wait_for(function() return answer end)
    assert.same(table.pack(engine.make_torrent(given)), answer)
    assert.equal("invalid", answer[3])
    assert.has_error(function() engine.make_torrent_async(given) end)
    assert.has_error(function() engine.make_torrent_async({}, function() end) end)
  end)
end)
