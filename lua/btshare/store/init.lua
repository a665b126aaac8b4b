-- Everything that survives a restart: one SQLite database in the state directory.
--
-- Reading is synchronous, on the loop, by index. Writing is a batch that runs on the database's own
-- thread; `write` returns when it is committed and synced, so it must be called in a task.
local schema = require "btshare.store.schema"
local sqlite = require "core.sqlite"
local task = require "btshare.task"
local uv = require "luv"

---@class btshare.Store
---@field private database core.sqlite.Database
---@field private failed string? why nothing is written any more
---@field private on_failure fun(message: string)
local Store = {}
Store.__index = Store
Store.blob = sqlite.blob

local store = {}

-- A database that cannot be read is set aside, never deleted: its owner may want to look.
local function set_aside(path)
  local aside = path .. ".corrupt-" .. os.date("!%Y%m%dT%H%M%SZ")
  local moved, message = uv.fs_rename(path, aside)
  if not moved then
    return nil, message
  end
  uv.fs_unlink(path .. "-wal")
  uv.fs_unlink(path .. "-shm")
  return aside
end

local function open_database(path)
  local database, message, code = sqlite.open(path)
  if not database then
    return nil, message, code
  end
  local health = database:check()
  if health ~= "ok" then
    database:close()
    return nil, path .. ": " .. health, "invalid"
  end
  local migrated
  migrated, message, code = schema.migrate(database)
  if not migrated then
    database:close()
    return nil, message, code
  end
  return database
end

---Opens the database at `path`. One that is damaged is set aside and begun anew: ids and links are
---derived from the key file and the place of a share, so they stay; what cannot be found again (what
---was stopped or renamed, expiry times) is told by the second value, in words.
---@param path string
---@param on_failure fun(message: string)? called once when the disk refuses a write
---@return btshare.Store? store
---@return string? message also on success: what had to be repaired
---@return string? code
function store.open(path, on_failure)
  local database, message, code = open_database(path)
  local repaired
  if not database and code == "invalid" and not message:find("newer btshare", 1, true) then
    local aside, why = set_aside(path)
    if not aside then
      return nil, message .. "; and it cannot be set aside: " .. why, code
    end
    repaired = "the state database was damaged (" .. message .. "); it was set aside as " .. aside
      .. " and a new one begun: links stay, but what was stopped is shared again, and expiry begins anew"
    database, message, code = open_database(path)
  end
  if not database then
    return nil, message, code
  end
  return setmetatable({ database = database, on_failure = on_failure }, Store), repaired
end

---@param sql string
---@return table[] rows
function Store:query(sql, ...)
  local rows, message = self.database:query(sql, ...)
  return rows or error("state database: " .. message, 2)
end

---@param sql string
---@return fun(): ... rows
function Store:rows(sql, ...)
  return self.database:rows(sql, ...)
end

---Writes a batch in one transaction and waits until it is on disk.
---@param statements table[] each {sql, parameter, …, n = number of parameters where nil may be last}
---@return true|nil written
---@return string? message
---@return string? code
function Store:write(statements)
  if self.failed then
    return nil, self.failed, "full"
  end
  local done, message, code = task.await(function(resume)
    self.database:write(statements, resume)
  end)
  if done then
    return true
  end
  message = "state database: " .. message
  if code == "failed" and message:find("I/O", 1, true) then
    self.failed = message -- after a failed fsync nothing more can be promised (security R05)
    if self.on_failure then
      self.on_failure(message)
    end
  end
  return nil, message, code
end

---@param name string
---@return any value nil if never set
function Store:setting(name)
  local row = self:query("SELECT value FROM settings WHERE name = ?", name)[1]
  return row and row.value
end

---@param name string
---@param value string|number
function Store:set_setting(name, value)
  return self:write { { "INSERT OR REPLACE INTO settings VALUES (?, ?)", name, value } }
end

---The values of one plugin: `get(name)`, `set(name, value)` (waits), in a table of their own.
---@param plugin string
function Store:for_plugin(plugin)
  return {
    get = function(name)
      local row = self:query(
        "SELECT value FROM plugin_values WHERE plugin = ? AND name = ?", plugin, name)[1]
      return row and row.value
    end,
    set = function(name, value)
      if value == nil then
        return self:write { { "DELETE FROM plugin_values WHERE plugin = ? AND name = ?", plugin, name } }
      end
      return self:write {
        { "INSERT OR REPLACE INTO plugin_values VALUES (?, ?, ?)", plugin, name, value },
      }
    end,
  }
end

---Waits for writes under way and closes.
function Store:close()
  self.database:close()
end

return store
