-- Which folders may be shared beside one another, and beside our own state.
local uv = require "luv"

local places = {}

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

-- Without symbolic links, also where its last parts do not exist yet.
local function real(path)
  local rest = ""
  while path ~= "" do
    local found = uv.fs_realpath(path)
    if found then
      return (found == "/" and "" or found) .. rest
    end
    local parent, name = path:match("^(.*)(/[^/]*)$")
    path, rest = parent, name .. rest
  end
  return rest
end
places.real = real

---Whether a file or folder may be shared as far as it itself goes. State below a dot-folder is fine: those are left
---alone.
---@param path string absolute, resolved
---@param state string our own folder, which need not exist yet
---@return true|nil possible
---@return string? message
---@return string? code
function places.check(path, state)
  if path == "/" then
    return nil, "/: would share the whole system; name a folder of yours", "invalid"
  end
  local pseudo = pseudo_filesystem(path)
  if pseudo then
    return nil, ("%s: is the kernel's own (%s), not files to share; name a folder of yours"):format(path, pseudo),
      "invalid"
  end
  local resolved = real(state)
  local holds_it = is_inside(path, resolved) and not resolved:sub(#path + 1):find("/%.")
  if resolved == path or holds_it then
    return nil, path .. ": holds BTshare's own state, " .. state .. "; share another folder", "invalid"
  elseif is_inside(resolved, path) then
    return nil, path .. ": is part of BTshare's own state", "invalid"
  end
  return true
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
