-- What specs of changing folders have in common: one running btshare, and waiting for what it makes of a change.
local helper = require "helper"

---@class Watcher
---@field place Place
---@field daemon Daemon
---@field root string the shared folder
local Watcher = {}
Watcher.__index = Watcher

local watcher = {}

---Shares what is in the place, and waits until the folder has been read through.
---@param place Place
---@param more DaemonOptions?
---@param folders string[]?
---@return Watcher
function watcher.start(place, more, folders)
  return setmetatable({ place = place, daemon = place:start(more, folders), root = place.share }, Watcher)
end

---For Daemon:find and the like: events about shares of that name.
---@param name string
---@return fun(event: table): boolean
function watcher.named(name)
  return function(event) return event.share.name == name end
end

---Waits until a share is ready.
---@param name string
---@param from integer? only after that many events
---@return table share
---@return integer bytes that were read for it
function Watcher:ready(name, from)
  local share, event = self.daemon:ready(name, { from = from })
  return share, event.bytes
end

---Waits until a share is ready with another content, under the same link.
---@param before table the share as it was
---@param from integer? only after that many events
---@return table share
---@return integer bytes that were read for it
function Watcher:renewed(before, from)
  local event = self.daemon:wait("share-ready", function(event)
    return event.share.id == before.id and event.share.info_hash ~= before.info_hash
  end, { from = from })
  assert(event.share.link == before.link, "the link has changed")
  return event.share, event.bytes
end

---Waits until everything that happened before now has been looked at: a file that is new now is shared after it.
function Watcher:settle()
  local mark = self.daemon:mark()
  local name = "marker-" .. mark
  helper.write(self.root .. "/" .. name, name)
  self.daemon:ready(name, { from = mark })
end

---What `btshare list` has by that name.
---@param name string
---@return table? share
function Watcher:find(name)
  for _, share in ipairs(self.daemon:list()) do
    if share.name == name then return share end
  end
end

---Ends btshare and removes all files; raises when it did not end cleanly or complained.
function Watcher:close()
  local ended, message = pcall(self.daemon.stop, self.daemon)
  self.place:close()
  assert(ended, message)
  assert(self.daemon:complaints() == "", self.daemon:complaints())
end

return watcher
