-- Sessions of the console: a cookie's secret, of which only the SHA-256 is stored; they survive a restart.
local crypto = require "core.crypto"

local sessions = {}

local longest_idle = 7 * 86400 -- seconds
local longest = 30 * 86400
local most = 25
local note_period = 600 -- how exactly it is remembered when one was used last

---@class btshare.sign_in.Sessions
---@field private store btshare.Store
---@field private clock fun(): integer seconds since 1970
---@field private noted table<string, integer> when one was used last, where that is newer than what is stored
---@field private on_ended fun(id: string)
local Sessions = {}
Sessions.__index = Sessions

---@param store btshare.Store
---@param clock fun(): integer
---@param on_ended fun(id: string) told when one has been closed
---@return btshare.sign_in.Sessions
function sessions.new(store, clock, on_ended)
  return setmetatable({ store = store, clock = clock, on_ended = on_ended, noted = {} }, Sessions)
end

---@class btshare.sign_in.Session
---@field id string
---@field created integer

---Makes a session in place of `former`, if that is one. Call in a task.
---@param former string? the secret of the cookie that was sent along
---@return string? secret for the cookie
---@return string? message
---@return string? code
function Sessions:open(former)
  local secret, now = crypto.base64url(crypto.random(32)), self.clock()
  local id = crypto.hex(crypto.random(8))
  local replaced = former and self:find(former)
  local written, message, code = self.store:write {
    { "DELETE FROM sessions WHERE hash = ? OR used <= ? OR created <= ?",
      self.store.blob(crypto.sha256(former or "")), now - longest_idle, now - longest },
    { "DELETE FROM sessions WHERE id NOT IN (SELECT id FROM sessions ORDER BY used DESC, created DESC LIMIT ?)",
      most - 1 },
    { "INSERT INTO sessions (hash, id, created, used) VALUES (?, ?, ?, ?)",
      self.store.blob(crypto.sha256(secret)), id, now, now },
  }
  if not written then return nil, message, code end
  if replaced then self.on_ended(replaced.id) end
  return secret
end

-- Remembers that a session is in use, in a task of its own where it was not noted lately.
local function note(self, row, now)
  if now - (self.noted[row.id] or row.used) < note_period then return end
  self.noted[row.id] = now
  self.store:write_soon { { "UPDATE sessions SET used = ? WHERE id = ?", now, row.id } }
end

---@param secret string as it came
---@return btshare.sign_in.Session?
function Sessions:find(secret)
  local now = self.clock()
  local row = self.store:query("SELECT id, created, used FROM sessions WHERE hash = ?",
    self.store.blob(crypto.sha256(secret)))[1]
  local used = row and math.max(row.used, self.noted[row.id] or 0)
  if not row or used <= now - longest_idle or row.created <= now - longest then return nil end
  note(self, row, now)
  return { id = row.id, created = row.created }
end

---Ends a session. Call in a task.
---@param id string
---@return true|nil ended
---@return string? message
---@return string? code
function Sessions:close(id)
  local done, message, code = self.store:write { { "DELETE FROM sessions WHERE id = ?", id } }
  if done then
    self.noted[id] = nil
    self.on_ended(id)
  end
  return done, message, code
end

---Ends all but one together with something else: `write` gets the statement to write, and says whether it was written.
---@param id string? of the one that stays
---@param write fun(statements: table[]): true|nil, string?, string?
---@return true|nil done
---@return string? message
---@return string? code
function Sessions:close_others(id, write)
  local others = self.store:query("SELECT id FROM sessions WHERE id != ?", id or "")
  local done, message, code = write { { "DELETE FROM sessions WHERE id != ?", id or "" } }
  if not done then return nil, message, code end
  for _, other in ipairs(others) do self.on_ended(other.id) end
  return true
end

return sessions
