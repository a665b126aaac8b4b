-- Reads the configuration for a start, and again for what runs: what is wrong with it, and what of it counts later.
local mistakes = require "btshare.config.mistakes"
local rehearsal = require "btshare.rehearsal"
local uv = require "luv"

local reading = {}

---All that is wrong is found before anything is made or changed.
---@param options table of btshare.start
---@param around btshare.rehearsal.Around but for what `options` says
---@return btshare.config.settings? settings none where something is wrong
---@return btshare.rehearsal.Found
function reading.read(options, around)
  local file = options.config_file or options.paths.config_file
  if not options.config_file and not uv.fs_stat(file) then
    file = nil -- none is needed
  end
  around.paths, around.folders = options.paths, options.folders
  return rehearsal.read(file, {
    home = uv.os_homedir(), console = options.console, public = options.public, port = options.port,
    name = options.name,
  }, around)
end

-- Settings that count at start only.
local fixed = { "console", "public", "port", "map_ports", "sandbox", "uploads", "downloads", "inbox" }

local function is_same(one, other)
  if type(one) == "table" and type(other) == "table" then
    return one.address == other.address and one.port == other.port
  end
  return one == other
end

---What of a new configuration does not count yet.
---@param settings btshare.config.settings
---@param former btshare.config.settings
---@return string[] notes
function reading.late(settings, former)
  local notes = {}
  for _, name in ipairs(fixed) do
    if not is_same(settings[name], former[name]) then
      local line = (settings.places[name] or {}).line
      notes[#notes + 1] = { line = line, message = name .. ": counts from the next start on" }
    end
  end
  return mistakes.texts(settings.file, notes)
end

return reading
