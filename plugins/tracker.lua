-- The tracker: tells the recipients of a share about us and about one another.
--
-- BEP 3 (announce), BEP 7 (IPv6), BEP 23 (compact peers), BEP 48 (scrape), at /announce/TOKEN and
-- /scrape/TOKEN. The token names the share; only its own info-hash is answered for. An address is taken
-- from the connection, never from `ip=`. Whoever announces is connected to at once: a client behind a
-- router, or one that is slow to call, has its file much sooner.
local plugin = ...

local bencode = require "btshare.bencode"
local reach = require "btshare.reach"
local shares = require "btshare.shares"
local types = require "btshare.types"

local options = plugin:options {
  interval = types.default(types.between(types.period, "1m", "1d"), "10m"),   -- between announces of one recipient
  peers = types.default(types.between(types.integer, 1, 10000), 200),         -- kept for a share
  peers_per_address = types.default(types.between(types.integer, 1, 10000), 8), -- of these, from one address
}

-- share id → { peers = { [endpoint] = peer }, count, completed }
local swarms = {}

local function answer(fields)
  return { status = 200, headers = { ["Content-Type"] = "text/plain" }, body = bencode.encode(fields) }
end

local function refuse(reason)
  return answer { ["failure reason"] = reason }
end

-- Who may not, hears why in the tracker's own words.
local function refuse_entry(trouble, words)
  if trouble == "missing" then
    return { status = 404, headers = { ["Content-Type"] = "text/plain" }, body = "not found\n" }
  end
  if type(words) == "table" then words = words.en end
  return refuse(words or "this link does not let you in; open its page again")
end

-- "1.2.3.4", 6881 → six bytes; "2001:db8::1" → eighteen (BEP 7, BEP 23).
local function compact(address, port)
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

-- What may be told to whom: this machine hears of all, the local network not of this machine, others only of
-- addresses that mean the same everywhere.
local function may_hear(listener_scope, scope)
  if listener_scope == "loopback" then return true end
  if listener_scope == "lan" or listener_scope == "link-local" then return scope ~= "loopback" end
  return scope == "global"
end

local function forget_old(swarm, now)
  for endpoint, peer in pairs(swarm.peers) do
    if now - peer.seen > 2 * options.interval then
      swarm.peers[endpoint] = nil
      swarm.count = swarm.count - 1
    end
  end
end

local function has_room(swarm, address)
  if swarm.count >= options.peers then
    forget_old(swarm, os.time())
  end
  if swarm.count >= options.peers then return false end
  local same = 0
  for _, peer in pairs(swarm.peers) do
    if peer.address == address then same = same + 1 end
  end
  return same < options.peers_per_address
end

-- Whether this announce is the first that says a peer has it all. Not every client says "completed": aria2 that
-- ends at once says only that nothing is left.
local function has_finished(peer, fields)
  if peer and peer.has_all then return false end
  return fields.event == "completed" or (fields.left == "0" and peer ~= nil and peer.lacked)
end

local function remember(swarm, address, port, fields, link)
  local endpoint = reach.join(address, port)
  local peer = swarm.peers[endpoint]
  if fields.event == "stopped" then
    if peer then
      swarm.peers[endpoint] = nil
      swarm.count = swarm.count - 1
    end
    return
  end
  if not peer then
    if not has_room(swarm, address) then return end
    local bytes, family = compact(address, port)
    if not bytes then return end
    peer = {
      address = address, port = port, bytes = bytes, family = family, scope = reach.scope(address), links = {},
    }
    swarm.peers[endpoint] = peer
    swarm.count = swarm.count + 1
  end
  peer.seen, peer.links[link.id] = os.time(), true
  peer.has_all = peer.has_all or has_finished(peer, fields)
  peer.lacked = (math.tointeger(tonumber(fields.left)) or 0) > 0
  return peer
end

-- Ourselves first, then others, as far as the listener may hear of them and wants.
local function choose_peers(swarm, address, port, wanted)
  local scope = reach.scope(address)
  local found = { inet = {}, inet6 = {} }
  local count = 0
  local function add(bytes, family)
    if bytes and count < wanted then
      count = count + 1
      table.insert(found[family], bytes)
    end
  end
  for _, own in ipairs(shares.endpoints()) do
    if may_hear(scope, reach.scope(own.address)) then
      add(compact(own.address, own.port))
    end
  end
  for _, peer in pairs(swarm.peers) do
    if not (peer.address == address and peer.port == port) and may_hear(scope, peer.scope) then
      add(peer.bytes, peer.family)
    end
  end
  return found
end

