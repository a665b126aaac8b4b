-- How shares lose their files, and are known again under another name. Methods of btshare.Shares.
local manifests = require "core.manifest"
local set_state = require "btshare.shares.state"
local versions = require "btshare.shares.versions"

---@class btshare.Shares
local Whereabouts = {}

local function is_over(share)
  return share.is_stopped or share.is_expired
end

-- The statements by which the version of a share has no torrent any more: the next look at its files makes another.
local function forget_torrent(batch, share)
  batch[#batch + 1] = {
    "INSERT OR REPLACE INTO former SELECT share, number, info_hash FROM versions WHERE share = ? AND info_hash NOTNULL",
    share.id,
  }
  batch[#batch + 1] = {
    "UPDATE versions SET torrent = NULL, info_hash = NULL, info_hash_v2 = NULL WHERE share = ?", share.id,
  }
end

-- What a share that is over holds now, by which it will be known again. Its hashes were of something else.
local function remember(self, batch, share, entry)
  local row = self.services.store:query("SELECT manifest FROM versions WHERE share = ?", share.id)[1]
  local _, _, is_same = manifests.arrange(row and row.manifest or "", entry.manifest)
  if not row or is_same then return end
  share.kind, share.files, share.size = entry.kind, entry.files, entry.size
  share.edition = share.edition + 1
  batch[#batch + 1] = { "UPDATE shares SET kind = ? WHERE id = ?", entry.kind, share.id }
  batch[#batch + 1] = {
    "UPDATE versions SET manifest = ?, files = ?, size = ?, piece_length = 0, pieces = x'', roots = x'', layers = x'',"
      .. " crcs = x'' WHERE share = ?",
    self.services.store.blob(entry.manifest), entry.files, entry.size, share.id,
  }
  forget_torrent(batch, share)
end

---The share's file or folder is not there (any more), or cannot be read. Told by `tell_lost`, since it may turn
---out that it only has another name now.
---@param share btshare.Share
---@param reason string in words
---@return boolean is_news
function Whereabouts:lose(share, reason)
  share.ticket = share.ticket + 1
  versions.withdraw(self, share)
  local is_news = share.state ~= "missing" and not is_over(share)
  set_state(share, "missing", reason)
  self:touch(share)
  return is_news
end

---@param share btshare.Share
function Whereabouts:tell_lost(share)
  if share.state == "missing" then
    self:tell("share-missing", share)
  end
end

---The entry of a share that is over is there. It stays over, also if it has another name one day: so what it holds is
---kept in mind.
---@param share btshare.Share
---@param entry core.tree.Entry
function Whereabouts:rest(share, entry)
  set_state(share, "expired")
  local batch = {}
  remember(self, batch, share, entry)
  self:touch(share)
  if #batch > 0 then
    self:spawn(self.services.store.write, self.services.store, batch)
  end
end

---A missing share whose entry lives on under another name: link and id stay, and what is over stays over. Call in a
---task.
---@param share btshare.Share
---@param entry core.tree.Entry
---@param is_trusted boolean
function Whereabouts:rename(share, entry, is_trusted)
  self.by_place[share.root][share.entry] = nil
  share.entry = entry.name
  self.listed = nil
  self.by_place[share.root][share.entry] = share
  local was_over = is_over(share)
  set_state(share, was_over and "expired" or "changed")
  self:touch(share)
  local batch = { { "UPDATE shares SET entry = ? WHERE id = ?", entry.name, share.id } }
  forget_torrent(batch, share) -- the old name is in it, and nobody knows when we end
  if was_over then remember(self, batch, share, entry) end
  local ticket = share.ticket
  local written, message = self.services.store:write_when_room(batch, function() return ticket == share.ticket end)
  share.root:answer(share.entry, share)
  if ticket ~= share.ticket or was_over then
    return
  elseif not written then
    self:fail(share, message)
    return
  end
  versions.rename(self, share, entry, is_trusted)
end

return Whereabouts
