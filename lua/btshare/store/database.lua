-- Opening the state database: only one that is whole, and brought to the newest version.
local schema = require "btshare.store.schema"
local sqlite = require "core.sqlite"
local uv = require "luv"

local database = {}

-- What SQLite cannot know: values that decide who gets at what, and are none of those that there can be.
local senseless = [[
SELECT 1 FROM shares WHERE exposure NOT IN ('link', 'private', 'public', 'http') OR stopped NOT IN (0, 1)
  OR paused NOT IN (0, 1, 2) OR expired NOT IN (0, 1) OR own_exposure NOT IN (0, 1)
  OR typeof(expires) IN ('text', 'blob') OR ifnull(listed, 0) NOT IN (0, 1)
UNION ALL SELECT 1 FROM links WHERE typeof(generation) <> 'integer' OR typeof(revoked) IN ('text', 'blob')
  OR typeof(expires) IN ('text', 'blob') OR typeof(most_downloads) IN ('text', 'blob') LIMIT 1]]

---The file that says that a database was found damaged while it was in use.
---@param path string
---@return string
function database.mark_of(path)
  return path .. ".suspect"
end

-- A look through all of it takes longer than a start may; where something was found already, it may.
local function health_of(opened, is_suspect)
  if not is_suspect then return opened:check() end
  local rows, message = opened:query "PRAGMA integrity_check(1)"
  return rows and rows[1].integrity_check or message
end

-- Brings a database to the newest version, each migration in a transaction of its own.
local function migrate(opened)
  local rows, message, code = opened:query("PRAGMA user_version")
  if not rows then
    return nil, message, code
  end
  local version = rows[1].user_version
  if version > #schema.migrations then
    return nil, "state database: written by a newer btshare (version " .. version .. ")", "newer"
  end
  for number = version + 1, #schema.migrations do
    local sql = "BEGIN IMMEDIATE;" .. schema.migrations[number] ..
      ";PRAGMA user_version = " .. number .. ";COMMIT"
    local done
    done, message, code = opened:exec(sql)
    if not done then
      opened:exec("ROLLBACK")
      return nil, "state database: migration " .. number .. ": " .. message, code
    end
  end
  return true
end

local function check(opened, path, is_suspect)
  local health = health_of(opened, is_suspect) -- on the loop: nothing else runs yet that it could hold up
  if health ~= "ok" then return nil, path .. ": " .. health, "invalid" end
  local migrated, message, code = migrate(opened)
  if not migrated then return nil, message, database.is_damage(message) and "invalid" or code end
  local rows
  rows, message, code = opened:query(senseless)
  if not rows then return nil, message, database.is_damage(message) and "invalid" or code end
  if rows[1] then return nil, path .. ": holds values that make no sense", "invalid" end
  return true
end

---Whether a message of SQLite says that the file is damaged.
---@param message string?
---@return boolean
function database.is_damage(message)
  return message ~= nil and (message:find("malformed", 1, true) or message:find("not a database", 1, true)) ~= nil
end

---@param path string
---@return core.sqlite.Database? opened
---@return string? message
---@return string? code "invalid": it is damaged; "newer": a newer btshare wrote it
function database.open(path)
  local opened, message, code = sqlite.open(path)
  if not opened then return nil, message, code end
  local mark = database.mark_of(path)
  local is_suspect = uv.fs_stat(mark) ~= nil
  local is_whole
  is_whole, message, code = check(opened, path, is_suspect)
  if is_whole then
    if is_suspect then uv.fs_unlink(mark) end
    return opened
  end
  opened:close()
  return nil, message, code
end

return database
