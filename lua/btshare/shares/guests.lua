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
---@field proof string? the grant that it came with
---@field is_denied boolean? whether plugins do not let it in any more

---@class btshare.Guests
---@field private services btshare.Services
---@field private by_share table<string, btshare.Guest[]> share id → guests, the latest last
---@field private fresh table<btshare.Guest, true> not stored yet
---@field private has_refused table<string, true> share ids of which the engine turns somebody away
---@field private closed table<string, true> share ids: plugins let in nobody without a grant
---@field private jobs table<btshare.task.job, true>
local Guests = {}
Guests.__index = Guests

local guests = {}

local look_milliseconds = 1000    -- for links that end by themselves
local store_every = 5             -- looks
local most = 500                  -- guests of a share; the oldest go first
local kept_seconds = 30 * 86400
local renewed_seconds = 86400     -- how old `seen` may be in the store

local insert_guest = [[
INSERT OR REPLACE INTO guests (link, generation, peer, address, port, seen, proof)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE EXISTS (SELECT 1 FROM links WHERE id = ?1)]]

local select_guests = [[
SELECT links.share, guests.link, guests.generation, guests.peer, guests.address, guests.port, guests.seen, guests.proof
FROM guests JOIN links ON links.id = guests.link WHERE guests.seen > ? ORDER BY guests.seen]]

---@param services btshare.Services with its shares and engine
---@return btshare.Guests
function guests.new(services)
  local self = setmetatable({
    services = services, by_share = {}, fresh = {}, has_refused = {}, closed = {}, jobs = {},
  }, Guests)
  for share, link, generation, id, address, port, seen, proof in
    services.store:rows(select_guests, os.time() - kept_seconds) do
    self:put {
      share = share, link = link, generation = generation, id = id, address = address, port = port, seen = seen,
      proof = proof,
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
---@param link {id: string, proof: string?} and the grant that it came with
---@param id string of the client, as it says
---@param address string
---@param port integer
function Guests:note(share, link, id, address, port)
  if #id ~= 20 then return end
  local generation, now = self.services.links:generation(link.id), os.time()
  local guest = find(self.by_share[share.id], link.id, generation, id)
  local is_known = guest and guest.address == address and guest.port == port and guest.proof == link.proof
    and not guest.is_denied
  if is_known and now - guest.seen < renewed_seconds then return end
  guest = guest or self:put { share = share.id, link = link.id, generation = generation, id = id }
  guest.address, guest.port, guest.seen, guest.proof, guest.is_denied = address, port, now, link.proof, nil
  self.fresh[guest] = true
  if self.has_refused[share.id] then self:review(share) end -- it may have been one of these
end

local select_link = "SELECT expires, most_downloads, downloads, revoked FROM links WHERE id = ?"

-- Whether what a guest came by still leads to the share.
local function is_live(self, guest, known)
  if guest.is_denied or guest.generation ~= self.services.links:generation(guest.link) then return false end
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

-- Those that came only by what has ended; and where the others are.
local function refused(self, list)
  local known, welcome, unwelcome, addresses = {}, {}, {}, {}
  for _, guest in ipairs(list) do
    if is_live(self, guest, known) then
      welcome[guest.id], welcome[endpoint(guest)] = true, true
      addresses[#addresses + 1] = guest.address
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
  return visitors, addresses
end

---Has the engine turn away whoever may not fetch a share any more, and nobody else.
---@param share btshare.Share
function Guests:review(share)
  if not share.is_seeding then return end
  local visitors, addresses = refused(self, self.by_share[share.id] or {})
  local is_closed = self.closed[share.id]
  if visitors[1] or is_closed or self.has_refused[share.id] then
    self.services.engine:refuse(share.info_hash, visitors, is_closed and addresses or nil)
    self.has_refused[share.id] = (visitors[1] or is_closed) and true
  end
end

---Has `is_welcome` asked again about a share: of somebody of whom nothing is known, and of the guests that may be
---there. Whoever is not, has to go. Call in a task.
---@param share btshare.Share
---@param addresses table<string, any> where its peers are
---@param is_welcome fun(pass: {link: string, address: string, proof: string?}): boolean
function Guests:ask(share, addresses, is_welcome)
  if self.services.shares.by_id[share.id] ~= share then return end
  local was_closed, has_changed = self.closed[share.id], false
  local is_closed = not is_welcome { link = share.id, address = "" } or nil
  for _, guest in ipairs { table.unpack(self.by_share[share.id] or {}) } do
    if addresses[guest.address] then
      local is_denied = not is_welcome(guest)
      has_changed = has_changed or is_denied ~= (guest.is_denied == true)
      guest.is_denied = is_denied
    end
  end
  self.closed[share.id] = is_closed
  if has_changed or is_closed ~= was_closed then self:review(share) end
end

---Lets in nobody of whom nothing is known, until `ask` has shown whether that is right.
---@param share btshare.Share
function Guests:shut(share)
  self.closed[share.id] = true
  self:review(share)
end

---@param share btshare.Share
---@return boolean
function Guests:is_closed(share)
  return self.closed[share.id] == true
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
      insert_guest, guest.link, guest.generation, self.services.store.blob(guest.id), guest.address, guest.port,
      guest.seen, guest.proof, n = 7,
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
