-- Who may use the console: one-time keys, sessions, an optional password, API tokens (security §3).
local keys = require "btshare.sign_in.keys"
local passwords = require "btshare.sign_in.passwords"
local sessions = require "btshare.sign_in.sessions"
local task = require "btshare.task"
local throttle = require "btshare.sign_in.throttle"
local tokens = require "btshare.sign_in.tokens"
local uv = require "luv"

local sign_in = {}

local set_up_setting = "console_set_up" -- a setting: somebody has logged in before

---@class btshare.SignIn
---@field sessions btshare.sign_in.Sessions
---@field tokens btshare.sign_in.Tokens
---@field passwords btshare.sign_in.Passwords
---@field private keys btshare.sign_in.Keys
---@field private throttle btshare.sign_in.Throttle
---@field private store btshare.Store
---@field private handlers fun(kind: string, id: string)[]
local SignIn = {}
SignIn.__index = SignIn

local function steady() return uv.hrtime() / 1e9 end

---@param store btshare.Store
---@param options {now: (fun(): integer)?, steady: (fun(): number)?, cost: btshare.sign_in.cost?}? for tests
---@return btshare.SignIn
function sign_in.new(store, options)
  options = options or {}
  local now, clock = options.now or os.time, options.steady or steady
  local self = setmetatable({
    store = store, keys = keys.new(clock), throttle = throttle.new(clock),
    passwords = passwords.new(store, options.cost), handlers = {},
  }, SignIn)
  local function tell(kind)
    return function(id)
      for _, handler in ipairs(self.handlers) do handler(kind, id) end
    end
  end
  self.sessions = sessions.new(store, now, tell "session")
  self.tokens = tokens.new(store, now, tell "token")
  return self
end

---Has `fn` told when somebody may no longer come in, so that what they still read can be cut.
---@param fn fun(kind: "session"|"token", id: string)
function SignIn:on_ended(fn)
  table.insert(self.handlers, fn)
end

---@return boolean
function SignIn:is_set_up()
  return self.store:setting(set_up_setting) ~= nil
end

---What somebody without a session must show.
---@return "setup"|"password"|"key"
function SignIn:wants()
  return not self:is_set_up() and "setup" or self.passwords:is_set() and "password" or "key"
end

---An address that logs whoever opens it in, once.
---@param console string URL
---@return string url
function SignIn:key_url(console)
  return console .. "#k=" .. self.keys:mint()
end

---@class btshare.sign_in.Attempt
---@field address string the client's
---@field former string? the secret of the session that was sent along; a new one takes its place

-- Lets `check` decide, as often as the address may try.
local function try(self, address, check)
  local finish, seconds = self.throttle:begin(address)
  if not finish then
    return nil, "too many wrong tries; wait a moment", "throttled", seconds
  end
  local went = "unknown"
  local _ <close> = task.on_close(function() finish(went) end)
  local accepted, message, code = check()
  if accepted then
    went = "right"
  elseif code == "wrong" or code == "gone" then
    went = "wrong"
  end
  return accepted, message, code
end

local function log_in(self, with, check)
  local accepted, message, code, seconds = try(self, with.address, check)
  if not accepted then return nil, message, code, seconds end
  return self.sessions:open(with.former)
end

---Logs in with a one-time key. Call in a task.
---@param with btshare.sign_in.Attempt
---@param key string
---@return string? secret of the new session
---@return string? message
---@return "wrong"|"gone"|"throttled"|string|nil code
---@return integer? seconds to wait, where throttled
function SignIn:with_key(with, key)
  return log_in(self, with, function() return self.keys:use(key) end)
end

---As `with_key`, for the first log-in of all.
---@param with btshare.sign_in.Attempt
---@param key string
---@return string? secret
---@return string? message
---@return string? code
---@return integer? seconds
function SignIn:set_up(with, key)
  if self:is_set_up() then
    return nil, "this BTshare has been set up already", "gone"
  end
  local secret, message, code, seconds = self:with_key(with, key)
  if not secret then return nil, message, code, seconds end
  local written
  written, message, code = self.store:set_setting(set_up_setting, 1)
  if not written then return nil, message, code end
  return secret
end

---As `with_key`, by password.
---@param with btshare.sign_in.Attempt
---@param password string
---@return string? secret
---@return string? message
---@return string? code
---@return integer? seconds
function SignIn:with_password(with, password)
  return log_in(self, with, function() return self.passwords:verify(password) end)
end

-- Whoever sits down at somebody's open console must not be able to lock them out, or leave the door open.
local function check_current(self, by)
  if not by.address or not self.passwords:is_set() then return true end
  return try(self, by.address, function() return self.passwords:verify(by.current or "") end)
end

---Sets the password and ends all other sessions. Call in a task.
---@param password string
---@param by {session: string?, address: string?, current: string?} who wants it; `current` is asked for unless it is
---the control socket, which has no address
---@return true|nil done
---@return string? message
---@return string? code
---@return integer? seconds
function SignIn:set_password(password, by)
  local fine, message = self.passwords:check_new(password)
  if not fine then return nil, message, "invalid" end
  local allowed, why, code, seconds = check_current(self, by)
  if not allowed then return nil, why, code, seconds end
  return self.sessions:close_others(by.session, function(statements)
    return self.passwords:set(password, statements)
  end)
end

---Does without a password, and ends all other sessions. Call in a task.
---@param by {session: string?, address: string?, current: string?} as of `set_password`
---@return true|nil done
---@return string? message
---@return string? code
---@return integer? seconds
function SignIn:remove_password(by)
  local allowed, message, code, seconds = check_current(self, by)
  if not allowed then return nil, message, code, seconds end
  return self.sessions:close_others(by.session, function(statements) return self.passwords:remove(statements) end)
end

return sign_in
