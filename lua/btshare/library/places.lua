-- Which folders may be shared beside one another, and beside our own state.
local uv = require "luv"

local places = {}

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
