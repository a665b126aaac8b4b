-- Whether the folders that a configuration names can be so beside one another: those that are shared, and those that
-- BTshare writes into.
--
-- Nothing of ours is ever made in what is shared (law 1), so this is asked before anything is made.
local exit = require "btshare.exit"
local kept = require "btshare.store.kept"
local place = require "btshare.downloads.place"
local places = require "btshare.library.places"
local uploads = require "btshare.uploads"
local uv = require "luv"

local layout = {}

---@class btshare.library.Around what there is besides config.lua
---@field paths {state: string, cache: string}
---@field folders string[]? of the command line
---@field kept {path: string, only: string}[]? what was added earlier; looked up where it is not given
---@field written btshare.Written? where a running instance writes

---@class btshare.library.Layout
---@field roots {path: string, only: string?}[] what will be shared; resolved
---@field mistakes btshare.config.Mistake[]
---@field notes btshare.config.Mistake[] what ends no start, and should be known
---@field awaited btshare.config.Mistake[] the same of shared folders that are not there: who waits for them tells it

local function check_readable(path)
  local status, _, name = uv.fs_stat(path)
  if name == "EACCES" or status and not uv.fs_access(path, "RX") then
    return nil, path .. ": Permission denied", "denied"
  end
  return true
end

-- A folder that is there already, also by another spelling, is no mistake.
local function add_share(found, path, around, complain)
  local root = { path = places.real(path) }
  local possible, message, code = places.check(root.path, around.paths)
  if possible then possible, message, code = places.check_beside(root.path, nil, found.roots) end
  if possible and around.written then possible, message, code = place.check_beside(root, around.written) end
  if possible then possible, message, code = check_readable(root.path) end
  if possible then
    found.roots[#found.roots + 1] = root
  elseif code ~= "exists" then
    complain(message, code)
  end
end

local function add_shares(found, settings, around)
  for _, share in ipairs(settings.shares) do
    add_share(found, share.path, around, function(message)
      table.insert(found.mistakes, { line = share.line, message = "share: " .. message })
    end)
    if not uv.fs_stat(share.path) then
      table.insert(found.awaited, { line = share.line, message = places.say_awaited(share.path) })
    end
  end
  for _, folder in ipairs(around.folders or {}) do
    add_share(found, folder, around, function(message, code)
      table.insert(found.mistakes, { message = message, exit = code == "denied" and exit.failed or exit.usage })
    end)
  end
end

-- What was added earlier, as a running instance knows it or the database has it. Opening that makes files beside it, so
-- it is left alone where its own folder is in the wrong place.
local function kept_roots(settings, around)
  if around.kept then return around.kept end
  local shared = { table.unpack(settings.shares) }
  for _, folder in ipairs(around.folders or {}) do shared[#shared + 1] = { path = folder } end
  return place.check_apart(around.paths.state, shared) and kept(around.paths.state .. "/btshare.db") or {}
end

local function add_kept(found, settings, around)
  for _, root in ipairs(kept_roots(settings, around)) do
    local possible, message = places.check(place.whole_of(root, root.path), around.paths)
    if not possible then table.insert(found.mistakes, { message = message, exit = exit.usage }) end
    found.roots[#found.roots + 1] = root
  end
end

local checks = { downloads = place.check_apart, inbox = place.check_apart, uploads = place.check_uploads }

local function check_written(found, settings)
  for _, name in ipairs { "downloads", "inbox", "uploads" } do
    local possible, message = true, nil
    if settings[name] then possible, message = checks[name](settings[name], found.roots) end
    if not possible then
      local line = (settings.places[name] or {}).line
      table.insert(found.mistakes, { line = line, message = name .. ": " .. message })
    end
  end
end

local function note_absent(found, settings)
  local function note(name, message)
    table.insert(found.notes, { line = (settings.places[name] or {}).line, message = message })
  end
  for _, name in ipairs { "downloads", "inbox" } do
    local there, message = true, nil
    if settings[name] then there, message = place.check_there(name, settings[name]) end
    if not there then note(name, name .. ": " .. message) end
  end
  local _, trouble = uploads.new(settings)
  if trouble then note("uploads", trouble) end
end

---@param settings btshare.config.settings
---@param around btshare.library.Around
---@return btshare.library.Layout
function layout.look(settings, around)
  local found = { roots = {}, mistakes = {}, notes = {}, awaited = {} }
  add_shares(found, settings, around)
  add_kept(found, settings, around)
  check_written(found, settings)
  note_absent(found, settings)
  return found
end

return layout
