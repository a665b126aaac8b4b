local hasher = require "core.hasher"
local helper = require "helper"
local host = require "core.host"
local uv = require "luv"

local piece_length = 32768

-- Byte i of the n-th file; tables of 64 KiB make it bearable.
local function content(seed, size)
  local bytes = {}
  for i = 0, size - 1 do
    bytes[i + 1] = string.char((i * 31 + (i >> 8) * 7 + (i >> 16) * 3 + seed * 13) & 0xff)
  end
  return table.concat(bytes)
end

-- First 128 bits of the SHA-256 of `bytes`, in hex.
local function digest(bytes)
  local name = os.tmpname()
  helper.write(name, bytes)
  local pipe = io.popen("sha256sum < " .. name)
  local hex = pipe:read("a"):sub(1, 32)
  pipe:close()
  os.remove(name)
  return hex
end

local nothing = "e3b0c44298fc1c149afbf4c8996fb924"

-- What libtorrent 2.0.8 makes of the same files with create_torrent and set_piece_hashes (hybrid:
-- canonical_files_no_tail_padding), digested as above; CRCs from zlib.
local sets = {
  many = {
    files = { { "a", 1 }, { "b", 0 }, { "c", 16383 }, { "d", 16384 }, { "e", 16385 }, { "f/g", 32767 },
      { "f/h", 32768 }, { "f/i", 32769 }, { "j", 65536 }, { "k", 100000 }, { "l", 163841 }, { "m", 0 }, { "n", 5 } },
    v1 = "af782d05628ecc2e146b6e0c46ba0023", hybrid = "e50b1b2c61d1830f4495d8e7ecdee4a8",
    roots = "ce15abb94810f92da847ba681a697ffb", layers = "44eb998157b5b0266876b36bf32bc5e3",
    crcs = "c8d2a1847a3539996a7817658c4ed3ff",
  },
  even = {
    files = { { "a", 32768 }, { "b", 65536 }, { "c", 16384 } },
    v1 = "cf47748358b29da22e1df15b17f107da", hybrid = "cf47748358b29da22e1df15b17f107da",
    roots = "7f752c0309a6c6ad58da593fa32b2769", layers = "d275225794f20d471b503296f3e2a5df",
    crcs = "91bc485e42031e0882315e9d28ebc66f",
  },
  one = {
    files = { { "single", 200001 } },
    v1 = "c97ef7f78c4f4d1eb99ee8ed33fe65de", hybrid = "c97ef7f78c4f4d1eb99ee8ed33fe65de",
    roots = "69230ab803d9e841e593ac6e3a9a0669", layers = "388386bcb83e8e3582b888bfe79eb735",
    crcs = "ab0be2855d3f0548db16dc165016dabc",
  },
  last_empty = {
    files = { { "a", 40000 }, { "b", 40000 }, { "c", 0 } },
    v1 = "9404cf3e908cb0c32359c72628c7e90f", hybrid = "57805306f8a054efb96132e130689bcb",
    roots = "df926c72bc5ce0ddfc8acfddce3a30a0", layers = "338c70e84e40165b36c9e829334f347d",
    crcs = "e2fde6c6242d81609011d7a4ebcc703b",
  },
}

