-- Which folders may be shared beside one another, and beside our own state.
local mounts = require "btshare.library.mounts"
local uv = require "luv"

local places = {}

places.return_seconds = 5 -- between looks for a folder that is not there

-- File systems whose files are the kernel's own words: their size is unknown before they are read, and reading them
-- may act. By f_type of statfs(2), as linux/magic.h and the kernel's source have them.
local pseudo_filesystems = {
  [0x9fa0] = "proc", [0x62656572] = "sysfs", [0x27e0eb] = "cgroup", [0x63677270] = "cgroup2",
  [0x64626720] = "debugfs", [0x74726163] = "tracefs", [0x73636673] = "securityfs", [0x1cd1] = "devpts",
  [0x62656570] = "configfs", [0x6165676c] = "pstore", [0xde5e81e4] = "efivarfs", [0xcafe4a11] = "bpf",
  [0xf97cff8c] = "selinuxfs", [0x43415d53] = "smackfs", [0x42494e4d] = "binfmt_misc", [0x6e736673] = "nsfs",
  [0x65735543] = "fusectl", [0x19800202] = "mqueue", [0x7655821] = "resctrl", [0x9fa1] = "openpromfs",
}

-- devtmpfs says that it is a tmpfs, which may well be shared: it is known by its place.
local function pseudo_filesystem(path)
  if path == "/dev" then return "devtmpfs" end
  local status = uv.fs_statfs(path)
  return status and pseudo_filesystems[status.type & 0xffffffff]
end

---@param outer string
---@param inner string
---@return boolean
local function is_inside(outer, inner)
  return inner ~= outer and inner:sub(1, #outer + 1) == (outer == "/" and "/" or outer .. "/")
end

local most_links = 40 -- as the kernel has it

---What a path means, without symbolic links, "." and "..": also where its last parts are not there yet, or are links
---to what is not.
---@param path string absolute
---@param links integer? followed so far
---@return string
local function real(path, links)
  links = links or 0
  local found = uv.fs_realpath(path)
  if found then return found end
  local parent, name = path:gsub("/+$", ""):match("^(.*)/([^/]*)$")
  if not parent then return "/" end
  parent = real(parent == "" and "/" or parent, links)
  if name == "." or name == "" then return parent end
  if name == ".." then return parent:match("^(.+)/[^/]+$") or "/" end
  local whole = (parent == "/" and "" or parent) .. "/" .. name
  local target = links < most_links and uv.fs_readlink(whole)
  if not target then return whole end
  return real(target:sub(1, 1) == "/" and target or parent .. "/" .. target, links + 1)
end
places.real = real

---What is said of a folder that config.lua shares and that is not there, maybe a disk that is not plugged in.
---@param path string
---@return string
function places.say_awaited(path)
  return ("share: %s: no such folder; looking for it every %d s"):format(path, places.return_seconds)
end

-- Nothing of ours is made in what is shared, nor is it shared itself.
local function check_own(path, folder, holding, part)
  local resolved, list = real(folder), mounts.read()
  if mounts.reaches(list, path, resolved) then return nil, holding:format(path, folder), "invalid" end
  if mounts.reaches(list, resolved, path) then return nil, part:format(path), "invalid" end
  return true
end

---Whether a file or folder may be shared as far as it itself goes.
---@param path string absolute, resolved
---@param own {state: string, cache: string?} our own folders, which need not exist yet
---@return true|nil possible
---@return string? message
---@return string? code
function places.check(path, own)
  if path == "/" then
    return nil, "/: would share the whole system; name a folder of yours", "invalid"
  end
  local pseudo = pseudo_filesystem(path)
  if pseudo then
    return nil, ("%s: is the kernel's own (%s), not files to share; name a folder of yours"):format(path, pseudo),
      "invalid"
  end
  local possible, message, code = check_own(path, own.state, "%s: holds BTshare's own state, %s; share another folder",
    "%s: is part of BTshare's own state")
  if possible and own.cache then
    possible, message, code = check_own(path, own.cache, "%s: holds BTshare's own cache, %s; share another folder",
      "%s: is part of BTshare's own cache")
  end
  return possible, message, code
end

---Whether a folder, or one entry of it, may be shared beside what is shared already.
---@param path string absolute, resolved
---@param only string? the single entry
---@param roots btshare.Root[]
---@return true|nil possible
---@return string? message
---@return string? code
function places.check_beside(path, only, roots)
  for _, root in ipairs(roots) do
    if root.path == path and root.only == only then
      return nil, path .. ": shared already", "exists"
    elseif not only and not root.only and (is_inside(root.path, path) or is_inside(path, root.path)) then
      local outer, inner = root.path, path
      if is_inside(path, root.path) then
        outer, inner = path, root.path
      end
      return nil, inner .. ": is inside " .. outer .. ", which is shared already", "invalid"
    end
  end
  return true
end

return places
