-- The one way in: from a token to its share, or to the reason why there is none to be had. Pages, files, torrents,
-- tracker and web seed all come through here, and here alone the plugins are asked.
local crypto = require "core.crypto"
local grants = require "btshare.shares.grants"
local task = require "btshare.task"
local throttle = require "btshare.sign_in.throttle"
local uv = require "luv"

local entrance = {}

---@alias btshare.Errand what somebody comes for
---| "page" | "file" | "archive" | "torrent" | "magnet" | "announce" | "scrape" | "web-seed"

---@class btshare.Visitor who asks
---@field address string
---@field proof string? a grant that came along
---@field password string? that came along
---@field visit string? what only this browser knows, of somebody who waits to be let in
---@field agent string? what their program calls itself

---@class btshare.Pass what let somebody in
---@field link string id
---@field name string? of a named link
---@field expires integer? when the link ends, seconds since 1970
---@field downloads_left integer? where these are limited
---@field token string
---@field purpose btshare.Errand
---@field address string
---@field proof string? the grant that came along
---@field mark string? what that grant says, where it is good

---@alias btshare.Words string|table<string, string> in English, or by language

-- Which of a link's tokens leads there.
local token_of = {
  page = "page", file = "page", archive = "page", torrent = "page", magnet = "page", announce = "announce",
  scrape = "announce", ["web-seed"] = "webseed",
}
entrance.errands = token_of

local trouble_of = {
  password = "locked", ask = "asked", missing = "missing", gone = "ended", full = "full", failed = "failed",
  busy = "busy",
}
local is_told = { denied = true, ended = true, full = true, locked = true } -- in the plugin's own words
entrance.page_seconds = 12 * 3600 -- that a grant of a page is good for
local swarm_seconds = 30 * 86400
local longest_password = 1024
local most_proofs = 1000

---@class btshare.Entrance
---@field private services btshare.Services
---@field private throttle btshare.sign_in.Throttle
---@field private secret string of this run
---@field private proofs table<string, string> by password and link: what it was good for, so that it is checked once
---@field private proof_count integer
---@field private checking table<string, btshare.task.job>
local Entrance = {}
Entrance.__index = Entrance

---@param services btshare.Services
---@param clock (fun(): number)? seconds, steady
---@return btshare.Entrance
function entrance.new(services, clock)
  return setmetatable({
    services = services, secret = crypto.random(32), proofs = {}, proof_count = 0, checking = {},
    throttle = throttle.new(clock or function() return uv.hrtime() / 1e9 end),
  }, Entrance)
end

local function is_swarm(purpose)
  return token_of[purpose] ~= "page"
end

-- Whether a share has ended, or its folder is shared no longer: also while somebody waits, or is being sent something.
local function is_over(self, share)
  return share.is_stopped or share.is_expired or share.expires and share.expires <= os.time()
    or self.services.shares.by_id[share.id] ~= share
end

-- What stands in the way of its bytes, if anything. A tracker knows who is there, whatever becomes of the bytes.
local function obstacle(share, purpose)
  if share.is_unconfirmed then return "paused" end
  if token_of[purpose] == "announce" then return nil end
  if share.is_paused or share.is_held then
    return "paused"
  elseif share.state == "missing" then
    return share.root.is_lost and "offline" or "gone"
  elseif share.state == "settling" or share.state == "failed" then
    return share.state
  end
end

-- What the plugins have against it, if anything.
local function objection(self, share, pass)
  local services = self.services
  if not services.events:has("share-open") then return nil end
  local mark = grants.read(services.links, is_swarm(pass.purpose) and "swarm" or "page", pass.link, pass.proof)
  local allowed, reason, code = services.events:ask("share-open", {
    share = services.shares:describe(share), link = { id = pass.link, name = pass.name }, address = pass.address,
    purpose = pass.purpose, grant = mark,
  })
  pass.mark = allowed and mark or nil
  if allowed then return nil end
  local trouble = trouble_of[code] or "denied"
  return trouble, is_told[trouble] and reason ~= "refused" and reason or nil
end

-- Whether a password opens a link: asks the plugins, as often as the address may try.
local function check(self, share, pass, password)
  local services = self.services
  local finish, seconds = self.throttle:begin(pass.address, share.id)
  if not finish then return nil, "throttled", nil, seconds end
  local went = "unknown"
  local _ <close> = task.on_close(function() finish(went) end)
  local event = {
    share = services.shares:describe(share), link = { id = pass.link, name = pass.name }, address = pass.address,
    password = password,
  }
  local allowed, _, code = services.events:ask("share-unlock", event)
  if allowed then
    went = "right"
    local mark = event.grant or grants.mark(services.links, password)
    return grants.make(services.links, "page", pass.link, mark, os.time() + entrance.page_seconds)
  elseif code == "busy" or code == "failed" then
    return nil, code
  end
  went = "wrong"
  return nil, "wrong"
end

-- A grant together with what was granted before: several plugins may each let in only some.
local function join(self, pass, proof)
  local links = self.services.links
  local former = grants.read(links, "page", pass.link, pass.proof)
  local mark = grants.read(links, "page", pass.link, proof)
  if not former or not mark then return proof end
  return grants.make(links, "page", pass.link, grants.add(former, mark), os.time() + entrance.page_seconds)
end

local function remember(self, key, proof)
  if self.proof_count >= most_proofs then self.proofs, self.proof_count = {}, 0 end
  self.proofs[key], self.proof_count = proof, self.proof_count + 1
end

