-- Where a spec of the whole program plays: a folder of its own with a share, a state and a home, and what runs there.
local btshare = require "support.btshare"
local helper = require "helper"
local process = require "support.process"
local uv = require "luv"

local place = {}

---@class Place
---@field folder string all of it is below this, and goes away with it
---@field share string an empty folder to share
---@field state string not made yet
---@field home string
---@field daemon Daemon? the latest
local Place = {}
Place.__index = Place

---The path of a link, which stays the same whatever port serves it.
---@param url string?
---@return string?
function place.path_of(url)
  return url and url:match("^http://[^/]+(/.*)$")
end

---@return Place
function place.open()
  local folder = helper.folder()
  local self = setmetatable({
    folder = folder, share = folder .. "/share", state = folder .. "/state", home = folder .. "/home",
  }, Place)
  assert(uv.fs_mkdir(self.share, 493)) -- 0755
  assert(uv.fs_mkdir(self.home, 448)) -- 0700
  return self
end

---Ends what still runs and removes all files.
function Place:close()
  process.stop_all()
  process.run { "chmod", "-R", "u+rwX", "--", self.folder }
  process.run({ "rm", "-rf", "--", self.folder }, { seconds = 90 }) -- some have 100,000 files
end

---@param more DaemonOptions? over the usual
---@return DaemonOptions
function Place:options(more)
  local options = { state = self.state, home = self.home, environment = {} }
  for name, value in pairs(more or {}) do options[name] = value end
  options.environment.BTSHARE_STRICT = "1" -- a handle that is left open at the end is a failure
  return options
end

---Starts to share and returns at once.
---@param more DaemonOptions?
---@param folders string[]? default: the share
---@return Daemon
function Place:spawn(more, folders)
  self.daemon = btshare.spawn(folders or { self.share }, self:options(more))
  return self.daemon
end

---Shares and waits until the folder has been read through.
---@param more DaemonOptions?
---@param folders string[]?
---@return Daemon
function Place:start(more, folders)
  local daemon = self:spawn(more, folders)
  daemon:wait("scan-finished")
  return daemon
end

---Starts to share and waits for its end.
---@param more DaemonOptions?
---@param folders string[]?
---@return Process
function Place:refused(more, folders)
  local daemon = self:spawn(more, folders)
  daemon.process:wait(15)
  return daemon.process
end

---Runs any words of btshare to their end.
---@param words string[]
---@param options table? as of btshare.run
---@return Process
function Place:run(words, options)
  options = options or {}
  options.home = self.home
  return btshare.run(words, options)
end

---Puts a file into the share as one that was complete long ago, so that it is shared at once.
---@param name string
---@param content string
---@return string path
function Place:put(name, content)
  local path = self.share .. "/" .. name
  helper.write(path, content)
  self:age(path)
  return path
end

---Writes a plugin of the user's own.
---@param name string
---@param text string what follows the line that every plugin begins with
function Place:write_plugin(name, text)
  local folder = self.home
  for _, part in ipairs { "config", "btshare", "plugins" } do
    folder = folder .. "/" .. part
    uv.fs_mkdir(folder, 448) -- 0700
  end
  helper.write(folder .. "/" .. name .. ".lua", "local plugin = ...\n" .. text)
end

---The port on which the latest one that was started serves share pages.
---@return integer
function Place:port()
  return math.tointeger(tonumber(self.daemon:find("started").public:match(":(%d+)/$")))
end

---Sets a file's times back; its ctime stays, which is why what runs already waits for it all the same.
---@param path string
function Place.age(_, path)
  uv.fs_utime(path, os.time() - 3600, os.time() - 3600)
end

return place
