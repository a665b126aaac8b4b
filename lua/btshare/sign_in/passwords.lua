-- The console's password.
local hashing = require "btshare.sign_in.hashing"
local task = require "btshare.task"

local passwords = {}

local setting = "console_password"
local shortest, longest = 10, 1024 -- characters; bytes
local fewest_different = 4 -- characters

passwords.cost = hashing.cost

-- What everybody tries first, of those that are long enough.
local denied = {}
for word in ([[
  0123456789 1234567890 12345678910 123456789a 0987654321 9876543210 1q2w3e4r5t 1qaz2wsx3edc qwertyuiop qwertyuiop123
  qwerty12345 qwerty123456 azertyuiop azertyuiop123 azerty12345 abcdefghij abcdefghijk password12 password123
  password1234 password12345 password123456 passwordpassword passw0rd123 p@ssword123 motdepasse motdepasse1
  motdepasse12 motdepasse123 administrator administrateur admin12345 letmein123 iloveyou123 welcome123 bonjour123
  changeme123 superman123 football123 btshare123 btsharebtshare
]]):gmatch("%S+") do denied[word] = true end

---@class btshare.sign_in.Passwords
---@field private store btshare.Store
---@field private hashing btshare.sign_in.Hashing
local Passwords = {}
Passwords.__index = Passwords

---@param store btshare.Store
---@param cost btshare.sign_in.cost? in place of the usual one
---@return btshare.sign_in.Passwords
function passwords.new(store, cost)
  return setmetatable({ store = store, hashing = hashing.new(cost) }, Passwords)
end

---@return boolean
function Passwords:is_set()
  return self.store:setting(setting) ~= nil
end

local function different_characters(password)
  local seen, count = {}, 0
  for character in password:gmatch(utf8.charpattern) do
    if not seen[character] then count = count + 1 end
    seen[character] = true
  end
  return count
end

---Whether a new password is good enough.
---@param password string
---@return true|nil fine
---@return string? message
function Passwords.check_new(_, password)
  local characters = utf8.len(password)
  if not characters then
    return nil, "password: must be UTF-8"
  elseif #password > longest then
    return nil, ("password: must be at most %d bytes"):format(longest)
  elseif characters < shortest then
    return nil, ("password: must have at least %d characters"):format(shortest)
  elseif denied[password:lower()] or different_characters(password) < fewest_different then
    return nil, "password: is one that everybody tries first"
  end
  return true
end

---Sets the password. Call in a task.
---@param password string
---@param more table[] statements that are written with it
---@return true|nil done
---@return string? message
---@return string? code
function Passwords:set(password, more)
  local fine, weakness = self:check_new(password)
  if not fine then return nil, weakness, "invalid" end
  local hashed, message, code = self.hashing:hash(password)
  if not hashed then return nil, message, code end
  return self.store:write {
    { "INSERT OR REPLACE INTO settings VALUES (?, ?)", setting, hashed }, table.unpack(more),
  }
end

---Does without a password from now on. Call in a task.
---@param more table[] statements that are written with it
---@return true|nil done
---@return string? message
---@return string? code
function Passwords:remove(more)
  return self.store:write { { "DELETE FROM settings WHERE name = ?", setting }, table.unpack(more) }
end

-- A hash that costs less than today's is made anew as soon as the password is at hand.
local function renew(self, password, former)
  if not self.hashing:is_outdated(former) then return end
  task.spawn(function()
    local hashed = self.hashing:hash(password)
    if hashed then
      self.store:write { { "UPDATE settings SET value = ? WHERE name = ? AND value = ?", hashed, setting, former } }
    end
  end)
end

---Call in a task.
---@param password string as it came
---@return true|nil right
---@return string? message
---@return "wrong"|"busy"|"failed"|"full"|nil code
function Passwords:verify(password)
  local stored = self.store:setting(setting)
  if not stored or #password > longest then return nil, "password: is not right", "wrong" end
  local is_right, message, code = self.hashing:check(stored, password)
  if is_right then
    renew(self, password, stored)
    return true
  end
  return nil, message or "password: is not right", code or "wrong"
end

return passwords
