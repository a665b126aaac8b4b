local helper = require "helper"
local manifest = require "core.manifest"
local tree = require "core.tree"
local tree_bench = require "tree_bench"
local uv = require "luv"

local paths = tree_bench.paths

describe("the tree", function()
  local bench, folder, root

  before_each(function()
    bench = tree_bench.new()
    folder = bench.folder
  end)
  after_each(function() bench:close() end)

  local function open(options)
    root = bench:open(options)
    return root
  end
  local function scan(options) return bench:scan(options) end
  local function make(path) bench:make(path) end
  local function write(path, content) bench:write(path, content) end

  local function reasons(entry)
    local found = {}
    for _, item in ipairs(entry.skipped or {}) do found[item.path] = item.reason end
    return found
  end

  it("lists files and folders, each with its manifest", function()
    write("b.txt", "hello")
    make "a/sub"
    make "empty"
    write("a/sub/x", "12")
    write("a/sub.x", "123")
    write("a/z", "")
    open()
    local entries, order, ended = scan()
    assert.same({ true }, ended)
    assert.same({ "a", "b.txt", "empty" }, order)
    assert.equal("file", entries["b.txt"].kind)
    assert.same({ "b.txt" }, paths(entries["b.txt"]))
    assert.equal("folder", entries.a.kind)
    assert.same({ "sub/x", "sub.x", "z" }, paths(entries.a))
    assert.equal(3, entries.a.files)
    assert.equal(5, entries.a.size)
    assert.equal("folder", entries.empty.kind)
    assert.equal(0, entries.empty.files)
    assert.equal("", entries.empty.manifest)

    local status = uv.fs_stat(folder .. "/b.txt")
    local path, size, mtime, ctime, inode = manifest.get(entries["b.txt"].manifest, 1)
    assert.same({ "b.txt", 5, status.mtime.sec * 1000000000 + status.mtime.nsec,
      status.ctime.sec * 1000000000 + status.ctime.nsec, status.ino }, { path, size, mtime, ctime, inode })
    assert.equal(math.max(mtime, ctime), entries["b.txt"].newest)
  end)

  it("names the folders inside a folder that bring no file, with those above them that do as little", function()
    for _, path in ipairs { "a/empty", "a/sub/none", "a/sub/.hidden", "a/full", "b", "c/only/links" } do make(path) end
    write("a/full/x", "1")
    write("c/z", "1")
    assert(uv.fs_symlink("/etc", folder .. "/c/only/links/etc"))
    open()
    local entries = scan()
    assert.equal("empty\0sub/none\0", entries.a.folders)
    assert.is_nil(entries.b.folders)
    assert.equal("only/links\0", entries.c.folders)
  end)

  it("shares only regular files and says why not of the rest", function()
    make "d"
    write "d/file"
    assert(uv.fs_symlink("..", folder .. "/d/loop"))
    assert(uv.fs_symlink("/etc/hostname", folder .. "/d/secret"))
    assert(uv.fs_symlink("nowhere", folder .. "/d/dangling"))
    assert(uv.fs_symlink("/etc", folder .. "/link"))
    assert(os.execute("mkfifo " .. folder .. "/d/pipe " .. folder .. "/pipe"))
    local pipe = uv.new_pipe(false)
    assert(pipe:bind(folder .. "/d/socket"))
    open()
    local entries = scan { leases = true }
    pipe:close()
    assert.same({ "file" }, paths(entries.d))
    assert.same({
      ["d/loop"] = "symbolic link, not followed",
      ["d/secret"] = "symbolic link, not followed",
      ["d/dangling"] = "symbolic link, not followed",
      ["d/pipe"] = "named pipe, not a file",
      ["d/socket"] = "socket, not a file",
    }, reasons(entries.d))
    assert.equal("skipped", entries.link.kind)
    assert.equal("symbolic link, not followed", entries.link.reason)
    assert.equal("skipped", entries.pipe.kind)
  end)

  it("skips names that a torrent cannot hold", function()
    make "d"
    local long = ("n"):rep(255)
    local bad = {
      ["new\nline"] = "control character", ["gpj\u{202E}exe"] = "direction of writing",
      ["back\\slash"] = "backslash", ["bad\xff"] = "UTF%-8",
      [long] = "240 bytes", ["dot."] = "ends with a dot", ["space "] = "ends with a space",
      ["c1\u{85}"] = "control character", ["half\xc3"] = "UTF%-8",
    }
    for name in pairs(bad) do write("d/" .. name, "x") end
    local fine = { ("n"):rep(240), " leading", "a.b..c", "é", "日本語", "☃️", "CON" }
    for _, name in ipairs(fine) do write("d/" .. name, "x") end
    write("top\\level", "x")
    open()
    local entries = scan()
    table.sort(fine)
    assert.same(fine, paths(entries.d))
    local found = reasons(entries.d)
    for name, reason in pairs(bad) do assert.matches(reason, found["d/" .. name]) end
    assert.equal("skipped", entries["top\\level"].kind)
  end)

  it("keeps the first of names that differ only in case or normalisation", function()
    make "d/Sub"
    make "d/sub"
    for _, name in ipairs { "README", "readme", "e\u{301}", "É", "straße", "STRASSE", "other" } do
      write("d/" .. name, "x")
    end
    write("d/Sub/x", "x")
    assert(uv.fs_symlink("other", folder .. "/d/OTHER"))
    write("Top", "x")
    write("top", "x")
    open()
    local entries = scan()
    assert.same({ "README", "STRASSE", "Sub/x", "e\u{301}", "other" }, paths(entries.d))
    assert.equal('name differs from "README" only in case or normalisation',
      reasons(entries.d)["d/readme"])
    assert.equal("file", entries.Top.kind) -- torrents of their own
    assert.equal("file", entries.top.kind)
  end)

  it("leaves dot-files and ignored names alone, silently", function()
    make "d/.git"
    write "d/.git/config"
    write "d/film.part"
    write "d/film"
    write ".hidden"
    write "x.tmp"
    write "notes.bak"
    write(".btignore", "# old ones\n\n  *.bak  \r\n")
    open()
    local entries, order = scan { ignore = { "*.part", "*.tmp" } }
    assert.same({ "d" }, order)
    assert.same({ "film" }, paths(entries.d))
    assert.is_nil(entries.d.skipped)
    entries = scan { ignore = { "*.tmp" }, entries = { "x.tmp", ".hidden", "notes.bak", "gone", "d" } }
    assert.same({ "film", "film.part" }, paths(entries.d))
    for _, name in ipairs { "x.tmp", ".hidden", "notes.bak", "gone" } do
      assert.equal("absent", entries[name].kind, name)
    end
  end)

  it("scans only entries asked for, which must be names", function()
    write "a"
    write "b"
    write "c"
    open()
    local _, order = scan { entries = { "c", "a", "c" } }
    assert.same({ "a", "c" }, order)
    _, order = scan { entries = {} }
    assert.same({}, order)
    for _, name in ipairs { "..", ".", "", "a/b", "/etc", "a\0b" } do
      assert.has_error(function()
        root:scan({ entries = { name } }, function() end, function() end)
      end)
    end
  end)

  it("shares 64 levels when asked to, and says where it stops", function()
    local deep = ("d/"):rep(63)
    make(deep)
    write(deep .. "file")
    open()
    local entries = scan { depth = 64 }
    assert.same({ ("d/"):rep(62) .. "file" }, paths(entries.d))
    entries = scan { depth = 63 }
    assert.equal(0, entries.d.files)
    assert.equal("deeper than 63 levels", entries.d.skipped[1].reason)
    entries = scan()
    assert.equal(("d/"):rep(31) .. "d", entries.d.skipped[1].path)
  end)

  it("is not hurt by 4,000 nested folders", function()
    local before = uv.cwd()
    uv.chdir(folder)
    for _ = 1, 4000 do
      assert(uv.fs_mkdir("d", 493))
      assert(uv.chdir("d"))
    end
    uv.chdir(before)
    open()
    local start = uv.hrtime()
    local entries = scan { watch = true, leases = true, depth = 256 }
    assert.is_true(uv.hrtime() - start < 5e9)
    assert.equal("deeper than 256 levels", entries.d.skipped[1].reason)
  end)

  it("lists at most 1000 skipped and counts the rest", function()
    make "d"
    for i = 1, 1010 do assert(uv.fs_symlink("x", folder .. "/d/" .. i)) end
    open()
    local entries = scan()
    assert.equal(1000, #entries.d.skipped)
    assert.equal(10, entries.d.skipped_more)
  end)

  it("finds out by a lease whether a file is being written", function()
    write "still"
    write "busy"
    make "d"
    write "d/busy"
    local writer = assert(io.open(folder .. "/busy", "ab"))
    local other = assert(io.open(folder .. "/d/busy", "ab"))
    open()
    local entries = scan { leases = true }
    assert.equal("none", entries.still.writers)
    assert.equal("some", entries.busy.writers)
    assert.equal("some", entries.d.writers)
    writer:close()
    other:close()
    entries = scan { leases = true }
    assert.equal("none", entries.busy.writers)
    assert.equal("none", entries.d.writers)
  end)

  it("opens through a symbolic link once, and refuses what is no folder", function()
    local link = folder .. ".link"
    assert(uv.fs_symlink(folder, link))
    write "x"
    root = assert(tree.open(link, function() end))
    bench.root = root
    os.remove(link)
    assert.equal(uv.fs_realpath(folder), root:info().path)
    assert.equal(uv.fs_stat(folder).ino, root:info().inode)
    assert.is_false(root:info().network)
    local entries = scan()
    assert.equal("file", entries.x.kind)
    local none, message, code = tree.open(folder .. "/none", function() end)
    assert.is_nil(none)
    assert.equal("missing", code)
    assert.matches("none: ", message)
    assert.equal("invalid", select(3, tree.open(folder .. "/x", function() end)))
    assert.has_error(function() tree.open("relative", function() end) end)
  end)

  it("scans 10,000 files in less than half a second, with leases and watches", function()
    for i = 1, 10000 do write(("file-%05d"):format(i), "") end
    open()
    scan()
    local best = math.huge
    for _ = 1, 3 do
      local start = uv.hrtime()
      local _, order = scan { leases = true, watch = true }
      assert.equal(10000, #order)
      best = math.min(best, (uv.hrtime() - start) / 1e9)
    end
    io.stderr:write(("# 10,000 files in %.3f s\n"):format(best))
    local limit = helper.is_sanitized and 5 or 0.5
    assert.is_true(best < limit)
  end)
end)
