-- Addresses as a tracker tells them: packed, and only to whom they mean something.
local bencode = require "btshare.bencode"

local addresses = {}

---"1.2.3.4", 6881 → six bytes; "2001:db8::1" → eighteen (BEP 7, BEP 23).
---@param address string
---@param port integer
---@return string? bytes nil where it is no address
---@return "inet"|"inet6"|nil family
function addresses.compact(address, port)
  local a, b, c, d = address:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
  if a then
    return string.pack(">BBBBI2", tonumber(a), tonumber(b), tonumber(c), tonumber(d), port), "inet"
  end
  local head, tail = address:match("^(.-)::(.*)$")
  local words = {}
  for word in (head or address):gmatch("%x+") do words[#words + 1] = tonumber(word, 16) end
  if head then
    local last = {}
    for word in tail:gmatch("%x+") do last[#last + 1] = tonumber(word, 16) end
    while #words + #last < 8 do words[#words + 1] = 0 end
    table.move(last, 1, #last, #words + 1, words)
  end
  if #words ~= 8 then return nil end
  return string.pack(">I2I2I2I2I2I2I2I2I2", words[1], words[2], words[3], words[4], words[5], words[6], words[7],
    words[8], port), "inet6"
end

---Peers as dictionaries, for the rare client that says compact=0 (BEP 3).
---@param list string[] compact IPv4 peers
---@return table
function addresses.spell_out(list)
  local peers = bencode.list {}
  for index, bytes in ipairs(list) do
    local a, b, c, d, port = string.unpack(">BBBBI2", bytes)
    peers[index] = { ip = ("%d.%d.%d.%d"):format(a, b, c, d), port = port }
  end
  return peers
end

---What may be told to whom: this machine hears of all, the local network not of this machine, others only of
---addresses that mean the same everywhere.
---@param listener_scope string of btshare.reach, of who asks
---@param scope string of the address
---@return boolean
function addresses.may_hear(listener_scope, scope)
  if listener_scope == "loopback" then return true end
  if listener_scope == "lan" or listener_scope == "link-local" then return scope ~= "loopback" end
  return scope == "global"
end

return addresses
