---@meta core.sqlite
-- A thin binding to SQLite. Integers are 64-bit and exact, strings come back as strings whether TEXT or BLOB; a Lua
-- string is bound as TEXT when it is valid UTF-8 without NUL, `sqlite.blob(s)` binds as BLOB.
-- Two ways in: synchronous statements (start, tests), and batches that run in one transaction on a thread of their own.

---@class core.sqlite
---@field version string
local sqlite = {}

---@class core.sqlite.Blob
---@param bytes string
---@return core.sqlite.Blob
function sqlite.blob(bytes) end

---Opens (creates, mode 0600) the database at `path`, WAL, synchronous=FULL, foreign_keys=ON, temp_store=MEMORY, busy timeout 5 s.
---@param path string
---@return core.sqlite.Database? database
---@return string? message
---@return string? code "invalid" when the file is not a database or corrupt, "full", "denied", "busy"
function sqlite.open(path) end

---@class core.sqlite.Database
local Database = {}

---@param sql string one or more statements, no parameters
---@return true? done
---@return string? message
---@return string? code
function Database:exec(sql) end

---Runs one statement with parameters `?` in order (nil, boolean, integer, number, string, Blob).
---@param sql string
---@return table[]? rows each a table column name → value (NULL is absent)
---@return string? message
---@return string? code
function Database:query(sql, ...) end

---Iterates over rows without building a list; each call of the iterator returns the columns as values.
---@param sql string
---@return fun(): ... rows
function Database:rows(sql, ...) end

---Queues a batch: all statements in one transaction, on the database's writer thread with a connection of its own. When
---it is committed and synced `on_done(true)` is called on the loop, or `on_done(nil, message, code)` when nothing of it was written.
---Batches run in order; those that wait together may be committed together.
---@param statements table[] each {sql, parameter, …, n = number of parameters}
---@param on_done fun(done: true|nil, message: string?, code: string?)?
function Database:write(statements, on_done) end

---@return string result "ok" or SQLite's words (PRAGMA quick_check)
function Database:check() end

---Waits for queued batches, closes. Idempotent.
function Database:close() end

return sqlite
