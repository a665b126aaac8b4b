-- Who may come in by which link: the links of a share are made, listed, counted and revoked here.
local crypto = require "core.crypto"
local task = require "btshare.task"
local text = require "btshare.terminal.text"
local uv = require "luv"

---@class btshare.Link
---@field id string the default link of a share has the share's id
---@field name string? nil: the default link
---@field state "live"|"expired"|"used up"|"revoked"
---@field created integer seconds since 1970
---@field expires integer?
---@field downloads integer of the whole, to the last byte
---@field limit integer? of these
---@field used integer? when it was used last
---@field generation integer

---@class btshare.Access
---@field private services btshare.Services
---@field private used table<string, integer> by link: when it was used, as far as that is not stored yet
---@field private jobs table<btshare.task.job, true>
local Access = {}
Access.__index = Access

local access = {}

access.default = "default" -- what people call the link that every share has

local store_milliseconds = 60000 -- how often uses are stored
local longest_name = 100

---@param services btshare.Services
---@return btshare.Access
function access.new(services)
  local self = setmetatable({ services = services, used = {}, jobs = {} }, Access)
  self.timer = uv.new_timer()
  self.timer:start(store_milliseconds, store_milliseconds, function()
    task.spawn_with({ group = self.jobs }, self.store_uses, self)
  end)
  return self
end

local function state_of(row, now)
  if row.revoked then return "revoked" end
  if row.expires and row.expires <= now then return "expired" end
  if row.most_downloads and row.downloads >= row.most_downloads then return "used up" end
  return "live"
end

local function link_of(self, row)
  return {
    id = row.id, name = row.name, state = state_of(row, os.time()), created = row.created, expires = row.expires,
    downloads = row.downloads, limit = row.most_downloads, used = self.used[row.id] or row.used,
    generation = row.generation,
  }
end

---The links of a share: the default one first, then as they were made.
---@param share btshare.Share
---@return btshare.Link[]
function Access:list(share)
  local list = {}
  for index, row in ipairs(self.services.store:query(
    "SELECT * FROM links WHERE share = ? ORDER BY name IS NOT NULL, created, id", share.id)) do
    list[index] = link_of(self, row)
  end
  return list
end

---How often all of a share was fetched, by whatever link, also by those that are over.
---@param share btshare.Share
---@return integer
function Access:downloads(share)
  local row = self.services.store:query("SELECT sum(downloads) AS count FROM links WHERE share = ?", share.id)[1]
  return row.count or 0
end

---@param share btshare.Share
---@param name string "default", a name or an id
---@return btshare.Link? link one that is not revoked, if there is one
function Access:find(share, name)
  local id = name == access.default and share.id or name
  local found
  for _, link in ipairs(self:list(share)) do
    local is_meant = link.id == id or link.name == name
    if is_meant and (not found or found.state == "revoked") then found = link end
  end
  return found
end

local function check_name(name)
  if name == "" or #name > longest_name or text.escape(name) ~= name then
    return nil, ("the name of a link: 1 to %d bytes, and nothing that cannot be shown"):format(longest_name), "invalid"
  elseif name == access.default then
    return nil, name .. ": is what the link is called that every share has", "invalid"
  end
  return true
end

-- Asks the plugins; they may have it end sooner.
local function ask(self, share, wanted)
  local events = self.services.events
  if not events:has("link-create") then return wanted end
  local event = {
    share = self.services.shares:describe(share), name = wanted.name, expires = wanted.expires, limit = wanted.limit,
  }
  local allowed, message, code = events:ask("link-create", event)
  if not allowed then return nil, message or "refused by a plugin", code or "denied" end
  return { name = wanted.name, expires = event.expires, limit = wanted.limit }
end

local function tell(self, fact, share, event)
  local events = self.services.events
  if not events:has(fact) then return end
  event.share = self.services.shares:describe(share)
  events:tell(fact, event)
end

---Makes another link to a share. A name whose link is over may be given again. Call in a task.
---@param share btshare.Share
---@param wanted {name: string, expires: integer?, limit: integer?}
---@return btshare.Link? link
---@return string? message
---@return string? code
function Access:create(share, wanted)
  local fine, message, code = check_name(wanted.name)
  if not fine then return nil, message, code end
  wanted, message, code = ask(self, share, wanted)
  if not wanted then return nil, message, code end
  local id, now = crypto.hex(crypto.random(8)), os.time()
  local batch = self.services.links:statements(id, share.id, now, wanted)
  local former = self:find(share, wanted.name)
  if former and former.state == "live" then
    return nil, ("%s: has a link to %s already"):format(wanted.name, share.entry), "exists"
  elseif former and former.state ~= "revoked" then
    table.insert(batch, 1, { "UPDATE links SET revoked = ? WHERE id = ?", now, former.id })
    table.insert(batch, 1, { "DELETE FROM tokens WHERE link = ?", former.id })
  end
  fine, message, code = self.services.store:write(batch)
  if not fine then return nil, message, code end
  local link = self:find(share, id)
  tell(self, "link-created", share, {
    link = { id = id, name = wanted.name }, expires = wanted.expires, limit = wanted.limit,
  })
  return link
end

---Makes a link dead: its page, its tracker and web seed, what is being sent through it, and the torrent clients that
---came by it alone. In place of the default
---link there is another one afterwards. Call in a task.
---@param share btshare.Share
---@param link btshare.Link
---@return btshare.Link? link as it is now
---@return string? message
---@return string? code
function Access:revoke(share, link)
  local done, message, code = self.services.links:revoke(link.id, link.id == share.id)
  if not done then
    return nil, ("%s: still works: %s"):format(link.name or "the link", message), code
  end
  self.services.transfers:cut_invalid()
  self.services.guests:review(share)
  self.services.shares:touch(share)
  tell(self, "link-revoked", share, { link = { id = link.id, name = link.name } })
  return self:find(share, link.id)
end

---Somebody came in by a link.
---@param id string
function Access:touch(id)
  self.used[id] = os.time()
end

---Somebody has got the whole through a link. What is still being sent through it is cut where that was the last time.
---@param id string
function Access:count(id)
  task.spawn_with({ group = self.jobs }, function()
    local done, message = self.services.store:write {
      { "UPDATE links SET downloads = downloads + 1 WHERE id = ?", id },
    }
    if not done then self.services.log.error("a download could not be counted: %s", message) end
    self.services.transfers:cut_invalid()
  end)
end

---@private
function Access:store_uses()
  local batch = {}
  for id, time in pairs(self.used) do
    batch[#batch + 1] = { "UPDATE links SET used = ? WHERE id = ?", time, id }
  end
  if not batch[1] then return end
  local stored = self.services.store:write(batch)
  for _, statement in ipairs(stored and batch or {}) do
    local time, id = statement[2], statement[3]
    if self.used[id] == time then self.used[id] = nil end
  end
end

function Access:close()
  self.timer:close()
  task.cancel(self.jobs)
end

return access
