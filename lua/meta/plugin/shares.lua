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
---@param reason string? why, in words, for its owner
function shares.expire(id, reason) end

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

---Shares that a person means by a name: an id, a name, or the beginning of one.
---@param name string
---@return table[] shares as `list` gives them
function shares.find(name) end

---The one share that a person means by a name, as `find` does; where there is none or several, the words to say so.
---@param name string
---@return table? share as `list` gives it
---@return string? message
---@return string? code
function shares.find_one(name) end

---@class btshare.Traffic
---@field complete integer people who have all of its present version
---@field copies integer that others have and were seen with of late: they could pass them on
---@field downloads integer that were finished
---@field sent integer bytes that went out, by BitTorrent and HTTP
---@field used integer? when anything went out last, since the start; seconds since 1970

---How a share fares.
---@param id string
---@return btshare.Traffic? traffic nil where there is no such share
function shares.traffic(id) end

---What all shares have sent, and how often they were fetched.
---@return {sent: integer, downloads: integer} total
function shares.total() end

---The links of a share, its own first. Each has an id, a name where it is a named one, a state (live, expired, used up,
---revoked), created, expires, used (when somebody came in by it; all in seconds since 1970), downloads and sent (bytes).
---@param id string
---@return table[] links
function shares.links(id) end

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
