-- Who came by which link with a torrent client, so that they go when the link ends.
--
-- A client tells its id to our tracker (by an announce token, so we know the link) and to the engine (in its
-- handshake). Who came only by links that have ended is turned away, by that id and by where it listens; who came by
-- another one, too, stays. Kept in the store: neither we nor their clients forget by being restarted.
local task = require "btshare.task"
local uv = require "luv"

---@class btshare.Guest
---@field share string id
---@field link string id
---@field generation integer of the link: the default one is renewed when it is revoked
---@field id string 20 bytes
---@field address string
---@field port integer
---@field seen integer seconds since 1970
---@field has_left boolean? whether its link was seen to have ended by itself

---@class btshare.Guests
---@field private services btshare.Services
---@field private by_share table<string, btshare.Guest[]> share id → guests, the latest last
---@field private fresh table<btshare.Guest, true> not stored yet
---@field private has_refused table<string, true> share ids of which the engine turns somebody away
---@field private jobs table<btshare.task.job, true>
local Guests = {}
Guests.__index = Guests

local guests = {}

local look_milliseconds = 1000    -- for links that end by themselves
local store_every = 5             -- looks
local most = 500                  -- guests of a share; the oldest go first
local kept_seconds = 30 * 86400
local renewed_seconds = 86400     -- how old `seen` may be in the store

local select_guests = [[
SELECT links.share, guests.link, guests.generation, guests.peer, guests.address, guests.port, guests.seen
FROM guests JOIN links ON links.id = guests.link WHERE guests.seen > ? ORDER BY guests.seen]]

---@param services btshare.Services with its shares and engine
---@return btshare.Guests
function guests.new(services)
  local self = setmetatable({ services = services, by_share = {}, fresh = {}, has_refused = {}, jobs = {} }, Guests)
  for share, link, generation, id, address, port, seen in
    services.store:rows(select_guests, os.time() - kept_seconds) do
    self:put {
      share = share, link = link, generation = generation, id = id, address = address, port = port, seen = seen,
    }
  end
  services.engine:on("added", function(event)
    local share = services.shares.by_hash[event.info_hash]
    if share then self:review(share) end
  end)
  local looks = 0
  self.timer = uv.new_timer()
  self.timer:start(look_milliseconds, look_milliseconds, function()
    looks = looks + 1
    self:look()
    if looks % store_every == 0 and next(self.fresh) then task.spawn_with({ group = self.jobs }, self.save, self) end
  end)
  return self
end

---@private
---@param guest btshare.Guest
---@return btshare.Guest
function Guests:put(guest)
  local list = self.by_share[guest.share] or {}
  self.by_share[guest.share] = list
  list[#list + 1] = guest
  if #list > most then self.fresh[table.remove(list, 1)] = nil end
  return guest
end

local function find(list, link, generation, id)
  for _, guest in ipairs(list or {}) do
    if guest.id == id and guest.link == link and guest.generation == generation then return guest end
  end
end

---A torrent client has announced itself by a link that lives.
---@param share btshare.Share
---@param link string id
---@param id string of the client, as it says
---@param address string
---@param port integer
function Guests:note(share, link, id, address, port)
  if #id ~= 20 then return end
  local generation, now = self.services.links:generation(link), os.time()
  local guest = find(self.by_share[share.id], link, generation, id)
  local is_known = guest and guest.address == address and guest.port == port
  if is_known and now - guest.seen < renewed_seconds then return end
  guest = guest or self:put { share = share.id, link = link, generation = generation, id = id }
  guest.address, guest.port, guest.seen = address, port, now
  self.fresh[guest] = true
  if self.has_refused[share.id] then self:review(share) end -- it may have been one of these
end

local select_link = "SELECT expires, most_downloads, downloads, revoked FROM links WHERE id = ?"

-- Whether what a guest came by still leads to the share.
local function is_live(self, guest, known)
  if guest.generation ~= self.services.links:generation(guest.link) then return false end
  if known[guest.link] == nil then
    local row = self.services.store:query(select_link, guest.link)[1]
    known[guest.link] = row ~= nil and not row.revoked and not (row.expires and row.expires <= os.time())
      and not (row.most_downloads and row.downloads >= row.most_downloads)
  end
  return known[guest.link]
end

local function endpoint(guest)
  return guest.address .. " " .. guest.port
end

-- Those that came only by what has ended.
local function refused(self, list)
  local known, welcome, unwelcome = {}, {}, {}
  for _, guest in ipairs(list) do
    if is_live(self, guest, known) then
      welcome[guest.id], welcome[endpoint(guest)] = true, true
    else
      unwelcome[#unwelcome + 1] = guest
    end
  end
  local visitors = {}
  for _, guest in ipairs(unwelcome) do
    if not welcome[guest.id] then
      local is_free = not welcome[endpoint(guest)]
      visitors[#visitors + 1] = {
        id = guest.id, address = is_free and guest.address or nil, port = is_free and guest.port or nil,
      }
    end
  end
  return visitors
end

---Has the engine turn away whoever may not fetch a share any more, and nobody else.
---@param share btshare.Share
function Guests:review(share)
  local list = self.by_share[share.id]
  if not list or not share.is_seeding then return end
  local visitors = refused(self, list)
  if visitors[1] or self.has_refused[share.id] then
    self.services.engine:refuse(share.info_hash, visitors)
    self.has_refused[share.id] = visitors[1] and true
  end
end

-- Links end by time, or when they are used up.
---@private
function Guests:look()
  for id, list in pairs(self.by_share) do
    local share, known, was_live = self.services.shares.by_id[id], {}, false
    for _, guest in ipairs(list) do
      local ends = guest.link ~= id and not guest.has_left -- the default link has no end of its own
      if ends and not is_live(self, guest, known) then guest.has_left, was_live = true, true end
    end
    if was_live and share then self:review(share) end
  end
end

---@private
function Guests:save()
  local batch, stored = { { "DELETE FROM guests WHERE seen <= ?", os.time() - kept_seconds } }, self.fresh
  for guest in pairs(stored) do
    batch[#batch + 1] = {
      "INSERT OR REPLACE INTO guests SELECT ?, ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM links WHERE id = ?)",
      guest.link, guest.generation, self.services.store.blob(guest.id), guest.address, guest.port, guest.seen,
      guest.link,
    }
  end
  self.fresh = {}
  if not self.services.store:write(batch) then
    for guest in pairs(stored) do self.fresh[guest] = true end
  end
end

function Guests:close()
  self.timer:close()
  task.cancel(self.jobs)
end

return guests
