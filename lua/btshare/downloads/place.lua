-- Where downloads may be saved: a folder that is no part of what is shared (law 1).
local uv = require "luv"

local place = {}

local function holds(outer, inner)
  return outer == "/" or inner == outer or inner:sub(1, #outer + 1) == outer .. "/"
end
place.holds = holds

---Whether a folder is apart from all that is shared whole. A single shared file in it is no hindrance: what is there
---already is never written.
---@param folder string absolute, resolved
---@param roots {path: string, only: string?}[]
---@return true|nil possible
---@return string? message
---@return string? code "denied"
function place.check_apart(folder, roots)
  for _, root in ipairs(roots) do
    local shared = uv.fs_realpath(root.path) or root.path
    if not root.only and (holds(shared, folder) or holds(folder, shared)) then
      local how = holds(shared, folder) and "is part of" or "holds"
      return nil, ("%s: %s %s, which is shared, and BTshare never writes where it shares; choose another folder")
        :format(folder, how, shared), "denied"
    elseif root.only and holds(shared .. "/" .. root.only, folder) then
      return nil, ("%s: is shared, and BTshare never writes what it shares; choose another folder"):format(folder),
        "denied"
    end
  end
  return true
end

---The folder in which a running instance saves downloads, decided before it gives up the right to write elsewhere.
---@param configured string? by config.lua: made where it is not there
---@param usual string the desktop's
---@param roots {path: string, only: string?}[] what will be shared
---@return string? folder resolved
---@return string? why there is none
function place.usual(configured, usual, roots)
  local wanted = configured or usual
  if configured then uv.fs_mkdir(configured, 493) end -- 0755
  local folder = uv.fs_realpath(wanted)
  local status = folder and uv.fs_stat(folder)
  if not status or status.type ~= "directory" then
    return nil, wanted .. ": no such folder; make it, or write downloads = \"~/Dir\" into config.lua, and start again"
  end
  local possible, message = place.check_apart(folder, roots)
  if possible then return folder end
  return nil, message
end

---The folder that a download asked for, resolved.
---@param wanted string? nil: the usual one
---@param usual string? absolute; nil where this process may write nowhere
---@param why string? why there is none
---@param roots table[]
---@return string? folder
---@return string? message
---@return string? code
function place.choose(wanted, usual, why, roots)
  if not usual then
    return nil, why or "downloads: there is no folder for them", "denied"
  end
  local folder = uv.fs_realpath(wanted or usual)
  if not folder or uv.fs_stat(folder).type ~= "directory" then
    return nil, (wanted or usual) .. ": no such folder", "missing"
  elseif not holds(usual, folder) then
    return nil, ("%s: is not in %s, the only folder that the running btshare may write to; use: btshare get -o %s")
      :format(folder, usual, folder), "denied"
  end
  local possible, message, code = place.check_apart(folder, roots)
  if not possible then return nil, message, code end
  return folder
end

return place
