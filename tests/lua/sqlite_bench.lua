-- What the specs of core.sqlite share: a database with one table, in a folder of its own.
local helper = require "helper"
local sqlite = require "core.sqlite"
local uv = require "luv"

local sqlite_bench = {}

---@class SqliteBench
---@field folder string
---@field path string
---@field database core.sqlite.Database
local Bench = {}
Bench.__index = Bench

function sqlite_bench.open()
  local folder = helper.folder()
  local self = setmetatable({ folder = folder, path = folder .. "/state.db" }, Bench)
  self.database = assert(sqlite.open(self.path))
  assert(self.database:exec "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE, value)")
  return self
end

---@param database core.sqlite.Database what is open now
function Bench:close(database)
  database:close()
  uv.run("nowait")
  helper.remove(self.folder)
end

---Writes a batch and waits for its result.
---@param database core.sqlite.Database
---@param statements table[]
function sqlite_bench.write(database, statements)
  local result
  database:write(statements, function(...) result = table.pack(...) end)
  helper.wait_for(function() return result end)
  return table.unpack(result, 1, result.n)
end

return sqlite_bench
