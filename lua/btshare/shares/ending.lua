-- How shares end, and begin again: stopped by their owner, expired, restarted. Methods of btshare.Shares.
local set_state = require "btshare.shares.state"
local versions = require "btshare.shares.versions"

---@class btshare.Shares
local Ending = {}

-- Whoever waits for the share to be looked at waits in vain.
local function turn_away(share, message)
  share.root:answer(share.entry, nil, share.entry .. message, "denied")
end

---Ends a share; its file stays. It is not shared again before `restart`. Call in a task.
---@param share btshare.Share
---@param who string? who asked, for the plugins
---@return true|nil done
---@return string? message
---@return string? code
function Ending:stop(share, who)
  local allowed, message, code = self.services.events:ask("share-remove", {
    share = self:describe(share), who = who or "owner",
  })
  if not allowed then
    return nil, message or "refused by a plugin", code or "denied"
  end
  local written
  written, message, code = self.services.store:write {
    { "UPDATE shares SET stopped = 1, expires = NULL WHERE id = ?", share.id },
  }
  if not written then
    return nil, share.entry .. ": still shared: " .. message, code
  end
  share.ticket = share.ticket + 1
  versions.withdraw(self, share)
  share.is_stopped, share.expires = true, nil
  self.listed = nil
  turn_away(share, ": was stopped before it was shared")
  self:tell("share-removed", share, { reason = "stopped" })
  return true
end

---Undoes `stop` and `expire`: it is shared from now on, with the whole time that its folder gives it, or as much as is
---said. The library must look at the entry next. Call in a task.
---@param share btshare.Share
---@param expires integer? seconds since 1970
function Ending:restart(share, expires)
  local now, lifetime = os.time(), share.root.options.lifetime
  expires = expires or lifetime and now + math.ceil(lifetime) or nil
  local written, message, code = self.services.store:write {
    { "UPDATE shares SET stopped = 0, expired = 0, created = ?, expires = ? WHERE id = ?", now, expires, share.id,
      n = 3 },
  }
  if not written then
    return nil, message, code
  end
  share.is_stopped, share.is_expired, share.expires, share.is_restored = false, false, expires, nil
  share.created = now
  self.listed = nil
  self.ends:forget()
  set_state(share, "settling")
  self:tell("share-created", share, { from_restore = false })
  return true
end

---Ends a share because its time has come. It never comes back by itself. Call in a task.
---@param share btshare.Share
---@param reason string? in words
function Ending:expire(share, reason)
  share.ticket = share.ticket + 1
  versions.withdraw(self, share)
  share.is_expired = true
  set_state(share, "expired")
  turn_away(share, ": ended before it was shared, since its time is over")
  local written, message = self.services.store:write {
    { "UPDATE shares SET expired = 1 WHERE id = ?", share.id },
  }
  if not written then
    self.services.log.error("%s: its end could not be stored: %s", share.entry, message)
  end
  self:tell("share-expired", share, { reason = reason })
end

return Ending
