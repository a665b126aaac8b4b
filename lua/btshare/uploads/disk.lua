-- What storing the files of others asks of the disk, each call waiting in its task and never on the loop.
local task = require "btshare.task"
local uv = require "luv"

local disk = {}

---Calls `begin(done)` of luv's file functions, and waits.
---@param begin fun(done: fun(problem: string?, result: any))
---@return any result nil where it failed
---@return string? problem
function disk.wait(begin)
  return task.await(function(resume)
    begin(function(problem, result) resume(result, problem) end)
  end)
end

local codes = {
  ENOSPC = "full", EDQUOT = "full", EACCES = "denied", EPERM = "denied", EROFS = "denied", EEXIST = "exists",
  ENOENT = "missing",
}

---What is said of a failure of luv.
---@param what string
---@param problem string?
---@return nil
---@return string message
---@return string code
function disk.failed(what, problem)
  local word, words = tostring(problem):match("^(%u+): ([^:]*)")
  return nil, ("%s: %s"):format(what, words or problem), codes[word] or "failed"
end

---Has what a folder lists survive a power cut.
---@param folder string
---@return true|nil done
---@return string? problem
function disk.sync_folder(folder)
  local opened, problem = disk.wait(function(done) uv.fs_open(folder, uv.constants.O_RDONLY, 0, done) end)
  if not opened then return nil, problem end
  local _ <close> = task.on_close(function() uv.fs_close(opened) end)
  return disk.wait(function(done) uv.fs_fsync(opened, done) end)
end

---@param folder string
---@return integer? free bytes
---@return integer|string size of the file system, or what the problem is
function disk.room(folder)
  local found, problem = disk.wait(function(done) uv.fs_statfs(folder, done) end)
  if not found then return nil, problem end
  return found.bavail * found.bsize, found.blocks * found.bsize
end

return disk
