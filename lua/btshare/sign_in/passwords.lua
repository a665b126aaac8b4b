-- The console's password: Argon2id on a worker thread, one at a time, and a short queue before it.
local crypto = require "core.crypto"
local task = require "btshare.task"

local passwords = {}

local setting = "console_password"
local shortest, longest = 10, 1024 -- characters; bytes
local most_waiting = 8
local fewest_different = 4 -- characters

---@class btshare.sign_in.cost
---@field passes integer
---@field memory integer bytes
passwords.cost = { passes = 3, memory = 64 * 1024 * 1024 }

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
---@field private cost btshare.sign_in.cost
---@field private queue btshare.task.queue
local Passwords = {}
Passwords.__index = Passwords

---@param store btshare.Store
---@param cost btshare.sign_in.cost? in place of the usual one
---@return btshare.sign_in.Passwords
function passwords.new(store, cost)
  return setmetatable({ store = store, cost = cost or passwords.cost, queue = task.queue(1) }, Passwords)
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

-- Waits for its turn, then for `begin(resume)`.
local function take_turn(self, begin)
  if self.queue:size() > most_waiting then
    return nil, "password: too many are being checked; try again in a moment", "busy"
  end
  local job = self.queue:add(function()
    return task.await(function(resume)
      local started, message, code = begin(resume)
      if not started then resume(nil, message, code) end
    end)
  end)
  local succeeded, value, message, code = job:wait()
  if not succeeded then return nil, "password: cannot be checked", "failed" end
  return value, message, code
end

local function hash(self, password)
  return take_turn(self, function(resume)
    return crypto.hash_password(password, self.cost.passes, self.cost.memory, resume)
  end)
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
  local hashed, message, code = hash(self, password)
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
  if not crypto.is_outdated(former, self.cost.passes, self.cost.memory) then return end
  task.spawn(function()
    local hashed = hash(self, password)
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
  local is_right, message, code = take_turn(self, function(resume)
    return crypto.check_password(stored, password, resume)
  end)
  if is_right then
    renew(self, password, stored)
    return true
  end
  return nil, message or "password: is not right", code or "wrong"
end

return passwords
