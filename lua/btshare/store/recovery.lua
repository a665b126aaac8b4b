-- What takes the place of a damaged state database: its newest good copy, or, where there is none, an empty one.
--
-- The damaged one is set aside, never deleted: its owner may want to look. Whatever takes its place is made whole under
-- another name first and knows of the damage, so that an end by force leaves either the one or the other, but never an
-- empty database that shares everything with everybody.
local copies = require "btshare.store.copies"
local damage = require "btshare.store.damage"
local database = require "btshare.store.database"
local uv = require "luv"

local recovery = {}

local code_of = { ENOSPC = "full", EDQUOT = "full", EACCES = "denied", EPERM = "denied", EROFS = "denied" }

local function fail(message)
  message = tostring(message)
  return nil, (message:gsub("^%u+: ", "")), code_of[message:match("^%u+")] or "failed"
end

local function remove(path)
  for _, ending in ipairs { "", "-wal", "-shm", "-journal" } do uv.fs_unlink(path .. ending) end
end

-- Looks through what shall take the place, and notes in it why it does.
local function prepare(path, known)
  local opened, message, code = database.open(path)
  if not opened then return nil, message, code end
  local done
  done, message, code = damage.write(opened, known)
  opened:close()
  return done and true, message, code
end

local function put_copy(path, copy, known)
  remove(path)
  local done, message = uv.fs_copyfile(copy.path, path)
  if not done then return fail(message) end
  uv.fs_chmod(path, 384) -- 0600
  known.copy = copy.time
  return prepare(path, known)
end

-- Makes at `path` what shall take the place. A copy that is damaged itself is passed over; anything else that goes
-- wrong ends it, for an older copy, or none, is not to be taken because the disk is full.
local function make(path, folder, known)
  for _, copy in ipairs(folder and copies.list(folder) or {}) do
    local done, message, code = put_copy(path, copy, known)
    if done or code ~= "invalid" then return done, message, code end
    uv.fs_rename(copy.path, copy.path .. ".damaged")
  end
  remove(path)
  known.copy = nil
  return prepare(path, known)
end

-- A name that nothing has yet.
local function free_name(path)
  local name = path .. ".corrupt-" .. os.date("!%Y%m%dT%H%M%SZ")
  local free, number = name, 1
  while uv.fs_lstat(free) do
    number = number + 1
    free = ("%s-%d"):format(name, number)
  end
  return free
end

-- Gives a second name to the damaged database, whose own goes to its successor next.
local function set_aside(path, aside)
  if not uv.fs_stat(path) then return true end
  local kept, message = uv.fs_link(path, aside)
  if not kept then kept, message = uv.fs_copyfile(path, aside) end -- a file system without links
  if not kept then return fail(message) end
  local log = uv.fs_stat(path .. "-wal")
  if log and log.size > 0 then uv.fs_rename(path .. "-wal", aside .. "-wal") end
  uv.fs_unlink(path .. "-wal")
  uv.fs_unlink(path .. "-shm")
  return true
end

local function sync_folder(path)
  local fd = uv.fs_open(path:match("^(.*)/") or ".", "r", 0)
  if not fd then return end
  uv.fs_fsync(fd)
  uv.fs_close(fd)
end

---Sets a damaged database aside and puts its successor there.
---@param path string
---@param folder string? of its copies
---@param reason string what is wrong with it
---@return true|nil done
---@return string? message
---@return string? code
function recovery.replace(path, folder, reason)
  local fresh, aside = path .. ".new", free_name(path)
  local known = { found = os.time(), reason = reason, aside = uv.fs_stat(path) and aside or nil }
  local done, message, code = make(fresh, folder, known)
  if done then done, message, code = set_aside(path, aside) end
  if not done then
    remove(fresh)
    return nil, message, code
  end
  local moved
  moved, message = uv.fs_rename(fresh, path)
  if not moved then return fail(message) end
  uv.fs_unlink(database.mark_of(path))
  sync_folder(path)
  return true
end

return recovery
