local helper = require "helper"
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

  local function change_of(name, flag)
    return bench:wait_for(function(change) return change.name == name and change[flag] end, name .. " " .. flag)
  end

  local function notice_of(kind)
    return bench:wait_for(function(change) return change.notice == kind end, "the notice " .. kind)
  end

  it("reports changes at the top and deep down, once an entry", function()
    make "d/one/two"
    write "d/one/two/file"
    write "top"
    open()
    scan { watch = true }
    assert.equal(4, root:info().watches)
    write("top", "new content")
    assert.is_true(change_of("top", "closed").modified)
    write("d/one/two/file", "new content")
    assert.is_true(change_of("d", "closed").modified)
    write "new"
    change_of("new", "created")
    os.rename(folder .. "/new", folder .. "/renamed")
    change_of("new", "moved")
    change_of("renamed", "moved")
    bench.changes = {}
    os.remove(folder .. "/d/one/two/file")
    change_of("d", "removed")
    bench.changes = {}
    uv.fs_chmod(folder .. "/top", 384)
    change_of("top", "attributes")
    bench.changes = {}
    for i = 1, 200 do write("d/one/" .. i) end
    write ".quiet"
    write "last"
    change_of("last", "closed")
    local count = 0
    for _, change in ipairs(bench.changes) do
      if change.name == "d" then count = count + 1 end
      assert.are_not.equal(".quiet", change.name)
    end
    assert.is_true(count >= 1 and count <= 3, "changes of d: " .. count)
  end)

  it("follows a folder that was renamed after it was scanned under its new name", function()
    make "old/sub"
    write "old/sub/file"
    open()
    scan { watch = true }
    os.rename(folder .. "/old", folder .. "/new")
    change_of("new", "moved")
    local entries = scan { watch = true, entries = { "old", "new" } }
    assert.equal("absent", entries.old.kind)
    assert.same({ "sub/file" }, paths(entries.new))
    assert.equal(3, root:info().watches)
    helper.wait_for(function() return #bench.changes > 0 end)
    bench.changes = {}
    write("new/sub/file", "changed")
    assert.is_true(change_of("new", "closed").modified)
    for _, change in ipairs(bench.changes) do assert.are_not.equal("old", change.name) end
  end)

  it("drops the watches of folders that went away", function()
    make "a/b/c"
    local outside = helper.folder()
    open()
    scan { watch = true }
    assert.equal(4, root:info().watches)
    os.rename(folder .. "/a", outside .. "/a")
    scan { watch = true, entries = { "a" } }
    assert.equal(1, root:info().watches)
    os.execute("rm -rf " .. outside)
  end)

  it("says so when no more watches can be had, once", function()
    make "d/1"
    make "d/2"
    make "d/3"
    open { watch_limit = 3 }
    scan { watch = true }
    local notice = notice_of "limit"
    assert.matches("sysctl fs.inotify.max_user_watches", notice.message)
    assert.equal(3, root:info().watches)
    bench.changes = {}
    scan { watch = true }
    write "after"
    change_of("after", "created")
    for _, change in ipairs(bench.changes) do assert.is_nil(change.notice) end
  end)

  it("says that the folder went away and scans it no more", function()
    make "d"
    open()
    scan { watch = true }
    os.rename(folder, folder .. ".moved")
    notice_of "gone"
    local entries, _, ended = scan()
    os.rename(folder .. ".moved", folder)
    assert.same({}, entries)
    assert.is_nil(ended[1])
    assert.equal("gone", ended[3])
    assert.matches("went away", ended[2])
  end)

  it("tells a changed .btignore as a change of the folder itself", function()
    open()
    scan { watch = true }
    write(".btignore", "*.x\n")
    change_of("", "closed")
  end)

  it("calls nobody after it was closed, also amid a scan", function()
    for i = 1, 3000 do write("f" .. i, "") end
    open()
    local calls = 0
    for _ = 1, 3 do
      root:scan({ watch = true, leases = true }, function()
        calls = calls + 1
        root:close()
      end, function() error("closed") end)
    end
    helper.wait_for(function() return calls > 0 end)
    for _ = 1, 20 do uv.run("nowait") end
    assert.equal(1, calls)
    root:close()
    local info, _, code = root:info()
    assert.is_nil(info)
    assert.equal("gone", code)
  end)
end)
