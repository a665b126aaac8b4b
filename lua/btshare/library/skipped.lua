-- What is not shared, and why: told as it is found, and to whoever asked for it.
local uv = require "luv"

local skipped = {}

---Tells what of an entry cannot be shared, once for each path and reason.
---@param events btshare.events
---@param root btshare.Root
---@param entry core.tree.Entry
function skipped.report(events, root, entry)
  local list = entry.skipped or {}
  if entry.kind == "skipped" then
    list = { { path = entry.name, reason = entry.reason } }
  end
  local before, now = root.skipped[entry.name], nil
  for _ in pairs(before or {}) do root.skipped_count = root.skipped_count - 1 end
  for _, item in ipairs(list) do
    now = now or {}
    now[item.path] = item.reason
    if not before or before[item.path] ~= item.reason then
      events:tell("entry-skipped", {
        root = root.path, path = item.path, reason = item.reason,
      })
    end
  end
  for _ in pairs(now or {}) do root.skipped_count = root.skipped_count + 1 end
  root.skipped[entry.name] = now
end

---Why an entry that somebody asked for cannot be shared.
---@param root btshare.Root
---@param entry core.tree.Entry absent or skipped
---@return string message
---@return string code
function skipped.why(root, entry)
  if entry.reason then
    return entry.name .. ": " .. entry.reason, "invalid"
  elseif uv.fs_lstat(root.path .. "/" .. entry.name) then
    return entry.name .. ": is left alone: a hidden, temporary or ignored name", "invalid"
  end
  return entry.name .. ": not there", "missing"
end

return skipped
