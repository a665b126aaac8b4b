-- Where BTshare keeps its things: the XDG base directories, or what systemd says.
local uv = require "luv"

local paths = {}

-- sun_path holds 108 bytes, the last of which is a zero (unix(7)).
local longest_socket = 107

---@param path string
---@return string path absolute, without "." and ".." and doubled slashes; the file system is not asked
function paths.absolute(path)
  if path:sub(1, 1) ~= "/" then path = uv.cwd() .. "/" .. path end
  local parts = {}
  for part in path:gmatch("[^/]+") do
    if part == ".." then
      parts[#parts] = nil
    elseif part ~= "." then
      parts[#parts + 1] = part
    end
  end
  return "/" .. table.concat(parts, "/")
end

---@param path string absolute
---@param home string? default: of whoever runs us
---@return string text for people: below the home folder it begins with "~"
function paths.short(path, home)
  home = home or os.getenv "HOME" or ""
  for _, folder in ipairs { home, home:find("^/") and uv.fs_realpath(home) or nil } do
    folder = folder:gsub("/+$", "")
    local rest = path:sub(#folder + 1)
    local is_below = folder ~= "" and path:sub(1, #folder) == folder and (rest == "" or rest:sub(1, 1) == "/")
    if is_below then return "~" .. rest end
  end
  return path
end

-- The specification has relative values ignored.
local function absolute_or_nil(value)
  return value and value:sub(1, 1) == "/" and paths.absolute(value) or nil
end

-- systemd may name several, separated by colons: the first is ours.
local function systemd_folder(value)
  return absolute_or_nil(value and value:match("^[^:]+"))
end

-- Desktops name the translated folder in user-dirs.dirs, seldom in the environment.
local function downloads_folder(environment, home, config_home)
  local chosen = absolute_or_nil(environment.XDG_DOWNLOAD_DIR)
  local file = not chosen and io.open(config_home .. "/user-dirs.dirs", "r")
  if file then
    for line in file:lines() do
      local value = line:match('^%s*XDG_DOWNLOAD_DIR="(.*)"')
      if value then chosen = absolute_or_nil((value:gsub("^%$HOME", (home:gsub("%%", "%%%%"))))) end
    end
    file:close()
  end
  return chosen or home .. "/Downloads"
end

---@class btshare.paths
---@field config string folder
---@field config_file string
---@field home string of whoever runs it
---@field plugins string folder of the user's own plugins
---@field state string folder
---@field cache string folder
---@field downloads string folder
---@field socket string the control socket

---@param options {state: string?, config: string?}? folder and file chosen on the command line
---@param environment table<string, string>? default: the process's
---@return btshare.paths
function paths.find(options, environment)
  options, environment = options or {}, environment or uv.os_environ()
  local home = absolute_or_nil(environment.HOME) or uv.os_homedir() or "/"
  local function base(name, default)
    return absolute_or_nil(environment[name]) or home .. default
  end
  local config_home = base("XDG_CONFIG_HOME", "/.config")
  local config = systemd_folder(environment.CONFIGURATION_DIRECTORY) or config_home .. "/btshare"
  local state = options.state and paths.absolute(options.state)
    or systemd_folder(environment.STATE_DIRECTORY)
    or base("XDG_STATE_HOME", "/.local/state") .. "/btshare"
  return {
    home = home,
    config = config,
    config_file = options.config and paths.absolute(options.config) or config .. "/config.lua",
    plugins = config .. "/plugins",
    state = state,
    cache = systemd_folder(environment.CACHE_DIRECTORY) or base("XDG_CACHE_HOME", "/.cache") .. "/btshare",
    downloads = downloads_folder(environment, home, config_home),
    socket = state .. "/control.sock",
  }
end

---Checks that a Unix socket can have this path: the kernel's limit is short, and libuv cuts silently.
---@param path string
---@return true|nil
---@return string? message
---@return string? code "invalid"
function paths.check_socket(path)
  if #path <= longest_socket then return true end
  local message = "%s: too long for a socket (%d bytes, at most %d); choose a shorter folder with --state"
  return nil, message:format(path, #path, longest_socket), "invalid"
end

return paths
