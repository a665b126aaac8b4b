local helper = require "helper"
local sandbox = require "core.sandbox"
local uv = require "luv"

-- The lock cannot be undone, so each test runs a script in a process of its own. Its working
-- directory holds share/ with a file, and state/.
local prologue = [[
local sandbox = require "core.sandbox"
local uv = require "luv"
local function refused(done, message) assert(not done and message:match "^EACCES", message or "not refused") end
local function wait_for(start)
  local result
  start(function(...) result = table.pack(...) end)
  while not result do uv.run "once" end
  return table.unpack(result, 1, result.n)
end
]]

describe("core.sandbox", function()
  local folder

  before_each(function()
    folder = helper.folder()
    uv.fs_mkdir(folder .. "/share", 448)
    uv.fs_mkdir(folder .. "/state", 448)
    helper.write(folder .. "/share/file", "bytes")
  end)

  after_each(function() helper.remove(folder) end)

  local function run(script)
    helper.write(folder .. "/script.lua", prologue .. script)
    local output, code, ended = {}, nil, false
    local pipe = uv.new_pipe(false)
    local process = assert(uv.spawn(uv.exepath(), {
      args = { folder .. "/script.lua" }, cwd = folder, stdio = { nil, nil, pipe },
    }, function(status) code = status end))
    pipe:read_start(function(_, chunk)
      output[#output + 1] = chunk
      ended = chunk == nil
    end)
    helper.wait_for(function() return code and ended end, 30, "the child")
    process:close()
    pipe:close()
    uv.run "nowait"
    assert.equal(0, code, table.concat(output))
    assert.equal("bytes", helper.read(folder .. "/share/file"))
    return table.concat(output)
  end

  it("tells the kernel's ABI", function()
    assert.is_true(sandbox.abi() >= 0)
  end)

  it("says that writing is possible before the lock", function()
    local refused, message = sandbox.try_write(folder)
    assert.is_false(refused)
    assert.equal(folder .. ": this thread may write there", message)
    assert.is_nil(next({ uv.fs_scandir_next(uv.fs_scandir(folder .. "/state")) }))
  end)

  it("raises for what is no list of paths", function()
    assert.has_error(function() sandbox.restrict() end)
    assert.has_error(function() sandbox.restrict { 1 } end, "writable path 1 is no path")
    assert.has_error(function() sandbox.restrict { "a\0b" } end, "writable path 1 is no path")
  end)

  if sandbox.abi() == 0 then
    it("says that there is no Landlock", function()
      local abi, _, code = sandbox.restrict {}
      assert.is_nil(abi)
      assert.equal("missing", code)
    end)
    return
  end

  it("refuses every change elsewhere and lets everything be read", function()
    run [[
      assert(sandbox.restrict { "state" } == sandbox.abi())
      refused(uv.fs_open("share/file", "w", 384))
      refused(uv.fs_open("share/file", "a", 384))
      refused(uv.fs_open("share/new", "w", 384))
      refused(uv.fs_unlink "share/file")
      refused(uv.fs_rename("share/file", "share/other"))
      refused(uv.fs_mkdir("share/new", 448))
      refused(uv.fs_symlink("file", "share/new"))
      assert(io.open("share/file"):read "a" == "bytes")
      assert(sandbox.try_write "share" == true)
      assert(sandbox.try_write "state" == false)
    ]]
  end)

  it("binds libuv's pool, which starts later, and child processes", function()
    run [[
      assert(sandbox.restrict { "state", "/dev/null" }) -- libuv opens /dev/null for a child's idle descriptors
      local message = wait_for(function(done) uv.fs_open("share/new", "w", 384, done) end)
      assert(message:match "^EACCES", message)
      local code = wait_for(function(done)
        assert(uv.spawn("/bin/sh", { args = { "-c", "echo x > share/file || exit 7" } }, done))
      end)
      assert(code == 7, code)
    ]]
  end)

  it("lets SQLite work below a writable folder, with its WAL and VACUUM", function()
    run [[
      local sqlite = require "core.sqlite"
      local early = assert(sqlite.open "state/early.db")
      assert(sandbox.restrict { "state" })
      local late = assert(sqlite.open "state/late.db")
      for _, database in ipairs { early, late } do
        assert(database:exec "CREATE TABLE t (value)")
        assert(wait_for(function(done) database:write({ { "INSERT INTO t VALUES (zeroblob(1000000))" } }, done) end))
        assert(database:exec "DELETE FROM t; VACUUM")
        assert(database:check() == "ok")
        database:close()
      end
      local database, _, code = sqlite.open "share/new.db"
      assert(not database and code == "denied", code)
    ]]
  end)

  it("keeps /dev/null writable only where it is listed", function()
    run [[
      assert(sandbox.restrict { "state", "/dev/null" })
      assert(io.open("/dev/null", "w"))
      assert(not io.open("/dev/zero", "w"))
    ]]
    run [[
      assert(sandbox.restrict { "state" })
      assert(not io.open("/dev/null", "w"))
    ]]
  end)

  it("is refused once other threads run", function()
    run [[
      wait_for(function(done) uv.fs_stat(".", done) end)
      local abi, message, code = sandbox.restrict { "state" }
      assert(not abi and code == "busy", code)
      assert(message:match "threads run already", message)
    ]]
  end)

  it("gives nothing up where a writable path is missing", function()
    run [[
      local abi, message, code = sandbox.restrict { "state", "nowhere" }
      assert(not abi and code == "missing", code)
      assert(message == "nowhere: No such file or directory", message)
      assert(io.open("share/other", "w"))
    ]]
  end)
end)
