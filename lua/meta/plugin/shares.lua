---@meta btshare.shares
-- What is shared. The tables are copies: changing one changes no share.

---@class btshare.shares
local shares = {}

---All shares, with the little that is cheap to say: id, name, kind, size, state, info_hash, created, expires.
---@return table[] shares
function shares.list() end

---All of one share, as events carry it.
---@param id string
---@return table? share nil where there is none
function shares.get(id) end

---Ends a share: its links are dead, its file stays. `share-expired` is told.
---@param id string
function shares.expire(id) end

---Has a share end by itself.
---@param id string
---@param time integer? seconds since 1970; nil: as config.lua says
---@return true? done
---@return string? message
---@return string? code
function shares.set_expiry(id, time) end

---Shares whose time is over: their own, or, where they have none, `after` seconds since they were shared.
---@param after number?
---@return table[] shares
function shares.overdue(after) end

---Whether feeds, indexes and the like may name a share: only where its owner said so.
---@param id string
---@return boolean listed
function shares.is_listed(id) end

---Chooses that for one share: only in handlers and tasks.
---@param id string
---@param is_listed boolean? nil: as config.lua says of its folder
---@return true? done
---@return string? message
---@return string? code
function shares.set_listed(id, is_listed) end

return shares
