-- How `obfuscation = "prefer"` is kept: RC4 wherever the peer can, plain only for peers that cannot.
--
-- Most clients call without obfuscation although they know it. So a plain call is turned away at first, and we
-- call the recipient, obfuscated, and plainly only if it refuses that. A recipient that we cannot reach (behind a
-- router) and that knows no obfuscation must be let in: when one announced itself and nothing connected us, plain
-- calls are let in for a while. A public share has strangers who never announce themselves to us: while there is one,
-- plain calls are let in.
local uv = require "luv"

local reach_milliseconds = 10000  -- for our call to be answered
local open_milliseconds = 120000  -- for the plain call to come

-- libtorrent's enc_policy
local forced, enabled, disabled = 0, 1, 2
local policies = {
  prefer = { in_enc_policy = forced, out_enc_policy = enabled },
  require = { in_enc_policy = forced, out_enc_policy = forced },
  off = { in_enc_policy = disabled, out_enc_policy = disabled },
}

---@class btshare.Obfuscation
---@field private apply fun(settings: table)
---@field private waiting table<string, uv_timer_t> by address
---@field private opened uv_timer_t? runs while plain calls are let in
---@field private is_public boolean? while there is a public share
local Obfuscation = {}
Obfuscation.__index = Obfuscation

local obfuscation = {}

---What a mode begins with.
---@param mode "prefer"|"require"|"off"
---@return table<string, integer> settings by libtorrent's names
function obfuscation.settings(mode)
  local settings = {}
  for name, value in pairs(policies[mode] or {}) do settings[name] = value end
  return settings
end

---@param apply fun(settings: table<string, integer>) changes settings of the running engine
---@return btshare.Obfuscation
function obfuscation.new(apply)
  return setmetatable({ apply = apply, waiting = {} }, Obfuscation)
end

local function stop(timer)
  if timer and not timer:is_closing() then
    timer:close()
  end
end

---What holds now.
---@return table<string, integer> settings by libtorrent's names
function Obfuscation:settings()
  return { in_enc_policy = (self.opened or self.is_public) and enabled or forced }
end

-- Lets plain calls in, from now for a while.
local function open(self)
  self.opened = self.opened or uv.new_timer()
  self.apply(self:settings())
  self.opened:start(open_milliseconds, 0, function()
    stop(self.opened)
    self.opened = nil
    self.apply(self:settings())
  end)
end

---@param is_public boolean whether there is a public share
function Obfuscation:set_public(is_public)
  self.is_public = is_public
  self.apply(self:settings())
end

---We call a recipient that announced itself.
---@param address string
function Obfuscation:on_calling(address)
  if self.waiting[address] then return end
  local timer = uv.new_timer()
  self.waiting[address] = timer
  timer:start(reach_milliseconds, 0, function()
    self:on_connected(address)
    open(self)
  end)
end

---A connection with a recipient stands, whoever called.
---@param address string
function Obfuscation:on_connected(address)
  stop(self.waiting[address])
  self.waiting[address] = nil
end

function Obfuscation:close()
  for address in pairs(self.waiting) do
    self:on_connected(address)
  end
  stop(self.opened)
end

return obfuscation
