-- The files of drop boxes: they wait under a name that nobody chose, for nobody else to read, and get their own when
-- the owner accepts them.
local disk = require "btshare.uploads.disk"
local names = require "btshare.uploads.names"
local task = require "btshare.task"
local uv = require "luv"

---@class btshare.boxes.Staging
---@field folder string the inbox, absolute
---@field private waiting string folder of what was not accepted yet; a name with a dot is never shared
local Staging = {}
Staging.__index = Staging

local staging = {}

local flags = uv.constants
local own_file, own_folder = 384, 448 -- 0600, 0700
local most_numbers = 999              -- of "film (2).mkv"

---@param folder string absolute; made when it is needed, where it is not there
---@return btshare.boxes.Staging
function staging.new(folder)
  return setmetatable({ folder = folder, waiting = folder .. "/.waiting" }, Staging)
end

---@param box string id
---@param upload string id
---@return string path
function Staging:path(box, upload)
  return ("%s/%s/%s"):format(self.waiting, box, upload)
end

-- A new folder is on the disk when the one that it is in is.
local function make_folder(path)
  local made, problem = disk.wait(function(done) uv.fs_mkdir(path, own_folder, done) end)
  if made then return disk.sync_folder(path:match("^(.*)/")) end
  return problem and problem:find("^EEXIST") and true or nil, problem
end

---Makes the file of an upload, empty; it is on the disk then. Call in a task.
---@param box string
---@param upload string
---@return true|nil made
---@return string? message
---@return string? code
function Staging:create(box, upload)
  local folder = self.waiting .. "/" .. box
  local made, problem = make_folder(self.folder)
  if made then made, problem = make_folder(self.waiting) end
  if made then made, problem = make_folder(folder) end
  if not made then return disk.failed(folder, problem) end
  local path = self:path(box, upload)
  local file
  file, problem = disk.wait(function(done)
    uv.fs_open(path, flags.O_WRONLY | flags.O_CREAT | flags.O_EXCL, own_file, done)
  end)
  if not file then return disk.failed(path, problem) end
  uv.fs_close(file)
  made, problem = disk.sync_folder(folder)
  if not made then return disk.failed(folder, problem) end
  return true
end

---Opens the file of an upload, to write behind what is there. Call in a task.
---@param box string
---@param upload string
---@return integer? file descriptor, the caller's
---@return string? message
---@return string? code
function Staging:open(box, upload)
  local path = self:path(box, upload)
  local file, problem = disk.wait(function(done)
    uv.fs_open(path, flags.O_WRONLY | flags.O_APPEND, 0, done)
  end)
  if not file then return disk.failed(path, problem) end
  return file
end

---@param file integer
---@return true|nil done
---@return string? message
---@return string? code
function Staging:sync(file)
  local done, problem = disk.wait(function(resume) uv.fs_fsync(file, resume) end)
  if not done then return disk.failed(self.folder, problem) end
  return true
end

---@param box string
---@param upload string
---@return {size: integer, mtime: {sec: integer}, nlink: integer, ino: integer}? status nil where there is no such file
function Staging:look(box, upload)
  local path = self:path(box, upload)
  return (disk.wait(function(done) uv.fs_stat(path, done) end))
end

local function shorten(file, most)
  local status, problem = disk.wait(function(done) uv.fs_fstat(file, done) end)
  if not status then return nil, problem end
  if status.size <= most then return true end
  return disk.wait(function(done) uv.fs_ftruncate(file, most, done) end)
end

---Puts what was written of an upload on the disk, when nobody has it open any more. Call in a task.
---@param box string
---@param upload string
---@param most integer? bytes: what is behind them goes
---@return true|nil done
---@return string? message
---@return string? code
function Staging:settle(box, upload, most)
  local file, message, code = self:open(box, upload)
  if not file then return nil, message, code end
  local _ <close> = task.on_close(function() uv.fs_close(file) end)
  local done, problem = true, nil
  if most then done, problem = shorten(file, most) end
  if not done then return disk.failed(self:path(box, upload), problem) end
  return self:sync(file)
end

---A name in the inbox that nothing has.
---@param name string clean
---@return string? free
function Staging:free_name(name)
  for number = 1, most_numbers do
    local candidate = number == 1 and name or names.numbered(name, number)
    local path = self.folder .. "/" .. candidate
    local found = disk.wait(function(done) uv.fs_lstat(path, done) end)
    if not found then return candidate end
  end
end

---Gives a file a name in the inbox beside the one that it waits under; nothing is ever replaced. It is on the disk
---then.
---@param box string
---@param upload string
---@param name string
---@return string? path
---@return string? message
---@return string? code "exists" where the name is taken by now
function Staging:publish(box, upload, name)
  local path = self.folder .. "/" .. name
  local done, problem = disk.wait(function(resume) uv.fs_link(self:path(box, upload), path, resume) end)
  if done then done, problem = disk.sync_folder(self.folder) end
  if not done then return disk.failed(path, problem) end
  return path
end

---Whether a name in the inbox is the same file as the one that waits.
---@param box string
---@param upload string
---@param name string
---@return boolean
function Staging:is_published(box, upload, name)
  local path = self.folder .. "/" .. name
  local own, other = self:look(box, upload), disk.wait(function(done) uv.fs_lstat(path, done) end)
  return own ~= nil and other ~= nil and own.ino == other.ino and own.dev == other.dev
end

---Deletes what waits of an upload; nothing there is fine.
---@param box string
---@param upload string
---@return true|nil done
---@return string? message
---@return string? code
function Staging:remove(box, upload)
  local path = self:path(box, upload)
  local done, problem = disk.wait(function(resume) uv.fs_unlink(path, resume) end)
  if done or problem and problem:find("^ENOENT") then return true end
  return disk.failed(path, problem)
end

---Deletes the folder of a box that holds nothing any more.
---@param box string
function Staging:remove_box(box)
  disk.wait(function(done) uv.fs_rmdir(self.waiting .. "/" .. box, done) end)
end

local function entries(folder)
  local list = disk.wait(function(done) uv.fs_scandir(folder, done) end)
  return function() return list and uv.fs_scandir_next(list) end
end

---Deletes what waits of uploads that are not known: their beginning was cut short. Call in a task.
---@param is_known fun(box: string, upload: string): boolean
function Staging:sweep(is_known)
  for box in entries(self.waiting) do
    for upload in entries(self.waiting .. "/" .. box) do
      if not is_known(box, upload) then self:remove(box, upload) end
    end
    self:remove_box(box)
  end
end

---@return integer? free bytes
---@return integer|string size of the file system, or what the problem is
function Staging:room()
  local made, problem = make_folder(self.folder)
  if not made then return nil, problem end
  return disk.room(self.folder)
end

return staging
