-- Where downloads may be saved: a folder that is no part of what is shared (law 1).
local mounts = require "btshare.library.mounts"
local places = require "btshare.library.places"
local uv = require "luv"

local place = {}

local holds = mounts.holds
place.holds = holds

-- What a root shares: its folder, or the single entry of it.
local function whole_of(root, folder)
  if not root.only then return folder end
  return (folder == "/" and "" or folder) .. "/" .. root.only
end
place.whole_of = whole_of

-- Words for what leads from `outer` to `inner`, if anything does.
local function how_held(list, outer, inner, words)
  if not mounts.reaches(list, outer, inner) then return nil end
  return words:format(holds(outer, inner) and "" or ", by another mount,")
end

---Whether a folder is apart from all that is shared whole, also where something is mounted twice. A single shared file
---in it is no hindrance: what is there already is never written.
---@param folder string absolute; need not be there yet
---@param roots {path: string, only: string?}[]
---@return true|nil possible
---@return string? message
---@return string? code "denied"
function place.check_apart(folder, roots)
  folder = places.real(folder)
  local list = mounts.read()
  for _, root in ipairs(roots) do
    local shared = places.real(root.path)
    if root.only then
      if mounts.reaches(list, whole_of(root, shared), folder) then
        return nil, ("%s: is shared, and BTshare never writes what it shares; choose another folder"):format(folder),
          "denied"
      end
    else
      local how = how_held(list, shared, folder, "is%s part of") or how_held(list, folder, shared, "holds%s")
      if how then
        return nil, ("%s: %s %s, which is shared, and BTshare never writes where it shares; choose another folder")
          :format(folder, how, shared), "denied"
      end
    end
  end
  return true
end

---Whether files may be dropped into a folder: it may itself be one that is shared, since its owner named it for that,
---but neither be in another nor hold one.
---@param folder string absolute; need not be there yet
---@param roots {path: string, only: string?}[]
---@return true|nil possible
---@return string? message
---@return string? code "denied"
function place.check_uploads(folder, roots)
  folder = places.real(folder)
  local others = {}
  for _, root in ipairs(roots) do
    if whole_of(root, places.real(root.path)) ~= folder then others[#others + 1] = root end
  end
  return place.check_apart(folder, others)
end

---@class btshare.Written where BTshare writes, as it runs: absolute, resolved
---@field downloads string?
---@field inbox string?
---@field uploads string?

---Whether something may be shared beside the folders that BTshare writes into.
---@param root {path: string, only: string?} absolute, resolved
---@param written btshare.Written
---@return true|nil possible
---@return string? message
---@return string? code "invalid"
function place.check_beside(root, written)
  local whole = whole_of(root, root.path)
  if written.downloads and not place.check_apart(written.downloads, { root }) then
    return nil, ("%s: cannot be shared beside %s, where BTshare saves downloads; choose another folder for those with "
      .. "downloads = \"~/Dir\" in config.lua"):format(whole, written.downloads), "invalid"
  elseif written.inbox and not place.check_apart(written.inbox, { root }) then
    return nil, ("%s: cannot be shared beside %s, where BTshare keeps what others send; choose another folder for that "
      .. "with inbox = \"~/Dir\" in config.lua"):format(whole, written.inbox), "invalid"
  elseif written.uploads and not place.check_uploads(written.uploads, { root }) then
    return nil, ("%s: cannot be shared beside %s, where BTshare stores what is dropped; choose another folder for that "
      .. "with uploads = \"~/Dir\" in config.lua"):format(whole, written.uploads), "invalid"
  end
  return true
end

local function say_absent(name, folder)
  return ("%s: no such folder; make it, or write %s = \"~/Dir\" into config.lua, and start again"):format(folder, name)
end

local function is_folder(path)
  local status = uv.fs_stat(path)
  return status ~= nil and status.type == "directory"
end

---Whether a start will have a folder that config.lua names: it is there, or can be made.
---@param name "downloads"|"inbox"
---@param configured string absolute
---@return true|nil possible
---@return string? message
function place.check_there(name, configured)
  local folder = places.real(configured)
  if is_folder(folder) then return true end
  local parent = folder:match("^(.+)/") or "/"
  if not uv.fs_lstat(folder) and is_folder(parent) and uv.fs_access(parent, "WX") then return true end
  return nil, say_absent(name, configured)
end

---The folder in which a running instance saves, decided before it gives up the right to write elsewhere; so it is made
---now where it is not there.
---@param name "downloads"|"inbox" what for
---@param configured string? by config.lua
---@param usual string? the desktop's, where config.lua names none
---@param roots {path: string, only: string?}[] what will be shared
---@return string? folder resolved
---@return string? why there is none
function place.usual(name, configured, usual, roots)
  local wanted = configured or usual
  local folder = places.real(wanted)
  local possible, message = place.check_apart(folder, roots) -- first: nothing is made in what is shared
  if not possible then return nil, message end
  uv.fs_mkdir(folder, 493) -- 0755
  if is_folder(folder) then return folder end
  return nil, say_absent(name, wanted)
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