-- A grant for a password. Programs send theirs along with every request, several at once: it is checked once. It says
-- nothing but that: somebody else may have the same password.
local function unlock(self, share, pass, password)
  if password == "" or #password > longest_password then return nil, "wrong" end
  local key = crypto.hmac_sha256(self.secret, pass.link .. "\0" .. password)
  local known = self.proofs[key]
  if known then
    if objection(self, share, setmetatable({ proof = known }, { __index = pass })) ~= "locked" then return known end
    self.proofs[key] = nil
  end
  local job = self.checking[key]
  if not job then
    job = task.spawn(check, self, share, pass, password)
    self.checking[key] = job
  end
  local succeeded, proof, trouble, words, seconds = job:wait()
  if self.checking[key] == job then self.checking[key] = nil end
  if not succeeded then return nil, "failed" end
  if proof then remember(self, key, proof) end
  return proof, trouble, words, seconds
end

-- The share that a token leads to, and a pass that nobody has been asked about yet.
local function find(self, text, purpose, visitor)
  local services = self.services
  local token, proof = text, visitor.proof
  if is_swarm(purpose) then token, proof = text:match("^([^.]*)%.?(.*)$") end
  local id, link, more = services.links:find(token, token_of[purpose])
  local share = id and services.shares and services.shares.by_id[id]
  if id and not share and not services.is_started then
    return nil, "settling"
  elseif not share or is_over(self, share) then
    return nil, "missing"
  end
  return share, {
    link = link, name = more.name, expires = more.expires, downloads_left = more.downloads_left, token = token,
    purpose = purpose, address = visitor.address, proof = proof,
  }
end

---Finds the share that a token opens, if the plugins let it. Call in a task: they may take their time.
---@param text string the token as it came; for the swarm a dot and a grant may follow
---@param purpose btshare.Errand
---@param visitor btshare.Visitor
---@return btshare.Share? share
---@return btshare.Trouble? trouble without a share
---@return btshare.Pass|btshare.Words|nil pass with a share; without one, why, if a plugin said
---@return integer? seconds to wait, where there were too many tries
function Entrance:open(text, purpose, visitor)
  local share, pass = find(self, text, purpose, visitor)
  if not share then return nil, pass end
  local trouble, words, seconds = objection(self, share, pass)
  if trouble == "locked" and visitor.password then
    local proof
    proof, trouble, words, seconds = unlock(self, share, pass, visitor.password)
    if proof then
      pass.proof = join(self, pass, proof)
      trouble, words = objection(self, share, pass)
    end
  end
  if trouble then return nil, trouble, words, seconds end
  trouble = is_over(self, share) and "missing" or obstacle(share, purpose)
  if trouble then return nil, trouble end
  self.services.access:touch(pass.link)
  return share, nil, pass
end

---Exchanges a password for a grant of the page. Call in a task.
---@param token string of a page
---@param visitor btshare.Visitor with the password
---@return string? grant
---@return btshare.Trouble? trouble
---@return btshare.Words? words
---@return integer? seconds to wait, where there were too many tries
function Entrance:unlock(token, visitor)
  local share, pass = find(self, token, "page", visitor)
  if not share then return nil, pass end
  local proof, trouble, words, seconds = unlock(self, share, pass, visitor.password or "")
  return proof and join(self, pass, proof), trouble, words, seconds
end

---Asks whether somebody who waits at a page is let in by now; the first time, that they wait. Call in a task.
---@param token string of a page
---@param visitor btshare.Visitor with the visit
---@return string? grant
---@return btshare.Trouble? trouble "asked" while they wait
---@return btshare.Words? words
function Entrance:ask(token, visitor)
  local services = self.services
  local share, pass = find(self, token, "page", visitor)
  if not share then return nil, pass end
  local event = {
    share = services.shares:describe(share), link = { id = pass.link, name = pass.name }, address = pass.address,
    visit = visitor.visit, agent = visitor.agent,
  }
  local allowed, reason, code = services.events:ask("share-ask", event)
  if not allowed then
    local trouble = trouble_of[code] or "denied"
    return nil, trouble, is_told[trouble] and reason ~= "refused" and reason or nil
  end
  local mark = event.grant or grants.mark(services.links, visitor.visit)
  local ends = os.time() + entrance.page_seconds
  pass.proof = join(self, pass, grants.make(services.links, "page", pass.link, mark, ends))
  -- A plugin that asks on all the same would have the browser go round and round.
  if objection(self, share, pass) == "asked" then return nil, "failed" end
  return pass.proof
end

---Whether somebody who is in would be let in for something else, too. Call in a task.
---@param share btshare.Share
---@param pass btshare.Pass
---@param purpose btshare.Errand one that the same token leads to
---@return boolean
function Entrance:may(share, pass, purpose)
  return not objection(self, share, {
    link = pass.link, name = pass.name, address = pass.address, proof = pass.proof, purpose = purpose,
  })
end

---Whether somebody who was let in still would be. Call in a task.
---@param share btshare.Share
---@param pass {link: string, name: string?, address: string, proof: string?, purpose: btshare.Errand}
---@return boolean
function Entrance:is_welcome(share, pass)
  return not is_over(self, share) and not objection(self, share, pass)
end

---Whether a pass still opens its share, as far as that can be said without asking anybody.
---@param share btshare.Share
---@param pass btshare.Pass
---@return boolean
function Entrance:is_valid(share, pass)
  return not is_over(self, share) and not share.is_paused and not share.is_held
    and self.services.links:find(pass.token, token_of[pass.purpose]) ~= nil
end

---What goes into the addresses of tracker and web seed that are handed out to somebody who was let in.
---@param pass btshare.Pass?
---@return string? grant nil where none was asked for
function Entrance:swarm_grant(pass)
  if not pass or not pass.mark then return nil end
  -- The same for a day, so that a .torrent that is fetched again is the same one.
  local ends = (os.time() // 86400 + 1) * 86400 + swarm_seconds
  return grants.make(self.services.links, "swarm", pass.link, pass.mark, ends)
end

return entrance
