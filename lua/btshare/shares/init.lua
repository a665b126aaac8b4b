-- The shares: what is shared now, by id, by place and by info-hash, and what becomes of it.
--
-- The owner of each state change. Files are looked at by `library`, which calls `create`, `refresh` and
-- `lose`; hashing and torrents are made in `versions`; what others see is written in `describe`.
local absence = require "btshare.shares.absence"
local changes = require "btshare.shares.changes"
local choices = require "btshare.shares.choices"
local creating = require "btshare.shares.creating"
local describe = require "btshare.shares.describe"
local ending = require "btshare.shares.ending"
local ends = require "btshare.shares.ends"
local holds = require "btshare.shares.holds"
local restored = require "btshare.shares.restored"
local set_state = require "btshare.shares.state"
local task = require "btshare.task"
local unconfirmed = require "btshare.shares.unconfirmed"
local versions = require "btshare.shares.versions"
local whereabouts = require "btshare.shares.whereabouts"

---@alias btshare.State "settling"|"preparing"|"ready"|"changed"|"missing"|"paused"|"expired"|"failed"

---@class btshare.Share
---@field id string
---@field root btshare.Root
---@field entry string its name directly inside the root
---@field kind "file"|"folder"
---@field title string? what its page calls it, where a plugin gave it another name
---@field description string? what its page says of it
---@field exposure "link"|"private"|"public"|"http"
---@field state btshare.State
---@field reason string? why it is missing or failed, in words
---@field progress number? 0 … 1 while it is hashed
---@field size integer bytes
---@field files integer
---@field info_hash string? hex
---@field info_hash_v2 string?
---@field number integer? of its current version
---@field created integer seconds since 1970
---@field changed integer seconds since 1970
---@field expires integer? seconds since 1970
---@field gone_since integer? seconds since 1970: when a look did not find its entry first, see shares.absence
---@field has_returned boolean? whether the store still says that it is gone
---@field is_stopped boolean the owner stopped it
---@field is_paused boolean
---@field is_unconfirmed boolean? whether it is so until its owner confirms it, see shares.unconfirmed
---@field is_held boolean whether all shares are held back, see shares.holds
---@field is_expired boolean
---@field is_seeding boolean whether the engine has it
---@field is_suspended boolean whether the engine was told to send nothing, until we have looked
---@field is_restored boolean? known from before, and not ready yet since it was taken out of the store
---@field untold table<string, table>? facts of it that others are still to be told, see shares.restored
---@field has_own_exposure boolean whether its exposure was chosen for it alone, not for its folder
---@field up_limit integer? bytes a second that it may send, by BitTorrent and HTTP together
---@field listed boolean? whether lists that others can read name it, where that was chosen for it; see `is_listed`
---@field format ("v1"|"hybrid"|"v2")? of its torrent, where that was chosen for it; see shares.choices
---@field web_seed ("on"|"auto"|"off")? where that was chosen for it; see shares.choices
---@field trackers string[]? those of others that were named for it; see exposure.trackers
---@field revision integer counts what its owner chose for it, see shares.changes
---@field edition integer counts what was stored of its content while we ran
---@field fresh string? manifest of the version that is being made
---@field fresh_folders string? its folders, see core.tree.Entry
---@field ticket integer counts what was begun with it; whoever holds an older one gives up
---@field departures integer? counts how often it was taken out of the swarm; whoever is on the way in begins anew
---@field job integer? of the hasher
---@field give_up fun(...)? wakes who waits for that

---@class btshare.Shares
---@field services btshare.Services
---@field by_id table<string, btshare.Share>
---@field by_place table<btshare.Root, table<string, btshare.Share>>
---@field by_hash table<string, btshare.Share> the ones that the engine has
---@field heirs table<string, table<btshare.Share, true>> by info-hash: others with the same torrent, ready to step in
---@field contents btshare.Content[] those asked for last, see shares.content
---@field count integer
---@field holds integer who hold all shares back now
---@field private holding btshare.task.mutex? of who brings them in line
---@field ends btshare.Ends
---@field private listed btshare.Share[]? what `list` gave last
---@field private followers fun(fact: string, share: btshare.Share, more: table?)[]
---@field private jobs table<btshare.task.job, true> tasks under way
local Shares = {}
Shares.__index = Shares

local shares = {}

for _, part in ipairs { changes, creating, ending, holds, restored, unconfirmed, whereabouts } do
  for name, method in pairs(part) do Shares[name] = method end
end

---@param services btshare.Services
---@return btshare.Shares
function shares.new(services)
  local by_id = {}
  return setmetatable({
    services = services, by_id = by_id, by_place = {}, by_hash = {}, heirs = {}, jobs = {}, contents = {}, count = 0,
    followers = {}, holds = 0, ends = ends.new(by_id), restored = {}, first_restored = 1,
  }, Shares)
end

local select_shares = [[
SELECT shares.id, shares.entry, shares.kind, shares.exposure, shares.stopped, shares.paused, shares.expired,
  shares.created, shares.changed, shares.expires, shares.own_exposure, shares.up_limit, shares.listed,
  shares.revision, versions.number, versions.files, versions.size, versions.info_hash, versions.info_hash_v2
FROM shares LEFT JOIN versions ON versions.share = shares.id WHERE shares.root = ?]]

