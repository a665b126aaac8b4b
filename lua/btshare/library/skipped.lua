-- What is not shared, and why: told as it is found, and to whoever asked for it.
local uv = require "luv"

local skipped = {}

-- All of an entry that is not shared: what the tree left out of it, and the whole of it where it was refused.
local function list_of(root, entry)
  if entry.kind == "skipped" or entry.kind == "absent" then root.refused[entry.name] = nil end
  if entry.kind == "skipped" then return { { path = entry.name, reason = entry.reason } } end
  local refused, list = root.refused[entry.name], entry.skipped or {}
  if not refused then return list end
  return table.move(list, 1, #list, 2, { { path = entry.name, reason = refused } })
end

---Tells what of an entry cannot be shared, once for each path and reason.
---@param events btshare.events
---@param root btshare.Root
---@param entry core.tree.Entry
function skipped.report(events, root, entry)
  local list = list_of(root, entry)
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

---Tells that a complete entry was refused, by a plugin or the disk, until `accept`.
---@param events btshare.events
---@param root btshare.Root
---@param entry core.tree.Entry
---@param message string it may begin with the name, which is told beside it
function skipped.refuse(events, root, entry, message)
  local name = entry.name .. ": "
  root.refused[entry.name] = message:sub(1, #name) == name and message:sub(#name + 1) or message
  skipped.report(events, root, entry)
end

---An entry is shared after all.
---@param events btshare.events
---@param root btshare.Root
---@param entry core.tree.Entry
function skipped.accept(events, root, entry)
  if root.refused[entry.name] then
    root.refused[entry.name] = nil
    skipped.report(events, root, entry)
  end
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
