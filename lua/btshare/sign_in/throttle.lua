-- How often an address may try to log in: five times at once, then after 1, 2, 4 … 60 s (security S05).
--
-- A try counts as wrong from its beginning, so that many at once gain nothing; what succeeds is forgotten.
local throttle = {}

local free_tries = 5
local longest_wait = 60 -- seconds
local memory = 3600 -- seconds after which a try is forgotten
local most_addresses = 10000

---@class btshare.sign_in.Throttle
---@field private clock fun(): number seconds, steady
---@field private known table<string, {tries: integer, at: number, is_trying: boolean}>
---@field private count integer
local Throttle = {}
Throttle.__index = Throttle

---@param clock fun(): number seconds, steady
---@return btshare.sign_in.Throttle
function throttle.new(clock)
  return setmetatable({ clock = clock, known = {}, count = 0 }, Throttle)
end

---The first 64 bits of an IPv6 address: what one subscriber has. Zeros may be left out of it anywhere.
---@param address string
---@return string
function throttle.network(address)
  local mapped = address:lower():match("^::ffff:(%d+%.%d+%.%d+%.%d+)$")
  if mapped or not address:find(":", 1, true) then return mapped or address end
  local head, tail = address:lower():match("^(.-)::(.*)$")
  local groups = {}
  for group in (head or address:lower()):gmatch("%x+") do groups[#groups + 1] = group end
  if head then
    local _, after = tail:gsub("%x+", "")
    while #groups < 8 - after do groups[#groups + 1] = "0" end
    for group in tail:gmatch("%x+") do groups[#groups + 1] = group end
  end
  return table.concat(groups, ":", 1, math.min(4, #groups)) .. "::/64"
end

local function wait_after(tries)
  return tries < free_tries and 0 or math.min(longest_wait, 2 ^ math.min(tries - free_tries, 16))
end

-- Makes room by forgetting what is old, and, if nothing is, everything: rather that than grow without end.
local function tidy(self, now)
  if self.count < most_addresses then return end
  for address, entry in pairs(self.known) do
    if now - entry.at > memory and not entry.is_trying then
      self.known[address] = nil
      self.count = self.count - 1
    end
  end
  if self.count >= most_addresses then
    self.known, self.count = {}, 0
  end
end

local function entry_of(self, address, now)
  local entry = self.known[address]
  if not entry then
    tidy(self, now)
    entry = { tries = 0, at = now, is_trying = false }
    self.known[address] = entry
    self.count = self.count + 1
  elseif now - entry.at > memory then
    entry.tries = 0
  end
  return entry
end

---Begins a try. One at a time: whoever sends many at once waits, and holds nobody else up.
---@param address string
---@param at string? what is tried, where an address may try several things, each as often
---@return (fun(went: "right"|"wrong"|"unknown"))|nil finish to be called when it is known how the try went
---@return integer? seconds to wait, where it may not be
function Throttle:begin(address, at)
  local now = self.clock()
  local entry = entry_of(self, throttle.network(address) .. (at and "\0" .. at or ""), now)
  local left = entry.at + wait_after(entry.tries) - now
  if entry.tries > 0 and left > 0 then return nil, math.ceil(left) end
  if entry.is_trying then return nil, 1 end
  entry.tries, entry.at, entry.is_trying = entry.tries + 1, now, true
  return function(went)
    entry.is_trying = false
    if went == "right" then
      entry.tries = 0
    elseif went == "unknown" then
      entry.tries = math.max(0, entry.tries - 1)
    end
  end
end

return throttle
