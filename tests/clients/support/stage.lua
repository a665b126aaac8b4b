-- What a spec plays on: an isolated network, a sender, places for recipients, and a folder for it all.
local btshare = require "support.btshare"
local helper = require "helper"
local net = require "support.net"
local process = require "support.process"
local skip = require "support.skip"
local uv = require "luv"

local stage = {}

---@class Place where a recipient runs
---@field namespace Namespace
---@field address string
---@field folder string for its configuration and what it receives
---@field out string where its files go

---@class Stage
---@field folder string
---@field net Net
---@field private places integer
---@field private daemons Daemon[]
local Stage = {}
Stage.__index = Stage

---@param base string? see net.open
---@return Stage
function stage.open(base)
  return setmetatable({ folder = helper.folder(), net = net.open(base), places = 0, daemons = {} }, Stage)
end

---Ends every process and removes every file; raises when a btshare that still ran did not end cleanly.
function Stage:close()
  local clean, message = true, nil
  for _, daemon in ipairs(self.daemons) do
    if clean and not daemon.process.code then clean, message = pcall(daemon.stop, daemon) end
  end
  process.stop_all()
  process.run { "rm", "-rf", "--", self.folder } -- also deeper than helper.remove can name
  if not clean then error(message, 2) end
end

---Makes an empty folder to share.
---@param name string?
---@return string path
function Stage:root(name)
  local path = self.folder .. "/" .. (name or "share")
  assert(uv.fs_mkdir(path, 493))
  return path
end

---The next recipient's place.
---@return Place
function Stage:place()
  self.places = self.places + 1
  local folder = ("%s/recipient-%d"):format(self.folder, self.places)
  uv.fs_mkdir(folder, 448)
  uv.fs_mkdir(folder .. "/out", 448)
  return {
    namespace = self.net.recipients, address = net.address(self.net, self.places),
    folder = folder, out = folder .. "/out",
  }
end

---@param config string?
---@return DaemonOptions
function Stage:options(config)
  return {
    state = self.folder .. "/state", home = self.folder .. "/home", config = config,
    namespace = self.net.sender, address = self.net.sender_address,
    environment = { BTSHARE_STRICT = "1" }, -- a handle that is left open at the end is a failure
  }
end

---Starts to share `root` and returns at once.
---@param root string
---@param config string? lines of config.lua
---@return Daemon
function Stage:spawn(root, config)
  local daemon = btshare.spawn({ root }, self:options(config))
  table.insert(self.daemons, daemon)
  return daemon
end

---Shares `root` and waits until btshare has started.
---@param root string
---@param config string? lines of config.lua
---@return Daemon
function Stage:share(root, config)
  local daemon = self:spawn(root, config)
  daemon:wait("started")
  return daemon
end

---`describe`, but skipped, see support.skip, where no network namespaces can be made.
---@param subject string
---@param body fun()
function stage.describe(subject, body)
  local possible, reason = net.possible()
  if possible then
    require("busted").describe(subject, body)
  else
    skip.tests(subject, reason)
  end
end

return stage
