-- Receiving in a process of its own: one download into one folder, the only place where this process may write.
--
-- What is needed to go on later stands in a hidden folder beside what is received, and goes with the last download.
local bound = require "btshare.bound"
local catalog = require "btshare.catalog"
local downloads = require "btshare.downloads"
local engine = require "btshare.engine"
local events = require "btshare.events"
local exit = require "btshare.exit"
local host = require "core.host"
local log = require "btshare.log"
local protect = require "btshare.protect"
local reach = require "btshare.reach"
local store = require "btshare.store"
local task = require "btshare.task"
local uv = require "luv"

local alone = {}

---@class btshare.Alone
---@field downloads btshare.Downloads
---@field download btshare.Download
---@field events btshare.events
---@field private services table
local Alone = {}
Alone.__index = Alone

local hidden = ".btshare-get"

local function open_state(folder)
  local made, message, name = uv.fs_mkdir(folder, 448) -- 0700
  if not made and name ~= "EEXIST" then return nil, message:gsub("^%u+: ", ""), exit.failed end
  if uv.fs_lstat(folder).type ~= "directory" then return nil, folder .. ": is no folder", exit.failed end
  local locked, code
  locked, message, code = host.lock(folder .. "/lock")
  if locked then return true end
  if code ~= "exists" then return nil, message, exit.failed end
  return nil, folder:match("^(.*)/") .. ": another btshare get is writing there", exit.second_instance
end

local function open_services(folder, config)
  local state = folder .. "/" .. hidden
  local opened, message, code = open_state(state)
  if not opened then return nil, message, code end
  local services = { events = events.new(catalog), log = log, config = config }
  services.sandbox, message, code = protect.start_in({ folder }, config)
  if not services.sandbox then return nil, message, code end
  services.store, message = store.open(state .. "/btshare.db")
  if not services.store then return nil, message, exit.failed end
  local listen = {}
  for index, address in ipairs(bound.addresses(config.public.address)) do
    listen[index] = bound.join(address, 0)
  end
  services.engine, message = engine.open({ listen = listen, config = config }, log)
  if not services.engine then
    services.store:close()
    return nil, message, exit.failed
  end
  return services
end

-- The one that is in the list already goes on.
local function begin(self, request)
  local download, message, code, known = self.downloads:add(request)
  if not known then return download, message, code end
  known.failure, known.share_after, known.share_seconds = nil, request.share_after, request.share_seconds
  local begun
  begun, message, code = self.downloads:resume_known(known)
  return begun and known, message, code
end

---Receives. Call in a task.
---@param folder string absolute, existing
---@param config table
---@param request btshare.downloads.request
---@return btshare.Alone? alone
---@return string? message
---@return string|integer? code an exit code, or an error's
function alone.start(folder, config, request)
  local services, message, code = open_services(folder, config)
  if not services then return nil, message, code end
  local self = setmetatable({ services = services, events = services.events, folder = folder }, Alone)
  self.downloads = downloads.new(services, {
    folder = folder, roots = function() return config.shares end,
    may_discover = not reach.new(bound.addresses(config.public.address)):is_loopback_only(),
  })
  self.downloads:load()
  self.download, message, code = begin(self, request)
  if self.download then return self end
  self:close()
  return nil, message, code
end

-- Nothing that is not finished is forgotten.
local function remove_state(self)
  local state = self.folder .. "/" .. hidden
  for _, name in ipairs { "btshare.db", "btshare.db-wal", "btshare.db-shm", "lock" } do
    uv.fs_unlink(state .. "/" .. name)
  end
  uv.fs_rmdir(state)
end

---Ends, so that it can go on another time where it is not finished. Call in a task.
---@private
function Alone:close()
  self.downloads:save_all()
  local is_over = true
  for _, download in ipairs(self.downloads:list()) do
    is_over = is_over and download.finished ~= nil
  end
  self.downloads:close()
  self.services.store:close()
  if is_over then remove_state(self) end
  task.await(function(resume) self.services.engine:close(resume) end)
end
Alone.stop = Alone.close

return alone
