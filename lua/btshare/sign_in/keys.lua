-- One-time keys: whoever shows one gets a session. They live in memory, as hashes, for half an hour.
local crypto = require "core.crypto"

local keys = {}

local lifetime = 30 * 60 -- seconds
local most_wrong = 10
local most_kept = 64

---@class btshare.sign_in.Keys
---@field private clock fun(): number seconds, steady
---@field private known {hash: string, ends: number, is_dead: boolean}[] oldest first; those that are dead too
---@field private wrong integer tries since a key was right, or made
local Keys = {}
Keys.__index = Keys

---@param clock fun(): number seconds, steady
---@return btshare.sign_in.Keys
function keys.new(clock)
  return setmetatable({ clock = clock, known = {}, wrong = 0 }, Keys)
end

---Makes another key.
---@return string key 43 characters, for an address
function Keys:mint()
  local key = crypto.base64url(crypto.random(32))
  self.wrong = 0
  self.known[#self.known + 1] = { hash = crypto.sha256(key), ends = self.clock() + lifetime, is_dead = false }
  if #self.known > most_kept then table.remove(self.known, 1) end
  return key
end

local function count_wrong(self)
  self.wrong = self.wrong + 1
  if self.wrong < most_wrong then return end
  for _, key in ipairs(self.known) do key.is_dead = true end
end

---Uses a key up.
---@param key string as it came
---@return true|nil accepted
---@return string? message
---@return "wrong"|"gone"|nil code gone: used, too old, or dead after ten wrong ones
function Keys:use(key)
  local hash = crypto.sha256(key)
  for _, candidate in ipairs(self.known) do
    if crypto.equal(candidate.hash, hash) then
      if candidate.is_dead or candidate.ends <= self.clock() then
        return nil, "key: was used, or is too old; btshare open makes another one", "gone"
      end
      candidate.is_dead, self.wrong = true, 0
      return true
    end
  end
  count_wrong(self)
  if self.wrong >= most_wrong then
    return nil, "key: too many wrong ones were tried; btshare open makes another one", "gone"
  end
  return nil, "key: is not right", "wrong"
end

return keys
