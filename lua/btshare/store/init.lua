-- Everything that survives a restart: one SQLite database in the state directory.
--
-- Reading is synchronous, on the loop, by index. Writing is a batch that runs on the database's own
-- thread; `write` returns when it is committed and synced, so it must be called in a task.
local schema = require "btshare.store.schema"
local sqlite = require "core.sqlite"
local task = require "btshare.task"
local uv = require "luv"

local full_retry = 3000 -- milliseconds between tries to write to a full disk

---@class btshare.Store
---@field private database core.sqlite.Database
---@field private failed string? why nothing is written any more
---@field private is_full boolean? whether the last write found no room
---@field private on_trouble fun(level: "error"|"info", message: string)
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
  local health = database:check() -- quick_check, on the loop: nothing else runs yet that it could hold up
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
---@param on_trouble (fun(level: "error"|"info", message: string))? told once when the disk is full, has room again, or
---fails for good
---@return btshare.Store? store
---@return string? message also on success: what had to be repaired
---@return string? code
function store.open(path, on_trouble)
  local database, message, code = open_database(path)
  local repaired
  if not database and code == "invalid" and not message:find("newer btshare", 1, true) then
    local aside, why = set_aside(path)
    if not aside then
      return nil, message .. "; and it cannot be set aside: " .. why, code
    end
    repaired = "the state database was damaged (" .. message .. "); it was set aside as " .. aside
      .. " and a new one begun: links stay, but named ones are gone and revoked ones work again, what was stopped"
      .. " is shared again, and expiry begins anew"
    database, message, code = open_database(path)
  end
  if not database then
    return nil, message, code
  end
  return setmetatable({ database = database, on_trouble = on_trouble or function() end }, Store), repaired
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

-- What a write tells of the disk, once each time it changes.
local function notice_trouble(self, done, code, message)
  if done then
    if self.is_full then
      self.on_trouble("info", "there is room again: everything is stored as usual")
    end
    self.is_full = false
  elseif code == "full" then
    if not self.is_full then
      self.on_trouble("error", message .. "; what is shared stays shared, but nothing new is until there is room")
    end
    self.is_full = true
  elseif code == "failed" and message:find("I/O", 1, true) then
    self.failed = message -- after a failed fsync nothing more can be promised (security R05)
    self.on_trouble("error", message .. "; nothing is stored any more, please restart BTshare")
  end
end

---Writes a batch in one transaction and waits until it is on disk.
---@param statements table[] each {sql, parameter, …, n = number of parameters where nil may be last}
---@return true|nil written
---@return string? message
---@return string? code
function Store:write(statements)
  if self.failed then
    return nil, self.failed, "failed"
  end
  local done, message, code = task.await(function(resume)
    self.database:write(statements, resume)
  end)
  message = not done and "state database: " .. message or nil
  notice_trouble(self, done, code, message)
  return done, message, code
end

---As `write`, but nobody waits for it: for what may be lost.
---@param statements table[]
function Store:write_soon(statements)
  task.spawn(function() self:write(statements) end)
end

---As `write`, but waits for room on a full disk, as long as what is written is wanted.
---@param statements table[]
---@param is_wanted fun(): boolean
---@return true|nil written
---@return string? message
---@return string? code
function Store:write_when_room(statements, is_wanted)
  local done, message, code = self:write(statements)
  while not done and code == "full" and is_wanted() do
    task.sleep(full_retry)
    done, message, code = self:write(statements)
  end
  return done, message, code
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
