-- The shares of a plugin's tests: what `require "btshare.shares"` gives there, with nothing behind it but a table.
local crypto = require "core.crypto"

---@class btshare.harness.Shares
---@field list table[] of shares as the API shows them
---@field service table<string, function> what the plugin is given
---@field private world btshare.harness.World
---@field private offered function[] trackers that the plugin offers
local Shares = {}
Shares.__index = Shares

local shares = {}

local function hexadecimal(text, length)
  return crypto.hex(crypto.sha256(text)):sub(1, length)
end

-- All that a share has once it is ready. The addresses are those that are kept for documentation (RFC 5737).
local function describe(wanted, count, now)
  local name = wanted.name or ("file %d.bin"):format(count)
  local id = wanted.id or hexadecimal("share " .. count, 16)
  local info_hash = hexadecimal("torrent " .. count, 40)
  local link = "http://192.0.2.1:8702/s/" .. hexadecimal("token " .. count, 27)
  local root = wanted.root or "/home/me/Public"
  local share = {
    id = id, name = name, kind = "file", size = 1000000, files = 1, state = "ready", exposure = "link",
    info_hash = info_hash, magnet = ("magnet:?xt=urn:btih:%s&dn=%s"):format(info_hash, (name:gsub(" ", "%%20"))),
    link = link, torrent = link .. "/torrent", created = math.floor(now), changed = math.floor(now), revision = 0,
    root = root, path = root .. "/" .. name,
  }
  for field, value in pairs(wanted) do share[field] = value end
  return share
end

---@param world btshare.harness.World
---@return btshare.harness.Shares
function shares.new(world)
  local self = setmetatable({ world = world, list = {}, offered = {} }, Shares)
  self.service = self:make_service()
  return self
end

---Puts a share there, ready, without a word to anybody.
---@param wanted table? fields that it has; the others are made up
---@return table share
function Shares:put(wanted)
  local share = describe(wanted or {}, #self.list + 1, self.world.clock.now)
  table.insert(self.list, share)
  return share
end

---@param share table
function Shares:take_away(share)
  for index, candidate in ipairs(self.list) do
    if candidate == share then return table.remove(self.list, index) end
  end
end

---@param key any an id, a name, or a share
---@return table? share
function Shares:find(key)
  local id = type(key) == "table" and key.id or key
  for _, share in ipairs(self.list) do
    if share.id == id or share.name == id then return share end
  end
end

local function copy(share)
  local made = {}
  for field, value in pairs(share) do made[field] = value end
  return made
end

---A share as it is given away: what a plugin does to it changes nothing.
---@param share table
---@return table
function Shares.view(share)
  return copy(share)
end

local function is_open(share)
  return share.state ~= "expired" and share.state ~= "stopped"
end

-- Where something happens to a share that is not there.
local function missing(id)
  return nil, tostring(id) .. ": no such share", "missing"
end

---@private
function Shares:reading()
  local api = {}

  function api.get(id)
    local share = self:find(id)
    return share and copy(share)
  end

  function api.list()
    local list = {}
    for index, share in ipairs(self.list) do list[index] = copy(share) end
    return list
  end

  function api.overdue(after)
    local list, now = {}, self.world.clock.now
    for _, share in ipairs(self.list) do
      local expires = share.expires or after and share.created + after
      if is_open(share) and expires and expires <= now then list[#list + 1] = copy(share) end
    end
    return list
  end

  -- No plugin is asked here: what `share-open` is answered with is tried by asking it.
  function api.open(token)
    for _, share in ipairs(self.list) do
      if is_open(share) and share.link:match("[^/]+$") == token then return copy(share), { id = share.id } end
    end
    return nil, "missing"
  end

  function api.find_one(name)
    local share = self:find(name)
    if not share then return missing(name) end
    return copy(share)
  end

  function api.find(name)
    local share = self:find(name)
    return share and { copy(share) } or {}
  end

  -- What a test gave the share: `fake:share { complete = 3, downloads = 3, sent = 5000 }`.
  local function traffic(share)
    return {
      complete = share.complete or 0, copies = share.copies or 0, downloads = share.downloads or 0,
      sent = share.sent or 0, used = share.used,
    }
  end

  function api.traffic(id)
    local share = self:find(id)
    return share and traffic(share)
  end

  function api.total()
    local sum = { sent = 0, downloads = 0 }
    for _, share in ipairs(self.list) do
      sum.sent, sum.downloads = sum.sent + (share.sent or 0), sum.downloads + (share.downloads or 0)
    end
    return sum
  end

  function api.links(id)
    local share = self:find(id)
    if not share then return {} end
    return { { id = share.id, state = "live", created = share.created, used = share.used,
      downloads = share.downloads or 0, sent = share.sent or 0 } }
  end

  function api.token(share) return share.link and share.link:match("[^/]+$") end

  function api.info_hashes(share)
    return { share.info_hash and crypto.from_hex(share.info_hash:sub(1, 40)) }
  end

  function api.endpoints() return { { address = "192.0.2.1", port = 6881 } } end

  return api
end

---@private
function Shares:acting(api)
  local world = self.world

  function api.expire(id, reason)
    local share = self:find(id)
    if not share or not is_open(share) then return end
    share.state, share.link, share.magnet, share.torrent = "expired", nil, nil, nil
    world.bus:tell("share-expired", { share = copy(share), reason = reason })
  end

  function api.set_expiry(id, time)
    local share = self:find(id)
    if not share then return missing(id) end
    share.expires = time
    world.bus:tell("share-updated", { share = copy(share) })
    return true
  end

  function api.announced(share, what, link, is_finished)
    world.bus:tell("recipient-announced", { share = share, link = link.name, address = what.address, port = what.port,
      action = what.action, left = what.left, peer = what.peer })
    if is_finished then
      world.bus:tell("recipient-finished", { share = share, who = link.name or what.address, link = link.name })
    end
  end

  function api.offer_tracker(path_of)
    table.insert(self.offered, path_of)
    return function()
      for index, candidate in ipairs(self.offered) do
        if candidate == path_of then return table.remove(self.offered, index) end
      end
    end
  end

  function api.is_listed(id)
    local share = self:find(id)
    return share ~= nil and share.listed == true
  end

  function api.set_listed(id, is_listed)
    local share = self:find(id)
    if not share then return missing(id) end
    share.listed = is_listed
    return true
  end

  function api.connect() return true end
  function api.met() end
  function api.ask_again() end
end

---@private
function Shares:make_service()
  local api = self:reading()
  self:acting(api)
  return api
end

return shares
