-- What specs share: running the loop until something has happened, folders that go away again.
local uv = require "luv"

local helper = {}

-- How many times as long as on a machine at rest things may take. It costs nothing where all is well.
local patience = 4

---Runs the loop until `done()` is true, for `seconds` at most.
---@param done fun(): any
---@param seconds number
---@return any result of `done`, false or nil where time has run out
function helper.within(done, seconds)
  local deadline = uv.hrtime() + seconds * 1e9
  local ticker = uv.new_timer()
  ticker:start(5, 5, function() end) -- so that run("once") comes back
  local result = done()
  while not result and uv.hrtime() < deadline do
    uv.run("once")
    result = done()
  end
  ticker:close()
  uv.run("nowait")
  return result
end

---Runs the loop until `done()` is true; raises where that takes far longer than `seconds` (default 10),
---which is what it may take on a machine at rest.
---@param done fun(): any
---@param seconds number?
---@param what string? what was waited for
function helper.wait_for(done, seconds, what)
  return helper.within(done, (seconds or 10) * patience)
    or error("timed out waiting for " .. (what or "the condition"), 2)
end

---Begins to watch how long turns of the loop last. What the machine does meanwhile for others is not counted: of each
---turn the shorter of its time and the processor's.
---@return fun(): number stop ends that; milliseconds of the longest one
function helper.watch_turns()
  local longest, ticker = 0, uv.new_timer()
  local time, processor = uv.hrtime(), os.clock()
  ticker:start(1, 1, function()
    local now, used = uv.hrtime(), os.clock()
    longest = math.max(longest, math.min((now - time) / 1e6, (used - processor) * 1e3))
    time, processor = now, used
  end)
  return function()
    ticker:close()
    return longest
  end
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

---Whether the sanitizers look on, which makes everything slower.
helper.is_sanitized = helper.read "/proc/self/maps":find "san%.so" ~= nil

return helper
