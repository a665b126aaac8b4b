-- The step of a start that opens what is stored, and says what had to be mended.
local damage = require "btshare.store.damage"
local exit = require "btshare.exit"
local links = require "btshare.links"
local settings = require "btshare.settings"
local store = require "btshare.store"
local task = require "btshare.task"
local uv = require "luv"

local function tell_repair(services, message)
  if message then
    services.events:tell("notice", { level = "warning", message = message })
  end
end

-- What the service manager starts again; who asked for what has gone wrong gets an answer first.
local function end_soon(services)
  task.spawn(function()
    task.yield()
    services.instance:stop("its state database is damaged", exit.start_again)
  end)
end

---Opens the state database, the settings made in the console and the links. Call in a task.
---@param services btshare.Services
---@return true|nil done
---@return string? message
---@return integer? exit_code
return function(services)
  local state = services.paths.state
  local opened, message, code = store.open(state .. "/btshare.db", function(level, trouble, is_damage)
    services.events:tell("notice", { level = level, message = trouble })
    if is_damage then end_soon(services) end
  end, state .. "/backups", uv.fs_stat(state .. "/key") ~= nil)
  if not opened then
    return nil, message, code == "busy" and exit.second_instance or exit.failed
  end
  services.store = opened
  services.closers[#services.closers + 1] = function() opened:close() end
  tell_repair(services, opened.damage and damage.words(opened.damage))
  services.settings = settings.new(opened, services.config)
  services.config = services.settings:over(services.config)
  services.links, message = links.open(opened, services.paths.state .. "/key")
  if services.links then
    tell_repair(services, message)
    return true
  end
  return nil, message
end
