-- The tracker: tells the recipients of a share about us and about one another.
--
-- BEP 3 (announce), BEP 7 (IPv6), BEP 23 (compact peers), BEP 48 (scrape), at /announce/TOKEN and
-- /scrape/TOKEN. The token names the share; only its own info-hash is answered for. An address is taken
-- from the connection, never from `ip=`. Whoever announces is connected to at once: a client behind a
-- router, or one that is slow to call, has its file much sooner.
local plugin = ...

local addresses = require ".addresses"
local bencode = require "btshare.bencode"
local shares = require "btshare.shares"
local swarm = require ".swarm"
local types = require "btshare.types"

local options = plugin:options {
  interval = types.default(types.between(types.period, "1m", "1d"), "10m"),   -- between announces of one recipient
  peers = types.default(types.between(types.integer, 1, 10000), 200),         -- kept for a share
  peers_per_address = types.default(types.between(types.integer, 1, 10000), 8), -- of these, from one address
}

local limits = {
  lifetime = 2 * options.interval, peers = options.peers, peers_per_address = options.peers_per_address,
}
local swarms = {} -- by share id

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
  local found = swarms[share.id] or swarm.new(limits)
  swarms[share.id] = found
  return found
end

plugin:on("link-revoked", function(event)
  local known = swarms[event.share.id]
  if known then known:forget_link(event.link.id) end
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
  local known = swarm_of(share)
  local is_finished = known:announce(request.address, port, fields, link.id)
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
  local found = known:choose(request.address, port, math.min(wanted, 100), shares.endpoints())
  local complete, incomplete = known:copies()
  return answer {
    interval = math.floor(options.interval),
    ["min interval"] = 30,
    complete = complete,
    incomplete = incomplete,
    downloaded = known.completed,
    peers = fields.compact == "0" and addresses.spell_out(found.inet) or table.concat(found.inet),
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
  local known = swarm_of(share)
  local complete, incomplete = known:copies()
  return answer {
    files = { [hash] = { complete = complete, incomplete = incomplete, downloaded = known.completed } },
  }
end)

plugin:every("5m", function()
  for id, known in pairs(swarms) do
    known:forget_old()
    if known.count == 0 and known.completed == 0 then
      swarms[id] = nil
    end
  end
end)

plugin:bind(function()
  return shares.offer_tracker(function(share, link, grant)
    return "/announce/" .. shares.token(share, "announce", link, grant)
  end)
end)
