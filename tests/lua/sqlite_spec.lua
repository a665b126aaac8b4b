local helper = require "helper"
local sqlite = require "core.sqlite"
local sqlite_bench = require "sqlite_bench"
local uv = require "luv"

describe("core.sqlite", function()
  local bench, path, folder, database

  before_each(function()
    bench = sqlite_bench.open()
    path, folder, database = bench.path, bench.folder, bench.database
  end)
  after_each(function() bench:close(database) end)

  local function write(statements) return sqlite_bench.write(database, statements) end

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
