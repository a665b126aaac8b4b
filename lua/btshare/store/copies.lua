-- Copies of the state database, in a folder beside it: one a day, and one soon after what decides who gets at what was
-- changed. The newest of them takes the database's place where that is damaged, see store.recovery.
--
-- Their names say when they were made, in which order (a clock may be set back), and how many such changes they hold:
-- 20261123T082200Z-12-57.db. What has such a name is whole: it is made under another one.
local date = require "btshare.http.date"
local sqlite = require "core.sqlite"
local uv = require "luv"

local look_milliseconds = 30000  -- how often we look whether one is due, and the first time
local gap_milliseconds = 300000  -- between two
local day_seconds = 86400
local kept_days = 7              -- beside the newest
local most_spared = 16 * 2 ^ 20 -- bytes of room that are left to others, or a tenth of a small disk

-- What is not to outlive its end in a copy: who is signed in, and what is kept only as long as it is needed.
local without = "DELETE FROM sessions; UPDATE downloads SET password = NULL WHERE password IS NOT NULL"

---@class btshare.store.Copy
---@field path string
---@field number integer
---@field time integer seconds since 1970
---@field changes integer that it holds, see store.counted

---@class btshare.store.Copies
---@field private folder string
---@field private database string path
---@field private count_changes fun(): integer?
---@field private on_failure fun(message: string, code: string)
---@field private newest btshare.store.Copy?
---@field private next_milliseconds integer loop time before which none is made
---@field private is_copying boolean
---@field private failure string? why the last one was not made
---@field private timer uv_timer_t?
local Copies = {}
Copies.__index = Copies

local copies = {}

local function seconds_of(stamp)
  local parts = { stamp:match("^(%d%d%d%d)(%d%d)(%d%d)T(%d%d)(%d%d)(%d%d)Z$") }
  if not parts[1] then return nil end
  for index, digits in ipairs(parts) do parts[index] = math.tointeger(tonumber(digits)) end
  return date.seconds(table.unpack(parts))
end

local function read_name(folder, name)
  local stamp, number, changes = name:match("^(%d+T%d+Z)%-(%d+)%-(%d+)%.db$")
  local time = stamp and seconds_of(stamp)
  if not time then return nil end
  return {
    path = folder .. "/" .. name, time = time, number = math.tointeger(tonumber(number)),
    changes = math.tointeger(tonumber(changes)),
  }
end

---@param folder string
---@return btshare.store.Copy[] copies newest first
function copies.list(folder)
  local list = {}
  local scan = uv.fs_scandir(folder)
  while scan do
    local name = uv.fs_scandir_next(scan)
    if not name then break end
    list[#list + 1] = read_name(folder, name)
  end
  table.sort(list, function(one, other) return one.number > other.number end)
  return list
end

---Which of the copies are not kept: the newest is, and of those before it the newest of each of seven days.
---@param list btshare.store.Copy[] newest first
---@return btshare.store.Copy[]
function copies.outdated(list)
  local days, count, outdated = {}, 0, {}
  for index = 2, #list do
    local day = list[index].time // day_seconds
    if days[day] or count == kept_days then
      outdated[#outdated + 1] = list[index]
    else
      days[day], count = true, count + 1
    end
  end
  return outdated
end

local function prune(folder)
  for _, copy in ipairs(copies.outdated(copies.list(folder))) do uv.fs_unlink(copy.path) end
end

-- What a copy under way left behind when the program was ended by force.
local function remove_unfinished(folder)
  local scan = uv.fs_scandir(folder)
  while scan do
    local name = uv.fs_scandir_next(scan)
    if not name then break end
    if name:find("%.db%.new") then uv.fs_unlink(folder .. "/" .. name) end
  end
end

---@param database string path of what is copied
---@param folder string made where it is missing
---@param count_changes fun(): integer? of the database as it is now
---@param on_failure fun(message: string, code: string)
---@return btshare.store.Copies
function copies.new(database, folder, count_changes, on_failure)
  uv.fs_mkdir(folder, 448) -- 0700; where it cannot be made, no copy can, which says why
  remove_unfinished(folder)
  return setmetatable({
    database = database, folder = folder, count_changes = count_changes, on_failure = on_failure,
    newest = copies.list(folder)[1], next_milliseconds = 0, is_copying = false,
  }, Copies)
end

---Looks from now on whether a copy is due, and makes it beside everything else.
function Copies:start()
  self.timer = uv.new_timer()
  self.timer:start(look_milliseconds, look_milliseconds, function() self:look() end)
end

local function is_old(copy)
  return math.abs(os.time() - copy.time) >= day_seconds
end

---@return boolean
function Copies:is_due()
  local newest = self.newest
  return not newest or is_old(newest) or newest.changes ~= self.count_changes()
end

-- Where the copy goes, which does not take the room that others need.
local function plan(self)
  local size = (uv.fs_stat(self.database) or { size = 0 }).size
  local disk = uv.fs_statfs(self.folder)
  local spared = disk and math.min(most_spared, disk.blocks * disk.bsize / 10)
  if disk and disk.bavail * disk.bsize < size + spared then
    return nil, self.folder .. ": no room for a copy of the state database", "full"
  end
  local number, time, changes = (self.newest and self.newest.number or 0) + 1, os.time(), self.count_changes()
  local name = ("%s-%d-%d.db"):format(os.date("!%Y%m%dT%H%M%SZ", time), number, changes or 0)
  return { path = self.folder .. "/" .. name, number = number, time = time, changes = changes or 0 }
end

-- Says once why there is none, until there is one again.
local function fail(self, message, code)
  if self.failure ~= message then self.on_failure(message, code) end
  self.failure = message
  return nil, message, code
end

local function finish(self, copy, done, message, code)
  if not done then return fail(self, message, code) end
  self.failure = nil
  if copy.number > (self.newest and self.newest.number or 0) then self.newest = copy end
  prune(self.folder)
  return copy
end

---Makes a copy where one is due and the last is not of just now. Returns at once.
function Copies:look()
  if self.is_copying or uv.now() < self.next_milliseconds or not self:is_due() then return end
  self.next_milliseconds = uv.now() + gap_milliseconds
  local copy, message, code = plan(self)
  if not copy then return fail(self, message, code) end
  self.is_copying = true
  sqlite.copy(self.database, copy.path, without, function(...)
    self.is_copying = false
    finish(self, copy, ...)
  end)
end

---Makes a copy at once.
---@return btshare.store.Copy? copy
---@return string? message
---@return string? code
function Copies:make()
  local copy, message, code = plan(self)
  if not copy then return fail(self, message, code) end
  if self.is_copying then -- another one gets the number before
    copy.number = copy.number + 1
    copy.path = copy.path:gsub("%-%d+(%-%d+%.db)$", "-" .. copy.number .. "%1")
  end
  return finish(self, copy, sqlite.copy(self.database, copy.path, without))
end

---Ends looking. Idempotent.
function Copies:close()
  if self.timer then self.timer:close() end
  self.timer = nil
end

return copies
