-- Argon2id on a worker thread, one at a time, and a short queue before it.
local crypto = require "core.crypto"
local task = require "btshare.task"

local hashing = {}

local most_waiting = 8

---@class btshare.sign_in.cost
---@field passes integer
---@field memory integer bytes
hashing.cost = { passes = 3, memory = 64 * 1024 * 1024 }

---@class btshare.sign_in.Hashing
---@field private cost btshare.sign_in.cost
---@field private queue btshare.task.queue
local Hashing = {}
Hashing.__index = Hashing

---@param cost btshare.sign_in.cost? in place of the usual one
---@return btshare.sign_in.Hashing
function hashing.new(cost)
  return setmetatable({ cost = cost or hashing.cost, queue = task.queue(1) }, Hashing)
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

---Call in a task.
---@param password string
---@return string? hash with its salt and its cost
---@return string? message
---@return string? code
function Hashing:hash(password)
  return take_turn(self, function(resume)
    return crypto.hash_password(password, self.cost.passes, self.cost.memory, resume)
  end)
end

---Call in a task.
---@param hash string
---@param password string
---@return boolean? is_right nil where it could not be checked
---@return string? message
---@return string? code
function Hashing:check(hash, password)
  return take_turn(self, function(resume) return crypto.check_password(hash, password, resume) end)
end

---Whether a hash was made at another cost than today's.
---@param hash string
---@return boolean
function Hashing:is_outdated(hash)
  return crypto.is_outdated(hash, self.cost.passes, self.cost.memory)
end

return hashing
