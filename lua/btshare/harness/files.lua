-- Files of a plugin's tests, in a folder that goes away with the test.
local uv = require "luv"

local files = {}

---@param outside btshare.harness.Outside
---@return string folder made when it is first asked for
function files.folder(outside)
  if not outside.folder then
    outside.folder = assert(uv.fs_mkdtemp((os.getenv "TMPDIR" or "/tmp") .. "/btshare-test-XXXXXX"))
  end
  return outside.folder
end

---@param outside btshare.harness.Outside
---@param path string relative, without ".."
---@param content string
---@return string path absolute
function files.write(outside, path, content)
  if path:sub(1, 1) == "/" or ("/" .. path .. "/"):find("/../", 1, true) then
    error(("fake:file: '%s' is not in the folder"):format(path), 3)
  end
  local folder = files.folder(outside)
  for parent in path:gmatch("()/") do uv.fs_mkdir(folder .. "/" .. path:sub(1, parent - 1), 448) end
  local file = assert(io.open(folder .. "/" .. path, "wb"))
  file:write(content)
  file:close()
  return folder .. "/" .. path
end

local function remove(path)
  local entries = uv.fs_scandir(path)
  while entries do
    local name, kind = uv.fs_scandir_next(entries)
    if not name then break end
    if kind == "directory" then remove(path .. "/" .. name) else uv.fs_unlink(path .. "/" .. name) end
  end
  uv.fs_rmdir(path)
end

---@param outside btshare.harness.Outside
function files.remove(outside)
  if outside.folder then remove(outside.folder) end
  outside.folder = nil
end

return files
