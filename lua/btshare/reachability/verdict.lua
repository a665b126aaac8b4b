-- What is known of whether others can reach us, judged and put into a sentence.
local reach = require "btshare.reach"

local verdict = {}

---@alias btshare.Reachability.state
---| "reached" somebody came from the internet
---| "mapped" the router opened both ports
---| "partly" the router opened one of them
---| "direct" this machine has an address of its own on the internet
---| "shared" the router has no address of its own on the internet
---| "closed" the router opened none
---| "refused" config.lua says not to ask the router
---| "asking" the router has not answered yet
---| "off" nobody but this machine may come, or there is no network

---@class btshare.Reachability.Known
---@field reached_at integer? when somebody came from the internet
---@field mapping btshare.Mapping? the router's last word
---@field is_permitted boolean whether the router may be asked
---@field is_asked boolean whether it is

-- What the owner can do where the router does not.
local function advice(place)
  local own = place:first("lan", true)
  return own and ("; in the router's settings, let TCP ports %d and %d through to %s")
    :format(place.public_port, place.torrent_port, own) or ""
end

-- What the router's last word means.
local function judge(place, change)
  if not change then return "asking", "not known yet, the router is being asked" end
  if change.external and reach.scope(change.external) ~= "global" then
    return "shared", ("no, the router's own address (%s) is not on the internet: the provider shares one among "
      .. "customers, or another router stands before it"):format(change.external)
  elseif change.tcp and change.http then
    return "mapped", ("yes, the router opened ports %d (downloads) and %d (BitTorrent)"):format(change.http,
      change.tcp)
  elseif change.tcp or change.http then
    return "partly", ("partly, the router opened port %d only (%s): %s"):format(change.http or change.tcp,
      change.http and "downloads" or "BitTorrent", change.message)
  end
  return "closed", "no, " .. change.message .. advice(place)
end

-- By who says where BTshare listens.
local loopback_only = {
  ["config.lua"] = "no, BTshare listens on this machine only (public in config.lua)",
  ["command line"] = "no, BTshare listens on this machine only (--public)",
  ["console"] = "no, BTshare listens on this machine only (public, set in the console)",
}

-- As far as IPv4 goes.
local function judge_ipv4(place, known)
  local own = place:first("global", true)
  if place:is_loopback_only() then
    return "off", loopback_only[place.said_in]
  elseif own then
    return "direct", ("yes, this machine has an address of its own there (%s), unless a firewall stands before it")
      :format(own)
  elseif not place:first("lan", true) and not place:first("lan", false) then
    return "off", "no, this machine has no network"
  elseif not known.is_permitted then
    return "refused",
      "not as far as we know, map_ports = false in config.lua forbids to ask the router" .. advice(place)
  elseif not known.is_asked then
    return "closed", "no, BTshare has no IPv4 address to open a port for"
  end
  return judge(place, known.mapping)
end

local is_open = { mapped = true, direct = true, partly = true, off = true }

---Whether we can be reached from the internet.
---@param place btshare.Reach
---@param known btshare.Reachability.Known
---@return btshare.Reachability.state state
---@return string sentence without a full stop
function verdict.internet(place, known)
  if known.reached_at then
    return "reached", "yes, somebody came from there at " .. os.date("%H:%M on %d %B", known.reached_at)
  end
  local state, sentence = judge_ipv4(place, known)
  local own = place:first("global", false)
  if own and state == "off" then
    return "direct", ("yes, by IPv6 (%s), unless a firewall stands before it"):format(own)
  elseif own and not is_open[state] then
    return state, sentence .. ("; by IPv6 (%s) yes, unless a firewall stands before it"):format(own)
  end
  return state, sentence
end

---Whether we can be reached on our own network.
---@param place btshare.Reach
---@return "yes"|"off" state
---@return string sentence without a full stop
function verdict.lan(place)
  if place:is_loopback_only() then
    return "off", loopback_only[place.said_in]
  end
  for _, address in ipairs(place:addresses()) do
    if reach.scope(address) ~= "loopback" then
      return "yes", ("yes, at http://%s/"):format(reach.join(address, place.public_port))
    end
  end
  return "off", "no, this machine has no network"
end

return verdict
