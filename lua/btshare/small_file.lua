-- Reads small files that the owner wrote, in one go: only for what is read at start and at a reload.
local uv = require "luv"

local small_file = {}

local most = 1024 * 1024

---@param path string
---@return string|nil content
---@return string? message
---@return string? code
function small_file.read(path)
  local function failed(problem)
    local code = tostring(problem):match("^%u+")
    return nil, ("%s: cannot be read (%s)"):format(path, tostring(problem):match("^%u+: ([^:]*)") or problem),
      (code == "ENOENT" or code == "ENOTDIR") and "missing" or code == "EACCES" and "denied" or "failed"
  end
  -- Not blocking, so that a pipe by that name cannot hold the program up.
  local fd, problem = uv.fs_open(path, uv.constants.O_RDONLY | uv.constants.O_NONBLOCK, 0)
  if not fd then return failed(problem) end
  local status = uv.fs_fstat(fd)
  local content
  if not status or status.type ~= "file" then
    problem = "it is not a file"
  elseif status.size > most then
    problem = "it is larger than 1 MiB"
  else
    content, problem = uv.fs_read(fd, most, 0)
  end
  uv.fs_close(fd)
  if not content then return failed(problem) end
  return content
end

return small_file
