local helper = require "helper"
local host = require "core.host"
local sqlite = require "core.sqlite"
local uv = require "luv"

local is_sanitized = helper.read "/proc/self/maps":find "san%.so" ~= nil -- slower by design

describe("core.sqlite", function()
  local folder, path, database

  before_each(function()
    folder = helper.folder()
    path = folder .. "/state.db"
    database = assert(sqlite.open(path))
    assert(database:exec "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE, value)")
  end)

  after_each(function()
    database:close()
    uv.run("nowait")
    helper.remove(folder)
  end)

  ---Writes a batch and waits for its result.
  local function write(statements)
    local result
    database:write(statements, function(...) result = table.pack(...) end)
    helper.wait_for(function() return result end)
    return table.unpack(result, 1, result.n)
  end

  local function value_of(id)
    return database:query("SELECT value FROM things WHERE id = ?", id)[1].value
  end

  local function count()
    return database:query("SELECT count(*) AS n FROM things")[1].n
  end

  describe("opening", function()
    it("makes files that only the owner can read", function()
      assert.is_true(write { { "INSERT INTO things (name) VALUES ('a')" } })
      for _, suffix in ipairs { "", "-wal", "-shm" } do
        assert.equal(tonumber("600", 8), assert(uv.fs_stat(path .. suffix)).mode & tonumber("777", 8))
      end
    end)

    it("sets what durability needs", function()
      assert.same({ { journal_mode = "wal" } }, database:query "PRAGMA journal_mode")
      assert.same({ { synchronous = 2 } }, database:query "PRAGMA synchronous")
      assert.same({ { foreign_keys = 1 } }, database:query "PRAGMA foreign_keys")
      assert.same({ { temp_store = 2 } }, database:query "PRAGMA temp_store")
      assert.matches("^3%.", sqlite.version)
    end)

    it("calls a file that is no database invalid and leaves it alone", function()
      local other = folder .. "/other"
      local content = ("this is not a database "):rep(100)
      helper.write(other, content)
      local opened, message, code = sqlite.open(other)
      assert.is_nil(opened)
      assert.equal("invalid", code)
      assert.equal(other .. ": file is not a database", message)
      assert.equal(content, helper.read(other))
    end)

    it("calls a missing folder missing", function()
      local opened, message, code = sqlite.open(folder .. "/no/state.db")
      assert.is_nil(opened)
      assert.equal("missing", code)
      assert.matches("no/state.db: ", message, 1, true)
    end)

    it("takes a path for a path, whatever it looks like", function()
      local here = uv.cwd()
      uv.chdir(folder)
      local odd = assert(sqlite.open("file:odd?mode=memory"))
      uv.chdir(here)
      odd:close()
      assert.is_truthy(uv.fs_stat(folder .. "/file:odd?mode=memory"))
    end)

    it("finds what was written when the file is opened again", function()
      assert.is_true(write { { "INSERT INTO things VALUES (1, 'kept', 2)" } })
      database:close()
      database = assert(sqlite.open(path))
      assert.same({ { id = 1, name = "kept", value = 2 } }, database:query "SELECT * FROM things")
      assert.is_nil(uv.fs_stat(path .. "-journal"))
    end)
  end)

  describe("values", function()
    local cases = {
      { "the largest integer", math.maxinteger, "integer" },
      { "the smallest integer", math.mininteger, "integer" },
      { "an integer that a float cannot hold", 9007199254740993, "integer" },
      { "a float", 0.1, "real" },
      { "a whole float", 3.0, "real" },
      { "text", "smörgås 🐟", "text" },
      { "empty text", "", "text" },
      { "bytes that are no UTF-8", "\xff\xfe", "blob" },
      { "bytes with a NUL", "a\0b", "blob" },
    }
    for _, case in ipairs(cases) do
      local name, value, type_name = table.unpack(case)
      it("keeps " .. name, function()
        assert.is_true(write { { "INSERT INTO things (id, value) VALUES (1, ?)", value } })
        assert(database:query("INSERT INTO things (id, value) VALUES (2, ?)", value))
        for id = 1, 2 do
          local row = database:query("SELECT value, typeof(value) AS type FROM things WHERE id = ?", id)[1]
          assert.equal(value, row.value)
          assert.equal(math.type(value), math.type(row.value))
          assert.equal(type_name, row.type)
        end
      end)
    end

    it("keeps text as a blob where that is wanted", function()
      local text = "plain text"
      assert.is_true(write { { "INSERT INTO things (id, value) VALUES (1, ?)", sqlite.blob(text) } })
      assert(database:query("INSERT INTO things (id, value) VALUES (2, ?)", sqlite.blob(text)))
      assert.same({ { type = "blob", value = text }, { type = "blob", value = text } },
        database:query "SELECT typeof(value) AS type, value FROM things")
    end)

    it("writes booleans as 0 and 1 and nil as NULL, which is absent in a row", function()
      assert.is_true(write {
        { "INSERT INTO things VALUES (?, ?, ?)", 1, "no", false },
        { "INSERT INTO things VALUES (?, ?, ?)", 2, "yes", true },
        { "INSERT INTO things VALUES (?, ?, ?)", 3, nil, nil, n = 3 },
      })
      assert.same({
        { id = 1, name = "no", value = 0 },
        { id = 2, name = "yes", value = 1 },
        { id = 3 },
      }, database:query "SELECT * FROM things ORDER BY id")
    end)
  end)

  describe("query", function()
    it("says what is wrong", function()
      local function code_of(...)
        local rows, message, code = database:query(...)
        assert.is_nil(rows)
        assert.matches("^database: ", message)
        return code
      end
      assert(database:query "INSERT INTO things VALUES (1, 'a', NULL)")
      assert.equal("invalid", code_of "SELEC 1")
      assert.equal("invalid", code_of "")
      assert.equal("invalid", code_of "SELECT 1; SELECT 2")
      assert.equal("invalid", code_of("SELECT ?", 1, 2))
      assert.equal("invalid", code_of "SELECT ?")
      assert.equal("exists", code_of "INSERT INTO things VALUES (2, 'a', NULL)")
      assert.equal("exists", code_of "INSERT INTO things VALUES (1, 'b', NULL)")
    end)

    it("raises for values that SQL has no form for", function()
      assert.has_error(function() database:query("SELECT ?", {}) end)
      assert.has_error(function() database:query("SELECT ?", print) end)
      assert.has_error(function() database:query("SELECT 1\0") end)
    end)

    it("runs more statements than are kept prepared", function()
      for round = 1, 2 do
        for i = 1, 100 do
          assert.same({ { n = i + round } }, database:query(("SELECT ? + %d AS n;\n"):format(i), round))
        end
      end
    end)

    it("sees a changed table with a statement prepared before", function()
      assert(database:query "INSERT INTO things (id) VALUES (1)")
      assert.same({ { id = 1 } }, database:query "SELECT * FROM things")
      assert.is_true(write { { "ALTER TABLE things ADD COLUMN extra DEFAULT 7" } })
      assert.same({ { id = 1, extra = 7 } }, database:query "SELECT * FROM things")
    end)
  end)

  describe("rows", function()
    before_each(function()
      for i = 1, 5 do
        assert(database:query("INSERT INTO things VALUES (?, NULL, ?)", i, i * 10))
      end
    end)

    it("gives columns as values, with nil for NULL", function()
      local seen = {}
      for id, name, value in database:rows("SELECT id, name, value FROM things WHERE id > ?", 3) do
        assert.is_nil(name)
        seen[id] = value
      end
      assert.same({ [4] = 40, [5] = 50 }, seen)
    end)

    it("can be nested with the same statement", function()
      local pairs_seen = 0
      for _ in database:rows "SELECT id FROM things" do
        for _ in database:rows "SELECT id FROM things" do
          pairs_seen = pairs_seen + 1
        end
      end
      assert.equal(25, pairs_seen)
    end)

    it("holds no view of the past once its loop is left", function()
      for id in database:rows "SELECT id FROM things" do
        if id == 2 then break end
      end
      assert.is_true(write { { "DELETE FROM things" } })
      assert.equal(0, count())
      local checkpoint = database:query "PRAGMA wal_checkpoint(TRUNCATE)"
      assert.equal(0, checkpoint[1].busy)
    end)

    it("raises for what cannot be prepared, and when the database is closed meanwhile", function()
      assert.has_error(function() database:rows "SELECT nowhere" end, "database: no such column: nowhere")
      local next_row = database:rows "SELECT id FROM things"
      assert.equal(1, next_row())
      database:close()
      assert.has_error(next_row, "database is closed")
    end)
  end)

  describe("write", function()
    it("writes all of a batch or nothing", function()
      local done, message, code = write {
        { "INSERT INTO things VALUES (1, 'a', 1)" },
        { "INSERT INTO things VALUES (2, 'a', 2)" },
      }
      assert.is_nil(done)
      assert.equal("database: UNIQUE constraint failed: things.name", message)
      assert.equal("exists", code)
      assert.equal(0, count())
    end)

    it("lets a failing batch fail alone among those that are written with it", function()
      local results = {}
      for i = 1, 20 do
        local sql = i % 5 == 0 and "INSERT INTO nowhere VALUES (?)" or "INSERT INTO things (id) VALUES (?)"
        database:write({ { sql, i } }, function(done, _, code) results[i] = done or code end)
      end
      helper.wait_for(function() return results[20] end)
      for i = 1, 20 do
        assert.equal(i % 5 == 0 and "invalid" or true, results[i])
      end
      assert.equal(16, count())
    end)

    it("lets a batch fail alone that fails only at the commit", function()
      assert(database:exec [[
        CREATE TABLE parents (id INTEGER PRIMARY KEY);
        CREATE TABLE children (parent REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)]])
      local results = {}
      for i = 1, 9 do
        local sql = i == 5 and "INSERT INTO children VALUES (?)" or "INSERT INTO things (id) VALUES (?)"
        database:write({ { sql, i } }, function(done, _, code) results[i] = done or code end)
      end
      helper.wait_for(function() return #results == 9 end)
      assert.same({ true, true, true, true, "invalid", true, true, true, true }, results)
      assert.equal(8, count())
    end)

    it("refuses to let a batch end the transaction it shares", function()
      for _, sql in ipairs { "COMMIT", "ROLLBACK", "BEGIN", "RELEASE batch", "ATTACH 'x' AS y" } do
        local done, _, code = write { { "INSERT INTO things (id) VALUES (1)" }, { sql } }
        assert.is_nil(done)
        assert.equal("denied", code)
      end
      assert.equal(0, count())
    end)

    it("refuses the wrong number of parameters", function()
      local done, message, code = write { { "INSERT INTO things (id, value) VALUES (?, ?)", 1 } }
      assert.is_nil(done)
      assert.equal("database: 1 parameters where 2 are wanted", message)
      assert.equal("invalid", code)
    end)

    it("copies its values, keeps the order and shows them to the next query", function()
      local order = {}
      local statement = { "INSERT INTO things (id, value) VALUES (1, ?)", "first" }
      database:write({ statement }, function() order[#order + 1] = value_of(1) end)
      statement[1], statement[2] = "UPDATE things SET value = ? WHERE id = 1", "second"
      database:write({ statement }, function() order[#order + 1] = value_of(1) end)
      statement[2] = nil
      collectgarbage()
      helper.wait_for(function() return #order == 2 end)
      assert.equal("second", order[2])
    end)

    it("raises for what is no batch and queues nothing of it", function()
      assert.has_error(function() database:write { "SELECT 1" } end, "statement 1 is no table")
      assert.has_error(function() database:write { { 1 } } end, "statement 1 has no SQL")
      assert.has_error(function() database:write { { "SELECT 1\0" } } end, "statement 1 has no SQL")
      assert.has_error(function() database:write { { "SELECT ?", {} } } end, "parameter 1 of statement 1 is a table")
      assert.has_error(function() database:write({}, true) end)
    end)

    it("reports a failure that has no callback as an error of the program", function()
      local seen
      host.on_error(function(traceback) seen = traceback end)
      database:write { { "INSERT INTO nowhere VALUES (1)" } }
      helper.wait_for(function() return seen end)
      assert.matches("a batch was not written: database: no such table: nowhere", seen)
    end)

    it("goes on after an error in a callback", function()
      local seen
      host.on_error(function(traceback) seen = traceback end)
      database:write({}, function() error "boom" end)
      helper.wait_for(function() return seen end)
      assert.matches("boom", seen)
      assert.is_true(write {})
    end)

    it("keeps the loop running only while batches are on their way", function()
      assert.is_true(write {})
      assert.is_false(uv.loop_alive())
      local done
      database:write({ { "INSERT INTO things (id) VALUES (1)" } }, function(...) done = ... end)
      assert.is_true(uv.loop_alive())
      uv.run()
      assert.is_true(done)
    end)

    it("says that the disk is full, spares the batches beside, and recovers", function()
      assert.is_true(write { { "PRAGMA max_page_count = 40" } })
      local results = {}
      for i = 1, 9 do
        local length = i == 5 and 1000000 or 10
        database:write({ { "INSERT INTO things (id, value) VALUES (?, ?)", i, ("x"):rep(length) } },
          function(done, _, code) results[i] = done or code end)
      end
      helper.wait_for(function() return #results == 9 end)
      assert.same({ true, true, true, true, "full", true, true, true, true }, results)
      assert.equal(8, count())
      assert.is_true(write { { "PRAGMA max_page_count = 100000" } })
      assert.is_true(write { { "INSERT INTO things (id, value) VALUES (5, ?)", ("x"):rep(1000000) } })
    end)

    it("says that another writer is busy", function()
      local other = assert(sqlite.open(path))
      assert(database:exec "BEGIN IMMEDIATE")
      assert(other:exec "PRAGMA busy_timeout = 0")
      local done, _, code = other:exec "INSERT INTO things (id) VALUES (1)"
      assert.is_nil(done)
      assert.equal("busy", code)
      assert(database:exec "COMMIT")
      other:close()
    end)

    it("writes 10,000 small batches in less than a second", function()
      local left, failed = 10000, 0
      local start = uv.hrtime()
      for i = 1, 10000 do
        database:write({ { "INSERT INTO things VALUES (?, ?, ?)", i, "name " .. i, i * 0.5 } }, function(done)
          left = left - 1
          if not done then failed = failed + 1 end
        end)
      end
      helper.wait_for(function() return left == 0 end)
      local seconds = (uv.hrtime() - start) / 1e9
      assert.equal(0, failed)
      assert.equal(10000, count())
      assert.is_true(seconds < (is_sanitized and 5 or 1), ("took %.2f s"):format(seconds))
    end)
  end)

  describe("close", function()
    it("waits for what is queued, and the callbacks still come", function()
      local results = 0
      for i = 1, 100 do
        database:write({ { "INSERT INTO things (id) VALUES (?)", i } }, function(done)
          results = results + (done and 1 or 0)
        end)
      end
      database:close()
      assert.is_nil(uv.fs_stat(path .. "-wal"))
      helper.wait_for(function() return results == 100 end)
      database = assert(sqlite.open(path))
      assert.equal(100, count())
    end)

    it("may come twice and from a callback, and ends all use", function()
      local done
      database:write({}, function()
        database:close()
        done = true
      end)
      database:write({}, function() end)
      helper.wait_for(function() return done end)
      database:close()
      for _, method in ipairs { "query", "rows", "exec", "write", "check" } do
        local closed, message = pcall(database[method], database, "SELECT 1")
        assert.is_false(closed)
        assert.matches("database is closed", message)
      end
    end)
  end)

  describe("a damaged file", function()
    it("is found by check", function()
      assert.equal("ok", database:check())
      for i = 1, 2000 do
        assert(database:query("INSERT INTO things VALUES (?, ?, ?)", i, "name " .. i, ("x"):rep(100)))
      end
      database:close()
      local file = assert(io.open(path, "r+b"))
      for page = 3, 20 do
        file:seek("set", page * 4096)
        file:write(("\xA5"):rep(64))
      end
      file:close()
      local message
      database, message = sqlite.open(path)
      if database then
        assert.not_equal("ok", database:check())
      else
        database = { close = function() end }
        assert.matches("malformed", message)
      end
    end)
  end)
end)
