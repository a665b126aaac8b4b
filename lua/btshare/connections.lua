-- Says which torrent clients connect: each once, as soon as it has said what it is.
--
-- A connection stands before its client has named itself, so the engine is asked for its peers until it has.
local uv = require "luv"

local ask_milliseconds = 300
local patience = 5      -- seconds for which a name is waited for
local returning = 600   -- seconds in which who comes again is no news

---@class btshare.Connections
---@field private services btshare.Services
---@field private clock fun(): number
---@field private nameless table<string, table<string, {address: string, since: number}>> by info-hash, then endpoint
---@field private told table<string, number> recipient of a share → when it was there last
---@field private timer uv_timer_t runs while somebody is nameless
local Connections = {}
Connections.__index = Connections

local connections = {}

local function monotonic()
  return uv.hrtime() / 1e9
end

---@param services btshare.Services
---@param clock (fun(): number)? seconds, monotonic
---@return btshare.Connections
function connections.new(services, clock)
  local self = setmetatable({
    services = services, clock = clock or monotonic, nameless = {}, told = {}, timer = uv.new_timer(),
  }, Connections)
  services.engine:on("peer-connected", function(event) self:on_connected(event) end)
  services.engine:on("peer-disconnected", function(event) self:on_disconnected(event) end)
  services.engine:on("peers", function(event) self:on_peers(event) end)
  return self
end

local function endpoint(peer)
  return peer.address .. " " .. peer.port
end

local function is_news(self, key)
  local now, last = self.clock(), self.told[key]
  if not last then
    for other, time in pairs(self.told) do
      if now - time > returning then self.told[other] = nil end
    end
  end
  self.told[key] = now
  return not last or now - last > returning
end

local function tell(self, info_hash, address, client)
  local services = self.services
  local share = services.shares.by_hash[info_hash]
  if not share or not services.events:has("recipient-connected") then return end
  if is_news(self, table.concat({ share.id, address, client or "" }, " ")) then
    services.events:tell("recipient-connected", {
      share = services.shares:describe(share), address = address, client = client,
    })
  end
end

local function forget(self, info_hash, key)
  local waiting = self.nameless[info_hash]
  local found = waiting and waiting[key]
  if found then
    waiting[key] = nil
    if not next(waiting) then self.nameless[info_hash] = nil end
    if not next(self.nameless) then self.timer:stop() end
  end
  return found
end

---@private
function Connections:on_connected(event)
  if not self.services.shares.by_hash[event.info_hash] then return end
  local waiting = self.nameless[event.info_hash] or {}
  self.nameless[event.info_hash] = waiting
  waiting[endpoint(event)] = { address = event.address, since = self.clock() }
  self.services.engine:post_peers(event.info_hash)
  if not self.timer:is_active() then
    self.timer:start(ask_milliseconds, ask_milliseconds, function() self:ask() end)
  end
end

-- Who leaves without a name was turned away, or called twice; but not who has it all.
---@private
function Connections:on_disconnected(event)
  local found = forget(self, event.info_hash, endpoint(event))
  if not found or not event.became_seed then return end
  local name = event.peer and event.peer.client
  tell(self, event.info_hash, found.address, name ~= "" and name or nil)
end

---@private
function Connections:on_peers(event)
  for _, peer in ipairs(event.peers) do
    if peer.client ~= "" and forget(self, event.info_hash, endpoint(peer)) then
      tell(self, event.info_hash, peer.address, peer.client)
    end
  end
end

---@private
function Connections:ask()
  local late, now = {}, self.clock()
  for info_hash, waiting in pairs(self.nameless) do
    for key, found in pairs(waiting) do
      if now - found.since > patience then late[#late + 1] = { info_hash, key } end
    end
  end
  for _, item in ipairs(late) do
    local info_hash, key = table.unpack(item)
    tell(self, info_hash, forget(self, info_hash, key).address)
  end
  for info_hash in pairs(self.nameless) do
    self.services.engine:post_peers(info_hash)
  end
end

function Connections:close()
  self.timer:close()
end

return connections
