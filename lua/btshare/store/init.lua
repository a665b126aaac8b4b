-- Everything that survives a restart: one SQLite database in the state directory.
--
-- Reading is synchronous, on the loop, by index. Writing is a batch that runs on the database's own
-- thread; `write` returns when it is committed and synced, so it must be called in a task.
local copies = require "btshare.store.copies"
local damage = require "btshare.store.damage"
local database = require "btshare.store.database"
local log = require "btshare.log"
local recovery = require "btshare.store.recovery"
local sqlite = require "core.sqlite"
local task = require "btshare.task"
local uv = require "luv"

local full_retry = 3000 -- milliseconds between tries to write to a full disk

---@class btshare.Store
---@field damage btshare.Damage? that of the database before this one, until its owner has seen to it
---@field private path string
---@field private database core.sqlite.Database
---@field private copies btshare.store.Copies?
---@field private failed string? why nothing is written any more
---@field private is_full boolean? whether the last write found no room
---@field private on_trouble fun(level: "error"|"info", message: string, is_damage: boolean?)
local Store = {}
Store.__index = Store
Store.blob = sqlite.blob

local store = {}

-- Of what SQLite says is wrong, one thing: it may be pages of it.
local function in_short(message)
  return (message:gsub("%*%*%* in database main %*%*%*%s*", "", 1):match("^[^\n]*"))
end

local function count_changes(self)
  local rows = self.database:query("SELECT changes FROM access")
  return rows and rows[1] and rows[1].changes
end

local function keep_copies(self, folder)
  self.copies = copies.new(self.path, folder, function() return count_changes(self) end, function(message, code)
    log.warning("no copy of the state database: %s", message)
    if code == "invalid" then self:note_damage(message) end
  end)
end

-- One that was there before and is gone, or empty, is not begun anew as if nothing had ever been shared.
local function open_existing(path, was_there)
  local status = uv.fs_stat(path)
  if (not status or status.size == 0) and was_there then
    return nil, path .. (status and ": empty" or ": not there"), "invalid"
  end
  return database.open(path)
end

---Opens the database at `path`. One that is damaged is set aside, and its newest good copy takes its place, or a new
---one where there is none; `store.damage` tells of it.
---@param path string
---@param on_trouble (fun(level: "error"|"info", message: string, is_damage: boolean?))? told once when the disk is
---full, has room again, or fails for good; with `is_damage` the program should end, for its next start to mend it
---@param copies_folder string? where copies of it are kept; without it there are none
---@param was_there boolean? whether there has been one before, also where there is no copy of it
---@return btshare.Store? store
---@return string? message
---@return string? code
function store.open(path, on_trouble, copies_folder, was_there)
  was_there = was_there or copies_folder and copies.list(copies_folder)[1] ~= nil
  local opened, message, code = open_existing(path, was_there)
  if not opened and code == "invalid" then
    local replaced, why, its_code = recovery.replace(path, copies_folder, in_short(message))
    if not replaced then
      return nil, ("%s; and nothing can take its place: %s"):format(in_short(message), why), its_code
    end
    opened, message, code = database.open(path)
  end
  if not opened then
    return nil, message, code
  end
  local self = setmetatable({
    path = path, database = opened, on_trouble = on_trouble or function() end, damage = damage.read(opened),
  }, Store)
  if copies_folder then keep_copies(self, copies_folder) end
  return self
end

---Makes copies from now on, when they are due. After the sandbox has closed.
function Store:start()
  if self.copies then self.copies:start() end
end

---Makes a copy at once, without those that are under way. For tests, and before what cannot be undone.
---@return btshare.store.Copy? copy
---@return string? message
---@return string? code
function Store:copy()
  return self.copies:make()
end

---The file was found damaged while it was in use: nothing is written any more, and the next start looks through all of
---it.
---@param message string
function Store:note_damage(message)
  if self.failed then return end
  self.failed = "state database: " .. in_short(message):gsub("^state database: ", ""):gsub("^database: ", "")
  local fd = uv.fs_open(database.mark_of(self.path), "w", 384) -- 0600
  if fd then uv.fs_close(fd) end
  self.on_trouble("error", self.failed .. "; BTshare ends, and its next start puts a copy in its place", true)
end

---@param sql string
---@return table[] rows
function Store:query(sql, ...)
  local rows, message = self.database:query(sql, ...)
  if rows then return rows end
  if database.is_damage(message) then self:note_damage(message) end
  error("state database: " .. message, 2)
end

local function checked(self, is_fine, ...)
  if is_fine then return ... end
  local message = ...
  if database.is_damage(message) then self:note_damage(message) end
  error(message, 0)
end

---@param sql string
---@return fun(): ... rows
function Store:rows(sql, ...)
  local next_row, _, _, cursor = checked(self, pcall(self.database.rows, self.database, sql, ...))
  return function() return checked(self, pcall(next_row)) end, nil, nil, cursor
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
  elseif database.is_damage(message) then
    self:note_damage(message)
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

-- Looks once more: whether a copy is due is known only when all is written.
local function copy_last(self)
  if not uv.fs_stat(self.path) then return end
  local opened = sqlite.open(self.path)
  if not opened then return end
  self.database = opened
  if self.copies:is_due() then self.copies:make() end
  opened:close()
end

---Waits for writes under way, closes, and makes a copy where one is due.
function Store:close()
  if self.copies then self.copies:close() end
  self.database:close()
  if self.copies and not self.failed then copy_last(self) end
end

return store
