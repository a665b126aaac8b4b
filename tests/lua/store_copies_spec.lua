-- Copies of the state database, and what takes its place when it is damaged.
local copies = require "btshare.store.copies"
local helper = require "helper"
local log = require "btshare.log"
local sqlite = require "core.sqlite"
local store = require "btshare.store"
local task = require "btshare.task"
local uv = require "luv"

describe("copies of the state database", function()
  local folder, path, backups, opened

  before_each(function()
    folder = helper.folder()
    path, backups = folder .. "/btshare.db", folder .. "/backups"
  end)
  after_each(function()
    if opened then opened:close() end
    opened = nil
    helper.remove(folder)
  end)

  local function open()
    opened = assert(store.open(path, nil, backups))
    return opened
  end

  local function close()
    opened:close()
    opened = nil
  end

  local function write(statements)
    local done, message
    task.spawn(function() done, message = opened:write(statements) end)
    helper.wait_for(function() return done or message end)
    assert.is_true(done, message)
  end

  local function add_share(id, exposure, stopped)
    write {
      { "INSERT OR IGNORE INTO roots VALUES (1, '/share', NULL, 1)" },
      { "INSERT INTO shares (id, root, entry, kind, exposure, stopped, created, changed) " ..
        "VALUES (?, 1, ?, 'file', ?, ?, 1, 1)", id, id, exposure or "link", stopped or 0 },
    }
  end

  local function names(place)
    local list = {}
    for name in uv.fs_scandir_next, assert(uv.fs_scandir(place)) do list[#list + 1] = name end
    table.sort(list)
    return list
  end

  local function mode(place) return uv.fs_stat(place).mode & 511 end

  local function ruin()
    local file = assert(io.open(path, "r+b"))
    file:seek("set", 4096)
    file:write(("\xA5"):rep(4000))
    file:close()
    os.remove(path .. "-wal")
  end

  it("are made at a clean stop: of one that has none, and after what decides who gets at what", function()
    open()
    close()
    assert.equal(1, #copies.list(backups))
    assert.equal(448, mode(backups)) -- 0700
    assert.equal(384, mode(copies.list(backups)[1].path)) -- 0600
    open()
    add_share "a"
    local function changes() return opened:query("SELECT changes FROM access")[1].changes end
    local known = changes()
    write {
      { "INSERT INTO settings VALUES ('gone a', 1)" }, { "UPDATE shares SET changed = 2" },
      { "INSERT OR REPLACE INTO settings VALUES ('activity_totals', '1 2')" },
    }
    assert.equal(known, changes()) -- a look at the folders finds that again
    close()
    assert.equal(1, #copies.list(backups))
    open()
    for _, statement in ipairs {
      "UPDATE shares SET stopped = 1", "UPDATE shares SET exposure = 'private'", "UPDATE shares SET paused = 1",
      "INSERT INTO plugin_values VALUES ('password/hashes', 'a', 'x')",
      "INSERT OR REPLACE INTO plugin_values VALUES ('password/hashes', 'a', 'y')", "DELETE FROM plugin_values",
      "INSERT INTO links (id, share, name, created) VALUES ('l', 'a', 'Ann', 1)", "UPDATE links SET revoked = 1",
      "INSERT INTO roots VALUES (2, '/', 'outside.txt', 1)", "INSERT INTO settings VALUES ('console password', 'x')",
      "INSERT INTO api_tokens VALUES ('i', x'00', 'n', 'read', 1, NULL, NULL)", "DELETE FROM api_tokens",
    } do
      known = changes()
      write { { statement } }
      assert.is_true(changes() > known, statement)
    end
    close()
    assert.equal(2, #copies.list(backups))
    open()
    close()
    assert.equal(2, #copies.list(backups))
  end)

  it("are made while it runs when one is due, but not one after the other", function()
    open()
    local made = opened.copies -- whose timer would look twice a minute
    made:look()
    helper.wait_for(function() return not made:is_due() end) -- its name is there a moment before
    assert.equal(1, #copies.list(backups))
    add_share("a", "private")
    made:look()
    write { { "UPDATE shares SET stopped = 1" } }
    assert.is_true(made:is_due())
    assert.equal(1, #copies.list(backups))
    made.next_milliseconds = 0 -- five minutes later
    made:look()
    helper.wait_for(function() return not made:is_due() end)
    assert.equal(2, #copies.list(backups))
    close()
    assert.equal(2, #copies.list(backups))
  end)

  it("are kept for seven days beside the newest, in the order in which they were made", function()
    assert(uv.fs_mkdir(backups, 448))
    local number = 0
    local function put(stamp)
      number = number + 1
      helper.write(("%s/%s-%d-1.db"):format(backups, stamp, number), "x")
    end
    for day = 1, 12 do
      put(("202611%02dT080000Z"):format(day))
      put(("202611%02dT200000Z"):format(day))
    end
    put "20200101T000000Z" -- the clock was set back
    helper.write(backups .. "/20261101T080000Z-30-1.db.new", "half")
    helper.write(backups .. "/notes.txt", "the owner's")
    open()
    local list = copies.list(backups)
    assert.equal(25, list[1].number)
    assert.equal(1577836800, list[1].time)
    assert(opened:copy())
    close()
    local kept = {}
    for index, copy in ipairs(copies.list(backups)) do kept[index] = copy.number end
    assert.same({ 26, 25, 24, 22, 20, 18, 16, 14 }, kept)
    assert.is_falsy(table.concat(names(backups), " "):find(".new", 1, true))
    assert.equal("the owner's", helper.read(backups .. "/notes.txt"))
  end)

  it("are whole while others write, and hold them up no longer than a moment", function()
    open()
    add_share "a"
    local done, written, copied = false, 0, 0
    task.spawn(function()
      while not done do
        assert(opened:write { { "INSERT OR REPLACE INTO plugin_values VALUES ('x', ?, ?)", written, ("x"):rep(3000) },
          { "INSERT OR REPLACE INTO settings VALUES ('last', ?)", written } })
        written = written + 1
      end
    end)
    local function copy()
      local to = ("%s/%d.db"):format(folder, copied)
      sqlite.copy(path, to, nil, function(...)
        assert(...)
        copied = copied + 1
        local other = assert(sqlite.open(to))
        assert.equal("ok", other:check())
        local count = other:query("SELECT count(*) AS n FROM plugin_values")[1].n
        local last = other:query("SELECT value FROM settings WHERE name = 'last'")[1]
        assert.equal(count, (last and last.value or -1) + 1) -- of one moment
        other:close()
        if copied < 5 then copy() end
      end)
    end
    copy()
    helper.wait_for(function() return copied == 5 end)
    done = true
    helper.wait_for(function() return written > 0 end)
  end)

  it("say why they cannot be made, and leave nothing behind", function()
    open()
    add_share "a"
    local function refused(from, to, code)
      local made, message, its_code = sqlite.copy(from, to)
      assert.is_nil(made)
      assert.equal(code, its_code, message)
    end
    refused(folder .. "/none.db", folder .. "/x.db", "missing")
    assert.is_nil(uv.fs_stat(folder .. "/none.db"))
    helper.write(folder .. "/empty.db", "")
    refused(folder .. "/empty.db", folder .. "/x.db", "invalid")
    helper.write(folder .. "/garbage.db", ("x"):rep(5000))
    refused(folder .. "/garbage.db", folder .. "/x.db", "invalid")
    refused(path, folder .. "/nowhere/x.db", "missing")
    assert.is_nil(uv.fs_stat(folder .. "/x.db"))
    assert.is_nil(uv.fs_stat(folder .. "/x.db.new"))
  end)

  it("are not made of a full disk's last room, and stop nobody from writing", function()
    open()
    local statfs = uv.fs_statfs
    uv.fs_statfs = function() return { blocks = 100000, bavail = 1, bsize = 4096 } end -- luacheck: ignore
    local lines = {}
    log.set_writer(function(line) lines[#lines + 1] = line end)
    local copy, message, code = opened:copy()
    opened:copy()
    log.set_writer(nil)
    uv.fs_statfs = statfs -- luacheck: ignore
    assert.equal(1, #lines)
    assert.is_nil(copy)
    assert.equal("full", code, message)
    assert.same({}, names(backups))
    add_share "a"
  end)

  describe("of a damaged one", function()
    it("take its place: the newest good one, which knows what happened", function()
      open()
      add_share("a", "private")
      add_share("b", "link", 1)
      write {
        { "INSERT INTO sessions VALUES (x'00', 'i', 1, 1)" },
        { "INSERT INTO downloads (id, source, folder, name, created, started, paused, known, public, share_after, " ..
          "password) VALUES ('d', 'link', '/', 'd', 1, 1, 0, 1, 0, 0, 'motus-secret')" },
      }
      local good = assert(opened:copy())
      assert.is_nil(helper.read(good.path):find("motus-secret", 1, true))
      write { { "UPDATE shares SET exposure = 'public'" } }
      local bad = assert(opened:copy())
      helper.write(bad.path, helper.read(bad.path):sub(1, 5000))
      close()
      for _, copy in ipairs(copies.list(backups)) do
        if copy.number > bad.number then os.remove(copy.path) end
      end
      ruin()
      open()
      assert.equal(good.time, opened.damage.copy)
      assert.is_table(uv.fs_stat(bad.path .. ".damaged"))
      assert.equal(helper.read(opened.damage.aside):sub(4097, 4100), ("\xA5"):rep(4))
      assert.same({ "private", "link" }, {
        opened:query("SELECT exposure FROM shares WHERE id = 'a'")[1].exposure,
        opened:query("SELECT exposure FROM shares WHERE stopped = 1")[1].exposure,
      })
      assert.same({}, opened:query "SELECT * FROM sessions") -- whoever signed out since stays so
      assert.equal(1, #opened:query "SELECT * FROM downloads WHERE password IS NULL")
      assert.equal(384, mode(path))
      close()
      open()
      assert.is_table(opened.damage) -- until its owner has seen to it
    end)

    it("are made anew where there is none, which is not forgotten either", function()
      open()
      add_share "a"
      close()
      for _, copy in ipairs(copies.list(backups)) do os.remove(copy.path) end
      ruin()
      open()
      assert.is_nil(opened.damage.copy)
      assert.same({}, opened:query "SELECT * FROM shares")
    end)

    it("take the place of one that is gone, or empty", function()
      for _, spoil in ipairs { os.remove, function(one) helper.write(one, "") end } do
        open()
        if not opened.damage then add_share("a", "private") end
        close()
        spoil(path)
        open()
        assert.equal("private", opened:query("SELECT exposure FROM shares")[1].exposure)
        assert.is_table(opened.damage)
        close()
      end
    end)

    it("are missed where one is gone that was there before", function()
      opened = assert(store.open(path, nil, backups, true))
      assert.equal(path .. ": not there", opened.damage.reason)
      assert.is_nil(opened.damage.aside)
    end)

    it("are not passed over because the disk is full", function()
      open()
      add_share "a"
      close()
      ruin()
      local copyfile = uv.fs_copyfile
      uv.fs_copyfile = function() return nil, "ENOSPC: no space left on device" end -- luacheck: ignore
      local none, message, code = store.open(path, nil, backups)
      uv.fs_copyfile = copyfile -- luacheck: ignore
      assert.is_nil(none)
      assert.equal("full", code)
      assert.matches("no space left", message)
      assert.is_falsy(table.concat(names(folder), " "):find("corrupt", 1, true))
      open()
      assert.equal("number", type(opened.damage.copy))
    end)

    it("are waited for by one that was found damaged while it was in use", function()
      local told
      opened = assert(store.open(path, function(level, message, is_damage) told = { level, message, is_damage } end,
        backups))
      add_share "a"
      local database = opened.database
      opened.database = setmetatable({
        rows = function() return function() error("database: database disk image is malformed", 0) end end,
      }, { __index = function(_, name) return function(_, ...) return database[name](database, ...) end end })
      assert.is_false(pcall(function()
        for _ in opened:rows "SELECT 1" do error "no row" end
      end))
      assert.same({ "error", "state database: database disk image is malformed; BTshare ends, and its next start " ..
        "puts a copy in its place", true }, told)
      local done, message
      task.spawn(function() done, message = opened:write { { "UPDATE shares SET stopped = 1" } } end)
      assert.is_nil(done)
      assert.matches("malformed", message)
      close()
      assert.same({}, names(backups)) -- no copy of what is damaged
      assert.is_table(uv.fs_stat(path .. ".suspect"))
      open()
      assert.is_nil(opened.damage) -- all of it was looked through, and is whole
      assert.is_nil(uv.fs_stat(path .. ".suspect"))
    end)
  end)

  it("end no start with 64 random bytes anywhere in the database", function()
    open()
    local batch = { { "INSERT INTO roots VALUES (1, '/share', NULL, 1)" } }
    for number = 1, 300 do
      batch[#batch + 1] = {
        "INSERT INTO shares (id, root, entry, kind, exposure, stopped, created, changed) " ..
          "VALUES (?, 1, ?, 'file', ?, ?, 1, 1)", ("%016x"):format(number), number .. ".txt",
        number % 2 == 0 and "private" or "link", number % 3 == 0 and 1 or 0,
      }
    end
    write(batch)
    local function access()
      return opened:query "SELECT id, entry, exposure, stopped, paused FROM shares ORDER BY id"
    end
    local known = access()
    close()
    local good, restored = helper.read(path), 0
    math.randomseed(7)
    for round = 1, 100 do
      local bytes, at = {}, math.random(1, #good - 64)
      for index = 1, 64 do bytes[index] = string.char(math.random(0, 255)) end
      helper.write(path, good:sub(1, at - 1) .. table.concat(bytes) .. good:sub(at + 64))
      os.remove(path .. "-wal")
      local message
      opened, message = store.open(path, nil, backups)
      assert.is_truthy(opened, message)
      if opened.damage then restored = restored + 1 end
      assert.same(known, access(), "round " .. round)
      opened.copies = nil -- the copy of the beginning stays the newest
      close()
    end
    assert.is_true(restored > 10, restored .. " of 100 were found damaged")
  end)
end)
