-- What an owner chooses for one share while it is shared. Methods of btshare.Shares.
--
-- Each choice is stored, counted by the share's revision, acted upon, and told as `share-updated`. Choosing what
-- holds already changes nothing. All are to be called in a task.
local choices = require "btshare.shares.choices"
local exposure = require "btshare.exposure"
local seeding = require "btshare.shares.seeding"
local set_state = require "btshare.shares.state"
local versions = require "btshare.shares.versions"

---@class btshare.Shares
local Changes = {}

local function store(shares, share, column, value)
  local written, message, code = shares.services.store:write {
    { ("UPDATE shares SET %s = ?, revision = revision + 1 WHERE id = ?"):format(column), value, share.id, n = 2 },
  }
  if not written then
    return nil, ("%s: stays as it was: %s"):format(share.entry, message), code
  end
  share.revision = share.revision + 1
  return true
end

-- A choice that needs nothing done but to be known; `stored` is how the database has it.
local function choose(shares, share, name, value, stored)
  if share[name] == value then return true end
  local done, message, code = store(shares, share, name, stored)
  if not done then return nil, message, code end
  share[name] = value
  shares:tell("share-updated", share)
  return true
end

local function is_shared(share)
  return not share.is_stopped and not share.is_expired
end

---Sends nothing of a share until it goes on: its links stay, their pages say so.
---@param share btshare.Share
---@param is_paused boolean
---@return true|nil done
---@return string? message
---@return string? code
function Changes:set_paused(share, is_paused)
  if share.is_paused == is_paused and not share.is_unconfirmed then return true end
  local stored, message, code = store(self, share, "paused", is_paused and 1 or 0)
  if not stored then return nil, message, code end
  share.is_paused, share.is_unconfirmed = is_paused, nil
  if is_paused then
    seeding.leave(self, share)
    self.services.transfers:cut_invalid()
  elseif share.state == "ready" and is_shared(share) then
    seeding.rejoin(self, share)
  end
  self:tell("share-updated", share)
  return true
end

---Sets or clears when a share ends.
---@param share btshare.Share
---@param expires integer? seconds since 1970
---@return true|nil done
---@return string? message
---@return string? code
function Changes:set_expires(share, expires)
  if share.expires == expires then return true end
  local stored, message, code = store(self, share, "expires", expires)
  if not stored then return nil, message, code end
  share.expires = expires
  self.ends:forget()
  self:tell("share-updated", share)
  return true
end

---Limits what a share may send, by BitTorrent and HTTP together.
---@param share btshare.Share
---@param rate integer? bytes a second, nil: no limit of its own
---@return true|nil done
---@return string? message
---@return string? code
function Changes:set_up_limit(share, rate)
  if rate and (math.type(rate) ~= "integer" or rate < 1 or rate > 0x7fffffff) then
    return nil, "up_limit: must be a whole number of bytes a second, from 1 to 2147483647", "invalid"
  end
  if share.up_limit == rate then return true end
  local stored, message, code = store(self, share, "up_limit", rate)
  if not stored then return nil, message, code end
  share.up_limit = rate
  self.services.budget:limit_share(share)
  self:tell("share-updated", share)
  return true
end

---Whether lists that others can read may name a share: as was chosen for it, or else as config.lua says of its folder.
---@param share btshare.Share
---@return boolean
function Changes.is_listed(_, share)
  if share.is_unconfirmed then return false end
  if share.listed ~= nil then return share.listed end
  return share.root.options.listed == true
end

---@param share btshare.Share
---@param is_listed boolean? nil: as config.lua says of its folder
---@return true|nil done
---@return string? message
---@return string? code
function Changes:set_listed(share, is_listed)
  local stored = nil
  if is_listed ~= nil then stored = is_listed and 1 or 0 end
  return choose(self, share, "listed", is_listed, stored)
end

---Whether its files can be fetched by web seed.
---@param share btshare.Share
---@param wanted ("on"|"auto"|"off")? on: .torrent files and magnets say where, auto: .torrent files; nil: as config.lua
---says
---@return true|nil done
---@return string? message
---@return string? code
function Changes:set_web_seed(share, wanted)
  return choose(self, share, "web_seed", wanted, wanted)
end

---Names trackers of others for one share, besides those of config.lua. As those, they are told of it only while it is
---public.
---@param share btshare.Share
---@param wanted string[]? addresses; nil or none: no further ones
---@return true|nil done
---@return string? message
---@return string? code
function Changes:set_trackers(share, wanted)
  local trackers, message, code = choices.check_trackers(wanted or {})
  if not trackers then return nil, message, code end
  trackers = trackers[1] and trackers or nil
  if table.concat(share.trackers or {}, " ") == table.concat(trackers or {}, " ") then return true end
  local stored
  stored, message, code = store(self, share, "trackers", choices.write_trackers(trackers))
  if not stored then return nil, message, code end
  share.trackers = trackers
  if share.is_seeding and share.exposure == "public" then
    seeding.leave(self, share)
    seeding.rejoin(self, share)
  end
  self:tell("share-updated", share)
  return true
end

-- The torrent is to be another one; of the hashes that there are, where they will do.
local function make_anew(shares, share)
  share.ticket = share.ticket + 1
  versions.withdraw(shares, share)
  if share.state == "ready" then set_state(share, "changed") end
  share.root:touch(share.entry, {}, 0)
end

---Chooses of which kind the torrent is: of another kind it is another torrent. The links stay.
---@param share btshare.Share
---@param wanted ("v1"|"hybrid"|"v2")? nil: as config.lua says of its folder
---@return true|nil done
---@return string? message
---@return string? code
function Changes:set_format(share, wanted)
  if share.format == wanted then return true end
  local former = choices.format(share)
  local stored, message, code = store(self, share, "format", wanted)
  if not stored then return nil, message, code end
  share.format = wanted
  if choices.format(share) ~= former and is_shared(share) then make_anew(self, share) end
  self:tell("share-updated", share)
  return true
end

-- Whether the torrent itself is another one.
local function needs_another_torrent(former, wanted)
  return (former == "private") ~= (wanted == "private") or (former == "http") ~= (wanted == "http")
end

---Chooses how a share is exposed; from then on config.lua says nothing about it. It leaves the swarm at once, and comes
---back as it is to be; where it needs another torrent, that is made of the hashes that there are.
---@param share btshare.Share
---@param wanted "link"|"private"|"public"|"http"
---@return true|nil done
---@return string? message
---@return string? code
function Changes:set_exposure(share, wanted)
  if not exposure.sentences[wanted] then
    return nil, "exposure: must be link, private, public or http", "invalid"
  end
  local former = share.exposure
  if former == wanted and share.has_own_exposure then return true end
  local stored, message, code = store(self, share, "own_exposure = 1, exposure", wanted)
  if not stored then return nil, message, code end
  share.exposure, share.has_own_exposure = wanted, true
  if former == wanted or not is_shared(share) then -- what is not shared is looked at before it is again
    self:tell("share-updated", share)
    return true
  end
  if needs_another_torrent(former, wanted) or share.state ~= "ready" then
    make_anew(self, share)
  else
    seeding.leave(self, share)
    seeding.rejoin(self, share)
  end
  self:tell("share-updated", share)
  return true
end

return Changes
