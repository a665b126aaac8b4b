-- Files that the owner drops on the console: stored in the one folder that config.lua lets BTshare write into
-- (`uploads`), whole or not at all, and never over what is there.
local deposit = require "core.deposit"
local disk = require "btshare.uploads.disk"
local names = require "btshare.uploads.names"
local uv = require "luv"

---@class btshare.Uploads
---@field folder string? absolute; nil where the owner named none, or it is not there
local Uploads = {}
Uploads.__index = Uploads

local uploads = {}

local most_numbers = 999 -- of "film (2).mkv"
local least_room = 256 * 1024 * 1024 -- bytes that stay free

---@param config btshare.config.settings
---@return btshare.Uploads
---@return string? trouble why there is no folder although one was named
function uploads.new(config)
  local self = setmetatable({}, Uploads)
  if not config.uploads then return self end
  local folder = uv.fs_realpath(config.uploads)
  local status = folder and uv.fs_stat(folder)
  if not status or status.type ~= "directory" then
    return self, ("uploads: %s: is not a folder that is there; nothing can be dropped"):format(config.uploads)
  end
  self.folder = folder
  return self
end

local function has_room(self, bytes)
  local free, problem = disk.room(self.folder)
  if not free then return disk.failed(self.folder, problem) end
  if free - bytes < least_room then
    return nil, self.folder .. ": has no room for it", "full"
  end
  return true
end

---Begins a file. Call in a task.
---@param name string as its sender calls it
---@param bytes integer? how large it will be, where that is known
---@return integer? file descriptor, the caller's
---@return string? message
---@return string? code
function Uploads:begin(name, bytes)
  if not self.folder then
    return nil, 'nothing can be dropped here: config.lua names no folder for it (uploads = "~/Public")', "denied"
  end
  local clean, why = names.clean(name)
  if not clean then return nil, why, "invalid" end
  local fine, message, code = has_room(self, bytes or 0)
  if not fine then return nil, message, code end
  local file, problem = disk.wait(function(done) uv.fs_open(self.folder, deposit.flags, 420, done) end) -- 0644
  if not file then return disk.failed(self.folder, problem) end
  return file
end

---Gives a file that is written its name: that of its sender, made fit, or one with a number where that is taken. It is
---on the disk then. Call in a task.
---@param file integer as of `begin`; stays the caller's
---@param name string
---@return {name: string, path: string, size: integer}? stored
---@return string? message
---@return string? code
function Uploads:finish(file, name)
  local clean = names.clean(name)
  local synced, problem = disk.wait(function(done) uv.fs_fsync(file, done) end)
  if not synced then return disk.failed(clean, problem) end
  local size = uv.fs_fstat(file).size
  for number = 1, most_numbers do
    local candidate = number == 1 and clean or names.numbered(clean, number)
    local path = self.folder .. "/" .. candidate
    local published, message, code = deposit.publish(file, path)
    if published then
      disk.sync_folder(self.folder)
      return { name = candidate, path = path, size = size }
    elseif code ~= "exists" then
      return nil, message, code
    end
  end
  return nil, clean .. ": there are too many of that name", "exists"
end

return uploads