---Takes the shares of a root out of the store. They stay `settling` until the library has looked.
---@param root btshare.Root
function Shares:load(root)
  self.by_place[root] = {}
  for id, entry, kind, exposure, stopped, paused, expired, created, changed, expires, own_exposure, up_limit, listed,
    revision, number, files, size, info_hash, info_hash_v2 in self.services.store:rows(select_shares, root.id) do
    self:register {
      id = id, root = root, entry = entry, kind = kind, exposure = exposure, state = "settling",
      is_stopped = stopped == 1, is_paused = paused ~= 0, is_unconfirmed = paused == 2 or nil,
      is_expired = expired == 1, created = created,
      changed = changed, expires = expires, has_own_exposure = own_exposure == 1, up_limit = up_limit,
      listed = listed and listed == 1, number = number, files = files or 0, size = size or 0,
      info_hash = info_hash, info_hash_v2 = info_hash_v2, is_seeding = false, is_suspended = false,
      ticket = 0, revision = revision, edition = 0, is_restored = true,
    }
  end
  absence.load(self, root)
  choices.load(self, root)
  self:load_words()
  if self.services.events:has("share-created") then
    for _, share in pairs(self.by_place[root]) do
      local is_over = share.is_stopped or share.is_expired
      if not is_over then self:inform("share-created", share, { from_restore = true }) end
    end
  end
end

---@private
---@param share btshare.Share
function Shares:register(share)
  share.is_held = self.holds > 0
  self.by_id[share.id] = share
  self.by_place[share.root][share.entry] = share
  self.count = self.count + 1
  self.listed = nil
  self.ends:forget()
  return share
end

---@private
---@param share btshare.Share
function Shares:forget(share)
  share.ticket = share.ticket + 1
  versions.withdraw(self, share)
  share.untold = nil
  self.by_id[share.id] = nil
  self.by_place[share.root][share.entry] = nil
  self.count = self.count - 1
  self.listed = nil
  self:touch(share)
end

---Forgets a share that the store has no longer.
---@param share btshare.Share
function Shares:remove(share)
  if self.by_id[share.id] == share then
    if share.state == "missing" then share.root.missing:remove(share) end
    self:forget(share)
  end
end

---Forgets all shares of a root, and takes them out of the swarm; the store keeps them.
---@param root btshare.Root
function Shares:unload(root)
  for _, share in pairs(self.by_place[root] or {}) do
    self:forget(share)
  end
  self.by_place[root] = nil
end

---@param root btshare.Root
---@param entry string
---@return btshare.Share?
function Shares:at(root, entry)
  return self.by_place[root][entry]
end

---Every share that is not stopped, in order of name. Not to be changed; made once as long as nothing else changes.
---@return btshare.Share[]
function Shares:list()
  if self.listed then
    return self.listed
  end
  local keys, by_key, list = {}, {}, {}
  for _, share in pairs(self.by_id) do
    if not share.is_stopped then
      local key = share.entry .. "\0" .. share.id
      keys[#keys + 1], by_key[key] = key, share
    end
  end
  table.sort(keys) -- texts, without a function to compare them: five times as fast
  for index, key in ipairs(keys) do list[index] = by_key[key] end
  self.listed = list
  return list
end

Shares.find = require "btshare.shares.find"

---Has `fn(fact, share, more)` called at once with every fact about a share, before it is told to others, who get
---a description that is dear to make; and with "changed" for whatever else is shown of it.
---@param fn fun(fact: string, share: btshare.Share, more: table?)
function Shares:follow(fn)
  self.followers[#self.followers + 1] = fn
end

---Something that is shown of a share has changed.
---@param share btshare.Share
function Shares:touch(share)
  for _, follow in ipairs(self.followers) do follow("changed", share) end
end

---@param fact string
---@param share btshare.Share
---@param more table? further fields
function Shares:tell(fact, share, more)
  for _, follow in ipairs(self.followers) do follow(fact, share, more) end
  self:inform(fact, share, more)
end

---Holds a share against what is on disk now, and does what follows. Call in a task.
---@param share btshare.Share
---@param entry core.tree.Entry complete, not being written
---@param is_trusted boolean whether we watched all along and saw no write
function Shares:refresh(share, entry, is_trusted)
  versions.refresh(self, share, entry, is_trusted)
end

---Sends nothing of a share until the library has looked at it again. Cheap, at once.
---@param share btshare.Share
function Shares:suspend(share)
  if share.is_seeding and not share.is_suspended then
    share.is_suspended = true
    self.services.engine:pause(share.info_hash)
  end
end

---A file of the share is not as its manifest says: nothing of it is sent until the library has looked, and
---then it is put into the swarm anew.
---@param share btshare.Share
function Shares:distrust(share)
  share.ticket = share.ticket + 1
  versions.withdraw(self, share)
end

---@private
---@param share btshare.Share
---@param reason string
function Shares:fail(share, reason)
  versions.withdraw(self, share)
  set_state(share, "failed", reason)
  self:tell("share-failed", share, { reason = reason })
end

---Runs `fn(...)` in a task that ends with the shares, wherever it waits. Who asks for something goes before it.
---@param fn function
---@return btshare.task.job
function Shares:spawn(fn, ...)
  return task.spawn_with({ group = self.jobs, is_patient = true }, fn, ...)
end

function Shares:close()
  task.cancel(self.jobs)
end

---@param share btshare.Share
---@return table described a share as JSON (design §4)
function Shares:describe(share)
  return describe.share(self.services, share)
end

return shares