describe("the hasher", function()
  local folder, machine

  before_each(function()
    folder = helper.folder()
    uv.fs_mkdir(folder .. "/share", 493)
    uv.fs_mkdir(folder .. "/share/f", 493)
    machine = assert(hasher.open())
  end)

  after_each(function()
    machine:close()
    os.execute("rm -rf " .. folder)
    uv.run("nowait")
  end)

  local function pack(names)
    local parts = {}
    for i, name in ipairs(names) do
      local s = assert(uv.fs_stat(folder .. "/share/" .. name))
      parts[i] = string.pack("<I8i8i8I8s8", s.size, s.mtime.sec * 1000000000 + s.mtime.nsec,
        s.ctime.sec * 1000000000 + s.ctime.nsec, s.ino, name)
    end
    return table.concat(parts)
  end

  local function names_of(files)
    local names = {}
    for i, file in ipairs(files) do names[i] = file[1] end
    return names
  end

  local function write_all(files)
    for i, file in ipairs(files) do helper.write(folder .. "/share/" .. file[1], content(i, file[2])) end
    return names_of(files)
  end

  local function job_of(names, format, previous)
    return { root = folder, base = "share", manifest = pack(names), piece_length = piece_length,
      format = format, previous = previous }
  end

  local function hash(job, with)
    local answer
    assert((with or machine):hash(job, function(...) answer = { ... } end))
    helper.wait_for(function() return answer end, 30, "the hashes")
    return table.unpack(answer, 1, 3)
  end

  -- A result together with its job, as the next version's `previous`.
  local function as_previous(result, job)
    return { manifest = job.manifest, piece_length = job.piece_length, format = job.format,
      pieces = result.pieces, roots = result.roots, layers = result.layers, crcs = result.crcs }
  end

  local function assert_same_hashes(expected, result)
    for _, name in ipairs { "pieces", "roots", "layers", "crcs" } do
      assert.is_true(expected[name] == result[name], name .. " differ")
    end
  end

  for set_name, set in pairs(sets) do
    for _, format in ipairs { "v1", "hybrid", "v2" } do
      it("agrees with libtorrent: " .. set_name .. ", " .. format, function()
        local names = write_all(set.files)
        local result = assert(hash(job_of(names, format)))
        assert.equal(format == "v2" and nothing or set[format], digest(result.pieces))
        assert.equal(format == "v1" and nothing or set.roots, digest(result.roots))
        assert.equal(format == "v1" and nothing or set.layers, digest(result.layers))
        assert.equal(set.crcs, digest(result.crcs))
        local size = 0
        for _, file in ipairs(set.files) do size = size + file[2] end
        assert.equal(size, result.bytes_read)
        assert.equal(0, result.bytes_reused)
        assert.is_true(result.seconds >= 0 and result.seconds < 10)
      end)
    end
  end

  it("gives the same whatever the reads and threads are", function()
    local names = write_all(sets.many.files)
    for _, options in ipairs { { threads = 1, read_size = 1 }, { threads = 7, read_size = 16384 } } do
      local other = assert(hasher.open(options))
      assert.equal(sets.many.hybrid, digest(hash(job_of(names, "hybrid"), other).pieces))
      other:close()
    end
  end)

  it("joins the CRC of a file that many threads read", function()
    local block = content(1, 1 << 16)
    helper.write(folder .. "/share/big", block:rep(640) .. "tail") -- 40 MiB and 4 bytes
    local result = assert(hash(job_of({ "big" }, "hybrid")))
    local pipe = io.popen("gzip -c1 " .. folder .. "/share/big | tail -c8 | head -c4")
    assert.equal(pipe:read("a"), result.crcs)
    pipe:close()
    local other = assert(hasher.open { threads = 1 })
    assert_same_hashes(result, assert(hash(job_of({ "big" }, "hybrid"), other)))
    other:close()
  end)

  for _, format in ipairs { "v1", "hybrid", "v2" } do
    it("reads nothing twice, " .. format, function()
      local names = write_all(sets.many.files)
      local first_job = job_of(names, format)
      local first = assert(hash(first_job))
      local previous = as_previous(first, first_job)

      local again = assert(hash(job_of(names, format, previous)))
      assert_same_hashes(first, again)
      assert.equal(0, again.bytes_read)
      assert.equal(476839, again.bytes_reused)

      local function compare(changed_names, most)
        local fresh = assert(hash(job_of(changed_names, format)))
        local reused = assert(hash(job_of(changed_names, format, previous)))
        assert_same_hashes(fresh, reused)
        assert.equal(fresh.bytes_read, reused.bytes_read + reused.bytes_reused)
        assert.is_true(reused.bytes_read <= most, "read " .. reused.bytes_read)
      end
      -- a file at the end, and one in the middle, which moves all behind it
      local added = { table.unpack(names) }
      helper.write(folder .. "/share/z", content(99, 50000))
      added[#added + 1] = "z"
      compare(added, 50000 + 2 * piece_length)
      local inserted = { table.unpack(names) }
      table.insert(inserted, 4, "z")
      compare(inserted, format == "v1" and 476839 + 50000 or 50000 + piece_length)
      -- one by exactly a piece, which moves v1 by a piece
      helper.write(folder .. "/share/z", content(98, piece_length))
      compare({ "z", table.unpack(names) }, 2 * piece_length)
      -- one removed, at the end and at the start
      compare({ table.unpack(names, 1, #names - 2) }, 2 * piece_length)
      compare({ table.unpack(names, 2) }, format == "v1" and 476839 or piece_length)
      -- one changed in place
      helper.write(folder .. "/share/k", content(77, 100000))
      compare(names, 100000 + 2 * piece_length)
      -- all in another order
      local turned = {}
      for i, name in ipairs(names) do turned[#names + 1 - i] = name end
      compare(turned, format == "v1" and 476839 or 100000 + 2 * piece_length)
    end)
  end

  it("leaves a previous version aside that does not fit", function()
    local names = write_all(sets.even.files)
    local job = job_of(names, "v1")
    local previous = as_previous(assert(hash(job)), job)
    for name, value in pairs { piece_length = 65536, format = "hybrid", pieces = "short", crcs = "", manifest = "x" } do
      local other = {}
      for key, old in pairs(previous) do other[key] = old end
      other[name] = value
      local result = assert(hash(job_of(names, "v1", other)))
      assert.equal(sets.even.v1, digest(result.pieces))
      assert.equal(0, result.bytes_reused, name)
    end
  end)

  it("fails with gone when a file is not as listed, and names it", function()
    local names = write_all(sets.even.files)
    local share = folder .. "/share/"
    local function expect_gone(name, change)
      local job = job_of(names, "v1")
      change(share .. name)
      local result, message, code = hash(job)
      assert.is_nil(result)
      assert.equal("gone", code)
      assert.equal(name .. ": changed since it was listed", message)
      os.remove(share .. name) -- a link would be written through
      write_all(sets.even.files)
    end
    expect_gone("b", function(path) helper.write(path, content(2, 65535)) end)
    expect_gone("c", os.remove)
    helper.write(folder .. "/elsewhere", content(1, 65536))
    expect_gone("a", function(path)
      os.remove(path)
      assert(uv.fs_symlink(folder .. "/elsewhere", path))
    end)
    expect_gone("b", function(path) -- content and times as before, only ctime tells
      local s = uv.fs_stat(path)
      helper.write(path, content(3, 65536))
      uv.fs_utime(path, s.atime.sec, s.mtime.sec)
    end)
    helper.write(share .. "empty", "")
    local job = job_of({ "empty" }, "v1")
    helper.write(share .. "empty", "x")
    assert.equal("gone", select(3, hash(job)))
  end)

  it("notices a file that changes while it is read", function()
    local path = folder .. "/share/big"
    local sparse = assert(io.open(path, "wb")) -- 8 GiB that take no disk, and seconds to hash
    sparse:seek("set", (8 << 30) - 1)
    sparse:write("x")
    sparse:close()
    local slow = assert(hasher.open { threads = 1, read_size = 16384 })
    local answer
    assert(slow:hash(job_of({ "big" }, "hybrid"), function(...) answer = { ... } end, function(done)
      if done == 0 then return end
      local file = assert(io.open(path, "r+b"))
      file:seek("set", done)
      file:write("changed")
      file:close()
    end))
    helper.wait_for(function() return answer end, 60)
    slow:close()
    assert.equal("gone", answer[3])
    assert.matches("^big: ", answer[2])
  end)

  it("refuses values that make no sense", function()
    local names = write_all(sets.even.files)
    for _, length in ipairs { 0, 16383, 8192, 49152, -32768, 1 << 40 } do
      local job = job_of(names, "v1")
      job.piece_length = length
      local id, message, code = machine:hash(job, function() end)
      assert.is_nil(id)
      assert.equal("invalid", code)
      assert.matches("piece length", message)
    end
    local job = job_of(names, "v1")
    job.manifest = job.manifest:sub(2)
    assert.equal("invalid", select(3, machine:hash(job, function() end)))
    for _, bad in ipairs { "format", "root", "base", "manifest", "piece_length" } do
      job = job_of(names, "v1")
      job[bad] = false
      assert.has_error(function() machine:hash(job, function() end) end)
    end
    assert.has_error(function() machine:hash(job_of(names, "v1")) end)
  end)

  it("hashes nothing into nothing", function()
    local result = assert(hash(job_of({}, "hybrid")))
    assert.equal("", result.pieces .. result.roots .. result.layers .. result.crcs)
  end)

  it("runs small jobs beside a large one, tells how far it is, and can be stopped", function()
    local file = assert(io.open(folder .. "/share/sparse", "wb"))
    file:seek("set", 64 << 30)
    file:write("x")
    file:close()
    write_all(sets.one.files)
    local job = job_of({ "sparse" }, "v1")
    job.piece_length = 4 << 20
    local failure
    host.on_error(function(traceback) failure = traceback end)
    local quiet = assert(machine:hash(job, function() error "cancelled" end))
    local start = uv.hrtime()
    helper.wait_for(function() return uv.hrtime() - start > 6e8 end) -- progress is due, nobody asked for it
    machine:cancel(quiet)
    assert.is_nil(failure)
    local told, last = 0, 0
    start = uv.hrtime()
    local id = assert(machine:hash(job, function() error "cancelled" end, function(done, all)
      told = told + 1
      assert(done > last and all == (64 << 30) + 1)
      last = done
    end))
    assert.equal(sets.one.v1, digest(hash(job_of({ "single" }, "v1")).pieces))
    helper.wait_for(function() return told >= 2 end)
    assert.is_true(told <= (uv.hrtime() - start) / 0.24e9)
    machine:cancel(id)
    machine:cancel(id)
    machine:cancel(12345)
    assert.equal(sets.one.v1, digest(hash(job_of({ "single" }, "v1")).pieces))
    assert(machine:hash(job, function() error "closed" end))
    local before = uv.hrtime()
    machine:close()
    assert.is_true(uv.hrtime() - before < 1e9)
    machine:close()
    assert.has_error(function() machine:hash(job, function() end) end)
    assert.is_nil(failure)
  end)

  it("lets a callback close it", function()
    local names = write_all(sets.one.files)
    local calls = 0
    for _ = 1, 10 do
      machine:hash(job_of(names, "v1"), function()
        calls = calls + 1
        machine:close()
      end)
    end
    helper.wait_for(function() return calls > 0 end)
    for _ = 1, 10 do uv.run("nowait") end
    assert.equal(1, calls)
  end)

  it("hashes 10,000 jobs of one small file in less than a second", function()
    helper.write(folder .. "/share/small", content(1, 1024))
    local job = job_of({ "small" }, "v1")
    local done = 0
    local start = uv.hrtime()
    for _ = 1, 10000 do assert(machine:hash(job, function(result) done = done + (result and 1 or 0) end)) end
    helper.wait_for(function() return done == 10000 end, 60)
    local seconds = (uv.hrtime() - start) / 1e9
    io.stderr:write(("# 10,000 jobs in %.3f s\n"):format(seconds))
    assert.is_true(seconds < (helper.is_sanitized and 10 or 1))
  end)
end)
