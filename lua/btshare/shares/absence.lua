-- Shares whose entries are gone: since when, how a start tells of them, and when they are forgotten.
--
-- Only what a look into its folder did not find counts as gone: a folder that is away itself, or an entry that may
-- not be read, says nothing about what becomes of it. What was stopped or has expired is kept, so that it stays so.
local keep_seconds = 30 * 86400
local most_lines = 20 -- so many shares are told of one by one when a start finds them gone

local absence = {}

local prefix = "gone " -- names the settings that hold since when a share is gone, in seconds since 1970

local function is_gone(share)
  return share.state == "missing" and not share.is_stopped and not share.is_expired
end

---Takes out of the store which shares of a root were gone when they were last looked for.
---@param self btshare.Shares
---@param root btshare.Root
function absence.load(self, root)
  local sql = "SELECT substr(name, ?), value FROM settings WHERE substr(name, 1, ?) = ?"
  for id, since in self.services.store:rows(sql, #prefix + 1, #prefix, prefix) do
    local share = self.by_id[id]
    if share and share.root == root then
      share.gone_since = since
    end
  end
end

-- Where the store has no room, the next full look tries again.
local function write(self, statements)
  if #statements > 0 then
    return self.services.store:write(statements)
  end
end

local function store_since(self, list)
  local now, statements = os.time(), {}
  for _, share in ipairs(list) do
    if is_gone(share) and not share.gone_since then
      share.gone_since = now
      statements[#statements + 1] = { "INSERT OR REPLACE INTO settings VALUES (?, ?)", prefix .. share.id, now }
    end
  end
  write(self, statements)
end

---Notes since when shares are gone.
---@param self btshare.Shares
---@param list btshare.Share[] not found by a look that has ended
function absence.note(self, list)
  if #list > 0 then
    self:spawn(store_since, self, list)
  end
end

---Tells what the first look of a start did not find: one by one what went while we were away, unless it is much; the
---rest in one sentence.
---@param self btshare.Shares
---@param root btshare.Root
---@param lost btshare.Share[]
function absence.tell_first(self, root, lost)
  local news, known = {}, 0
  for _, share in ipairs(lost) do
    if share.gone_since then
      known = known + (share.state == "missing" and 1 or 0)
    elseif share.state == "missing" then
      news[#news + 1] = share
    end
  end
  if #news > most_lines then
    known, news = known + #news, {}
  end
  for _, share in ipairs(news) do
    self:tell_lost(share)
  end
  if known > 0 then
    self.services.events:tell("notice", {
      level = "info",
      message = (known == 1 and "%s: %d share is missing; btshare list shows it"
        or "%s: %d shares are missing; btshare list shows them"):format(root.path, known),
    })
  end
end

local function forget(self, list)
  local statements = {}
  for _, share in ipairs(list) do
    statements[#statements + 1] = { "DELETE FROM shares WHERE id = ?", share.id }
    statements[#statements + 1] = { "DELETE FROM settings WHERE name = ?", prefix .. share.id }
    statements[#statements + 1] = self:forget_words(share)
  end
  if not write(self, statements) then return end
  for _, share in ipairs(list) do
    local is_back = share.state ~= "missing" -- while it was written
    if not is_back then self:tell("share-removed", share, { reason = "forgotten" }) end
    self:remove(share)
    if is_back then share.root:touch(share.entry, {}, 0) end
  end
  self.services.log.info("forgotten, as gone for %d days: %d shares", keep_seconds // 86400, #list)
end

-- What is here again is no longer gone since then.
local function clean(self, root)
  local statements = {}
  for _, share in pairs(self.by_place[root]) do
    if (share.gone_since or share.has_returned) and not is_gone(share) then
      share.gone_since, share.has_returned = nil, nil
      statements[#statements + 1] = { "DELETE FROM settings WHERE name = ?", prefix .. share.id }
    end
  end
  write(self, statements)
end

---A full look at a root has ended: shares that have been gone for long are forgotten, and their links dead.
---@param self btshare.Shares
---@param root btshare.Root
function absence.review(self, root)
  local now, list = os.time(), {}
  for _, share in pairs(self.by_place[root]) do
    if share.gone_since and is_gone(share) and now - share.gone_since >= keep_seconds then
      list[#list + 1] = share
    end
  end
  if #list > 0 then
    self:spawn(forget, self, list)
  end
  self:spawn(clean, self, root)
end

return absence
