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

---Copies the database at `from`, which may be in use, to the file `to` (mode 0600), as it is at one moment. What has
---that name afterwards is whole, checked and synced; it is made as `to`.new. Before that `sql` is run on the copy, and
---what it deletes is wiped. Without `on_done` it waits for the disk; with it, it returns at once and `on_done` is called
---on the loop with what it would have returned.
---@param from string
---@param to string
---@param sql string? statements
---@param on_done fun(done: true|nil, message: string?, code: string?)?
---@return true? done
---@return string? message
---@return string? code "invalid" when the database is damaged, "missing", "full", "denied", "busy", "failed"
function sqlite.copy(from, to, sql, on_done) end

---@class core.sqlite.Database
local Database = {}

---@param sql string one or more statements, no parameters
---@return true? done
---@return string? message
---@return string? code as of query
function Database:exec(sql) end

---Runs one statement with parameters `?` in order (nil, boolean, integer, number, string, Blob), as many as it has.
---A string that is not valid UTF-8, or has a NUL, is bound as BLOB by itself; booleans are 0 and 1.
---@param sql string
---@return table[]? rows each a table column name → value (NULL is absent)
---@return string? message
---@return string? code "exists" for a value that must be unique, "invalid" for other constraints and wrong SQL, "full", "busy", "failed"
function Database:query(sql, ...) end

---Iterates over rows without building a list; each call of the iterator returns the columns as values (NULL is nil, so
---the first column should not be NULL in a `for`). Raises what `query` would return. A `for` that is left early ends the
---statement at once; other users should go on to the end, because an open one holds back the WAL.
---@param sql string
---@return fun(): ... rows
function Database:rows(sql, ...) end

---Queues a batch: all statements in one transaction, on the database's writer thread with a connection of its own. When
---it is committed and synced `on_done(true)` is called on the loop, or `on_done(nil, message, code)` when nothing of it was written.
---Batches run in order; those that wait together may be committed together, but one that fails takes no other with it.
---A batch may not begin, end or attach ("denied"). "full" may pass; after "failed" (a fault of the disk) every later batch
---is refused, and the program should say so and end. A failure without `on_done` is reported as core.host.on_error does.
---The thread starts with the first batch, so a database may be opened before core.sandbox.restrict.
---@param statements table[] each {sql, parameter, …, n = number of parameters, needed where the last are nil}
---@param on_done fun(done: true|nil, message: string?, code: string?)?
function Database:write(statements, on_done) end

---@return string result "ok" or SQLite's words (PRAGMA quick_check)
function Database:check() end

---Waits for queued batches, closes. Their callbacks still come, in the loop's next round. Idempotent.
function Database:close() end

return sqlite
