local helper = require "helper"
local host = require "core.host"
local sqlite = require "core.sqlite"
local sqlite_bench = require "sqlite_bench"
local uv = require "luv"


describe("core.sqlite", function()
  local bench, path, database

  before_each(function()
    bench = sqlite_bench.open()
    path, database = bench.path, bench.database
  end)
  after_each(function() bench:close(database) end)

  local function write(statements) return sqlite_bench.write(database, statements) end

  local function value_of(id)
    return database:query("SELECT value FROM things WHERE id = ?", id)[1].value
  end

  local function count()
    return database:query("SELECT count(*) AS n FROM things")[1].n
  end

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
      assert.is_true(seconds < (helper.is_sanitized and 5 or 1), ("took %.2f s"):format(seconds))
    end)
  end)
end)
