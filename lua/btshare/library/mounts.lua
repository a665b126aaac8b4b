-- Which folders are the same for the disk though their paths are apart: bind mounts, and one disk mounted twice.
--
-- A path is compared by the file system that it is on and by its place in that (proc_pid_mountinfo(5)), together with
-- what is mounted beneath it.
local uv = require "luv"

local mounts = {}

---@class btshare.library.Mount
---@field device string "8:1"
---@field root string what of its file system is mounted
---@field at string where

local function unescape(field)
  return (field:gsub("\\(%d%d%d)", function(digits) return string.char(tonumber(digits, 8)) end))
end

---@param text string as in /proc/self/mountinfo
---@return btshare.library.Mount[] mounts in the order in which they were made
function mounts.parse(text)
  local list = {}
  for device, root, at in text:gmatch("%d+ %d+ (%d+:%d+) (%S+) (%S+) [^\n]*") do
    list[#list + 1] = { device = device, root = unescape(root), at = unescape(at) }
  end
  return list
end

local read_at, read -- in one turn of the loop many folders are compared

---@return btshare.library.Mount[] mounts of this process; none where the system does not tell
function mounts.read()
  if read_at == uv.now() then return read end
  local file = io.open("/proc/self/mountinfo")
  read_at, read = uv.now(), mounts.parse(file and file:read "a" or "")
  if file then file:close() end
  return read
end

local function holds(outer, inner)
  return outer == "/" or inner == outer or inner:sub(1, #outer + 1) == outer .. "/"
end
mounts.holds = holds

local function join(root, rest)
  local joined = (root == "/" and "" or root) .. rest
  return joined == "" and "/" or joined
end

-- The mount that a path is on: of those at the deepest point the last, which hides the others.
local function place_of(list, path)
  local on
  for _, mount in ipairs(list) do
    if holds(mount.at, path) and (not on or #mount.at >= #on.at) then on = mount end
  end
  return on and { device = on.device, path = join(on.root, path:sub(on.at == "/" and 1 or #on.at + 1)) }
end

---Whether what is at `inner` is also reached beneath `outer`.
---@param list btshare.library.Mount[]
---@param outer string absolute, resolved
---@param inner string absolute, resolved
---@return boolean
function mounts.reaches(list, outer, inner)
  if holds(outer, inner) then return true end
  local wanted = place_of(list, inner)
  if not wanted then return false end
  local function leads(place)
    return place ~= nil and place.device == wanted.device and holds(place.path, wanted.path)
  end
  if leads(place_of(list, outer)) then return true end
  for _, mount in ipairs(list) do
    if holds(outer, mount.at) and leads { device = mount.device, path = mount.root } then return true end
  end
  return false
end

return mounts