-- Peers as dictionaries, for the rare client that says compact=0 (BEP 3).
local function spell_out(list)
  local peers = bencode.list {}
  for index, bytes in ipairs(list) do
    local a, b, c, d, port = string.unpack(">BBBBI2", bytes)
    peers[index] = { ip = ("%d.%d.%d.%d"):format(a, b, c, d), port = port }
  end
  return peers
end

local function count_copies(swarm)
  local complete, incomplete = 1, 0 -- we have it all
  for _, peer in pairs(swarm.peers) do
    if peer.has_all then complete = complete + 1 else incomplete = incomplete + 1 end
  end
  return complete, incomplete
end

local function has_hash(share, hash)
  local bytes = shares.info_hashes(share)
  return hash == bytes[1] or hash == bytes[2]
end

-- The client's own id, which it also has in all its connections: 20 bytes (BEP 3), as hex digits.
local function peer_of(fields)
  local id = fields.peer_id
  if not id or #id ~= 20 then return nil end
  return (id:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
end

local function swarm_of(share)
  local swarm = swarms[share.id]
  if not swarm then
    swarm = { peers = {}, count = 0, completed = 0 }
    swarms[share.id] = swarm
  end
  return swarm
end

-- Who came by a link that is dead is not told of any more, unless it announced itself by another one, too.
local function forget_link(swarm, link)
  for endpoint, peer in pairs(swarm.peers) do
    if peer.links[link] then
      peer.links[link] = nil
      if not next(peer.links) then
        swarm.peers[endpoint] = nil
        swarm.count = swarm.count - 1
      end
    end
  end
end

plugin:on("link-revoked", function(event)
  local swarm = swarms[event.share.id]
  if swarm then forget_link(swarm, event.link.id) end
end)

plugin:route("GET /announce/:token", function(request)
  local share, link, words = shares.open(request.parameters.token, "announce", request.address)
  if not share then return refuse_entry(link, words) end
  local fields = request.query
  local port = math.tointeger(tonumber(fields.port))
  if not fields.info_hash or not has_hash(share, fields.info_hash) then
    return refuse "this link is for another torrent; the file may have changed, open the link again"
  elseif not port or port < 1 or port > 65535 then
    return refuse "port: must be a number from 1 to 65535"
  end
  local swarm = swarm_of(share)
  local is_finished = has_finished(swarm.peers[reach.join(request.address, port)], fields)
  remember(swarm, request.address, port, fields, link)
  if is_finished then
    swarm.completed = swarm.completed + 1
  end
  shares.met(share, link, fields.peer_id or "", request.address, port)
  if fields.event ~= "stopped" and fields.event ~= "completed" then
    shares.connect(share, request.address, port)
  end
  shares.announced(share, {
    address = request.address, port = port, action = fields.event or "", left = math.tointeger(tonumber(fields.left)),
    peer = peer_of(fields),
  }, link, is_finished)
  local wanted = math.tointeger(tonumber(fields.numwant)) or -1
  if wanted < 0 then wanted = 50 end -- as we like
  if fields.event == "stopped" then wanted = 0 end
  local found = choose_peers(swarm, request.address, port, math.min(wanted, 100))
  local complete, incomplete = count_copies(swarm)
  return answer {
    interval = math.floor(options.interval),
    ["min interval"] = 30,
    complete = complete,
    incomplete = incomplete,
    downloaded = swarm.completed,
    peers = fields.compact == "0" and spell_out(found.inet) or table.concat(found.inet),
    peers6 = #found.inet6 > 0 and table.concat(found.inet6) or nil,
  }
end)

plugin:route("GET /scrape/:token", function(request)
  local share, trouble, words = shares.open(request.parameters.token, "scrape", request.address)
  if not share then return refuse_entry(trouble, words) end
  local fields = request.query
  local hash = fields.info_hash or shares.info_hashes(share)[1]
  if not hash or not has_hash(share, hash) then
    return refuse "this link is for another torrent"
  end
  local swarm = swarm_of(share)
  local complete, incomplete = count_copies(swarm)
  return answer {
    files = { [hash] = { complete = complete, incomplete = incomplete, downloaded = swarm.completed } },
  }
end)

plugin:every("5m", function()
  local now = os.time()
  for id, swarm in pairs(swarms) do
    forget_old(swarm, now)
    if swarm.count == 0 and swarm.completed == 0 then
      swarms[id] = nil
    end
  end
end)

plugin:bind(function()
  return shares.offer_tracker(function(share, link, grant)
    return "/announce/" .. shares.token(share, "announce", link, grant)
  end)
end)
