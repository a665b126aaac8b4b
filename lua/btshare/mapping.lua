-- The router's ports: asked for at start, wished for again as they were the last time, closed at exit.
local mapper = require "core.mapper"
local task = require "btshare.task"

---@class btshare.Mapping
---@field tcp integer? the router's port that leads to BitTorrent's
---@field http integer? the router's port that leads to the public listener's
---@field way string? "UPnP" or "NAT-PMP", where any is open
---@field external string? the router's address on the internet, as it says
---@field message string? why a port is not open

---@class btshare.Mapper
---@field private core core.mapper.Mapper
local Mapper = {}
Mapper.__index = Mapper

local mapping = {}

local protocols = { "tcp", "http" }

-- Links that were given away name the router's ports, so these are remembered.
local function remember(store, known, now)
  for _, protocol in ipairs(protocols) do
    local port = now[protocol]
    if port and port ~= known[protocol] then
      known[protocol] = port
      task.spawn(function() store:set_setting("mapped_" .. protocol, port) end)
    end
  end
end

---@class btshare.mapping.Options
---@field store btshare.Store
---@field tcp integer our ports
---@field http integer
---@field address string? the IPv4 literal that is to be reached, where only one is

---@param options btshare.mapping.Options
---@param on_change fun(mapping: btshare.Mapping) called on the loop after each asking
---@return btshare.Mapper? mapper
---@return string? message
function mapping.open(options, on_change)
  local known, wanted = {}, {}
  for index, protocol in ipairs(protocols) do
    known[protocol] = options.store:setting("mapped_" .. protocol)
    wanted[index] = { inner = options[protocol], outer = known[protocol] }
  end
  local core, message = mapper.open({ ports = wanted, address = options.address }, function(change)
    local now = { way = change.way, external = change.external, message = change.message }
    for index, protocol in ipairs(protocols) do
      now[protocol] = change.outer[index] ~= 0 and change.outer[index] or nil
    end
    remember(options.store, known, now)
    on_change(now)
  end)
  return core and setmetatable({ core = core }, Mapper), message
end

---Our address has changed: the router may be another one.
function Mapper:ask()
  self.core:ask()
end

---Closes the ports; the loop stays open until the router has answered, for three seconds at the most.
function Mapper:close()
  self.core:close()
end

return mapping
