-- What specs share: running the loop until something has happened, folders that go away again.
local uv = require "luv"

local helper = {}

---Runs the loop until `done()` is true; raises after `seconds` (default 10) of waiting.
---@param done fun(): any
---@param seconds number?
---@param what string? what was waited for
function helper.wait_for(done, seconds, what)
  local deadline = uv.hrtime() + (seconds or 10) * 1e9
  local ticker = uv.new_timer()
  ticker:start(5, 5, function() end) -- so that run("once") comes back
  local result = done()
  while not result and uv.hrtime() < deadline do
    uv.run("once")
    result = done()
  end
  ticker:close()
  uv.run("nowait")
  if not result then
    error("timed out waiting for " .. (what or "the condition"), 2)
  end
  return result
end

---Makes an empty folder below the system's temporary folder.
---@return string path
function helper.folder()
  return assert(uv.fs_mkdtemp((os.getenv("TMPDIR") or "/tmp") .. "/btshare-spec-XXXXXX"))
end

---Removes a folder made by `folder` with all that is in it.
---@param path string
function helper.remove(path)
  local entries = uv.fs_scandir(path)
  while entries do
    local name, kind = uv.fs_scandir_next(entries)
    if not name then break end
    local child = path .. "/" .. name
    if kind == "directory" then
      helper.remove(child)
    else
      uv.fs_unlink(child)
    end
  end
  uv.fs_rmdir(path)
end

---Writes a file of the spec's own. Never through a symbolic link: specs make links that lead out, and run as root.
---@param path string
---@param content string
function helper.write(path, content)
  local status = uv.fs_lstat(path)
  assert(not status or status.type ~= "link", path .. ": is a symbolic link, which a spec must not write through")
  local file = assert(io.open(path, "wb"))
  file:write(content)
  file:close()
end

---@param path string
---@return string content
function helper.read(path)
  local file = assert(io.open(path, "rb"))
  local content = file:read("a")
  file:close()
  return content
end

return helper
