-- When an entry counts as complete: nothing in it has moved for a while, and nobody writes to it.
--
-- The clock of the file system decides: the age of the newest mtime or ctime in the entry. 2 s suffice
-- where a read lease proves that no process has a file open for writing, 5 s where no lease can be had,
-- 60 s on network file systems, whose clocks and caches are others'. A file that was still for so long
-- before we saw it is complete at once. Times in the future count from when we first saw them.
local uv = require "luv"

local settle = {}

local seconds_needed = { none = 2, unknown = 5, network = 60 }
local writer_patience = 2 -- seconds until we look again at a file that is open for writing

---@param seen table<string, {newest: integer, since: number}> what was in the future when last looked at
---@param entry core.tree.Entry
---@param is_network boolean
---@return number? wait seconds after which to look again; nil when the entry is complete
function settle.wait(seen, entry, is_network)
  if entry.writers == "some" then
    return writer_patience
  end
  local seconds, microseconds = uv.gettimeofday()
  local now = seconds * 1000000000 + microseconds * 1000
  local age = (now - entry.newest) / 1e9
  if age < -1 then
    local before = seen[entry.name]
    if not before or before.newest ~= entry.newest then
      before = { newest = entry.newest, since = uv.hrtime() }
      seen[entry.name] = before
    end
    age = (uv.hrtime() - before.since) / 1e9
  end
  local needed = is_network and seconds_needed.network or seconds_needed[entry.writers]
  if age >= needed then
    seen[entry.name] = nil
    return nil
  end
  return needed - age + 0.05
end

return settle
