-- The write lock: before the first thread starts, the process gives up the right to write anywhere but in its own
-- folders, so that no bug, plugin or peer can change a shared file (law 1).
local exit = require "btshare.exit"
local log = require "btshare.log"
local sandbox = require "core.sandbox"
local uv = require "luv"

local protect = {}

local function existing(paths)
  local list = {}
  for _, path in ipairs(paths) do
    if path and uv.fs_stat(path) then
      list[#list + 1] = path
    end
  end
  return list
end

---@param folders string[] where alone may be written
---@param config table
---@return string? state what protects, in words
---@return string? message
---@return integer? exit_code
function protect.start_in(folders, config)
  if config.sandbox == false or config.sandbox == "off" then
    log.warning("sandbox = \"off\" in config.lua: BTshare could write into your folders if it had a fault")
    return "off (config.lua)"
  end
  local writable = { "/dev/null", "/dev/tty", config.uploads }
  table.move(folders, 1, #folders, #writable + 1, writable)
  local abi, message, code = sandbox.restrict(existing(writable))
  if abi then
    return "Landlock, ABI " .. abi
  end
  if code == "missing" then
    return nil, message .. "; to run without this protection write sandbox = \"off\" into config.lua", exit.failed
  end
  return nil, message, exit.failed
end

---@param paths table directories
---@param config table
---@param downloads string? the folder for downloads
---@param inbox string? the folder for what others send
---@return string? state what protects, in words
---@return string? message
---@return integer? exit_code
function protect.start(paths, config, downloads, inbox)
  local folders = { paths.state, paths.cache }
  folders[#folders + 1] = downloads
  folders[#folders + 1] = inbox
  return protect.start_in(folders, config)
end

return protect
