-- How an entry becomes a share: the plugins are asked, and what they fill in is kept. Methods of btshare.Shares.
local choices = require "btshare.shares.choices"
local json = require "core.json"
local versions = require "btshare.shares.versions"

---@class btshare.Shares
local Creating = {}

local prefix = "words " -- names the settings that hold what the page of a share calls it and says of it

---Takes out of the store what the pages of shares say of them.
---@private
function Creating:load_words()
  local sql = "SELECT substr(name, ?), value FROM settings WHERE substr(name, 1, ?) = ?"
  for id, text in self.services.store:rows(sql, #prefix + 1, #prefix, prefix) do
    local share, words = self.by_id[id], json.decode(text)
    if share and type(words) == "table" then share.title, share.description = words.title, words.description end
  end
end

---The statement that forgets what the page of a share says of it.
---@param share btshare.Share
---@return table
function Creating.forget_words(_, share)
  return { "DELETE FROM settings WHERE name = ?", prefix .. share.id }
end

local function ends(lifetime)
  return lifetime and os.time() + math.ceil(lifetime)
end

-- Asks the plugins. What they fill in is in the event afterwards.
local function ask(self, root, entry)
  local chosen = root.wanted[entry.name] or {}
  local event = {
    root = root.path, name = entry.name, kind = entry.kind, size = entry.size, path = root.path .. "/" .. entry.name,
    exposure = chosen.exposure or root.options.exposure, expires = ends(root.options.lifetime),
  }
  local allowed, message, code = self.services.events:ask("share-create", event)
  if not allowed then
    return nil, message or "refused by a plugin", code or "denied"
  end
  event.has_own_exposure = chosen.exposure ~= nil or event.exposure ~= root.options.exposure
  return event, chosen
end

local function or_null(flag)
  if flag == nil then return nil end
  return flag and 1 or 0
end

local function statements(self, share, now)
  local batch = self.services.links:statements(share.id, share.id, now)
  table.insert(batch, 1, {
    "INSERT INTO shares (id, root, entry, kind, exposure, own_exposure, created, changed, expires, listed, format, " ..
      "web_seed, trackers, paused) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    share.id, share.root.id, share.entry, share.kind, share.exposure, or_null(share.has_own_exposure), now, now,
    share.expires, or_null(share.listed), share.format, share.web_seed, choices.write_trackers(share.trackers),
    share.is_unconfirmed and 2 or 0, n = 14,
  })
  if share.title or share.description then
    local words = json.encode { title = share.title, description = share.description }
    batch[#batch + 1] = { "INSERT OR REPLACE INTO settings VALUES (?, ?)", prefix .. share.id, words }
  end
  return batch
end

---Begins to share a complete entry: asks the plugins, stores it, tells, and has its first version prepared.
---Call in a task.
---@param root btshare.Root
---@param entry core.tree.Entry
---@return btshare.Share? share
---@return string? message
---@return string? code
function Creating:create(root, entry)
  local asked, chosen, code = ask(self, root, entry)
  if not asked then return nil, chosen, code end
  if not self.by_place[root] then return nil, root.path .. ": is not shared any more", "missing" end
  if self:at(root, entry.name) then
    return nil, entry.name .. ": shared already", "exists"
  end
  local now = os.time()
  local is_unconfirmed = self:must_confirm(root, entry.name)
  local share = self:register {
    id = self:free_id(root, entry.name), root = root, entry = entry.name, kind = entry.kind,
    title = asked.name ~= entry.name and asked.name or nil, description = asked.description,
    exposure = asked.exposure, has_own_exposure = asked.has_own_exposure, listed = chosen.listed,
    format = chosen.format, web_seed = chosen.web_seed, trackers = chosen.trackers,
    state = "preparing", created = now, changed = now,
    expires = asked.expires, files = entry.files, size = entry.size, is_stopped = false, is_paused = is_unconfirmed,
    is_unconfirmed = is_unconfirmed or nil,
    is_expired = false, is_seeding = false, is_suspended = false, ticket = 0, revision = 0, edition = 0,
  }
  local written, message
  written, message, code = self.services.store:write(statements(self, share, now))
  if not written then
    if self.by_id[share.id] == share then self:forget(share) end
    return nil, message, code
  elseif self.by_id[share.id] ~= share then
    return nil, root.path .. ": is not shared any more", "missing"
  end
  root.wanted[entry.name] = nil
  self:tell("share-created", share, { from_restore = false })
  self:spawn(versions.prepare, self, share, entry)
  return share
end

---@private
function Creating:free_id(root, name)
  local links, number = self.services.links, 0
  local id = links:share_id(root.path, name, number)
  while self.by_id[id] or self.services.store:query("SELECT 1 FROM shares WHERE id = ?", id)[1] do
    number = number + 1
    id = links:share_id(root.path, name, number)
  end
  return id
end

return Creating
