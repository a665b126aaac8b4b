-- What plugins may ask of the rest: a plain table of functions for each subject, ids and values only.
local bencode = require "btshare.bencode"
local crypto = require "core.crypto"
local describe = require "btshare.shares.describe"
local ended = require "btshare.plugin_services.ended"
local host = require "core.host"
local limits = require "btshare.plugin_services.limits"
local listed = require "btshare.plugin_services.listed"
local lists = require "btshare.plugin_services.lists"
local numbers = require "btshare.plugin_services.numbers"
local publishing = require "btshare.plugin_services.publishing"
local policy = require "btshare.plugin_services.policy"
local reach = require "btshare.reach"
local text = require "btshare.plugin_services.text"
local texts = require "btshare.plugin_services.texts"
local throttle = require "btshare.sign_in.throttle"
local torrents = require "btshare.plugin_services.torrents"

local plugin_services = {}

-- The little of a share that is cheap: `get` gives all of it.
local function view(share)
  return {
    id = share.id, name = share.entry, kind = share.kind, size = share.size, state = share.state,
    info_hash = share.info_hash, info_hash_v2 = share.info_hash_v2, created = share.created, changed = share.changed,
    expires = share.expires,
  }
end

local function is_open(share)
  return share and not share.is_stopped and not share.is_expired
end

-- Reading: what is there, and what it is called by.
local function reading(services)
  local api = {}

  function api.get(id)
    local share = services.shares.by_id[id]
    return share and services.shares:describe(share)
  end

  function api.list()
    local list = {}
    for index, share in ipairs(services.shares:list()) do
      list[index] = view(share)
    end
    return list
  end

  -- Shares whose time is over: their own, or, where they have none, `after` seconds since they were shared.
  function api.overdue(after)
    local list = {}
    for index, share in ipairs(services.shares.ends:overdue(os.time(), after)) do
      list[index] = view(share)
    end
    return list
  end

  -- `link` is the id of one of its links, default: the share's own; `grant` what was given to whoever was let through.
  function api.token(share, purpose, link, grant)
    return describe.token(services, share, purpose, link, grant)
  end

  -- The 20 bytes that a tracker knows a torrent by: v1, and v2 cut short (BEP 52).
  function api.info_hashes(share)
    local list = {}
    for _, digits in ipairs { share.info_hash or "", share.info_hash_v2 or "" } do
      if digits ~= "" then
        list[#list + 1] = crypto.from_hex(digits:sub(1, 40))
      end
    end
    return list
  end

  function api.endpoints()
    local list = {}
    for index, endpoint in ipairs(services.reach:torrent_endpoints()) do
      local address, port = endpoint:match("^%[?([^%]]+)%]?:(%d+)$")
      list[index] = { address = address, port = math.tointeger(tonumber(port)) }
    end
    return list
  end

  policy.add(services, api, view)
  return api
end

local function acting(services, api)
  function api.expire(id, reason)
    local share = services.shares.by_id[id]
    if is_open(share) then
      services.shares:expire(share, reason)
    end
  end

  function api.set_expiry(id, time)
    local share = services.shares.by_id[id]
    if not share then
      return nil, id .. ": no such share", "missing"
    end
    return services.shares:set_expires(share, time)
  end

  function api.connect(share, address, port)
    if share.info_hash then
      return services.engine:connect_peer(share.info_hash, address, port)
    end
  end

  -- A torrent client came by a link: `id` is the peer id that it calls itself by. When the link ends it must go.
  function api.met(share, link, id, address, port)
    services.guests:note(services.shares.by_id[share.id], link, id, address, port)
  end

  -- `link` is the one by which the recipient came, as `open` gave it; `is_finished`, that only now it has it all.
  function api.announced(share, what, link, is_finished)
    local known = services.shares.by_id[share.id]
    local events = services.events
    what.link = link.name
    if events:has("recipient-announced") then
      what.share = services.shares:describe(known)
      events:tell("recipient-announced", what)
    end
    services.recipients:announced(known, what, link, is_finished)
  end

  -- Puts a tracker of ours into every magnet: `path_of(share, link, grant)` is its path on the public
  -- listener, `link` the id of the link that was used, or nil, and `grant` as of `token`.
  function api.offer_tracker(path_of)
    table.insert(services.trackers, path_of)
    return function()
      for index, candidate in ipairs(services.trackers) do
        if candidate == path_of then
          table.remove(services.trackers, index)
          return
        end
      end
    end
  end

  return api
end

---What the plugin manager is made with.
---@param services btshare.Services
function plugin_services.make(services)
  local shares = acting(services, reading(services))
  listed.add(services, shares)
  texts.add(services, shares)
  ended.add(services, shares)
  return {
    events = services.events,
    folders = { services.paths.plugins, host.data .. "/plugins" },
    services = {
      shares = shares,
      limits = limits.make(services),
      publishing = publishing.make(services),
      numbers = numbers.make(services),
      text = text.make(),
      bencode = bencode,
      passwords = policy.passwords(services),
      reach = { scope = reach.scope, join = reach.join, network = throttle.network },
      markdown = texts.markdown,
      pages = lists.pages(services),
      torrents = torrents.make(services),
    },
    routes = function(pattern, handler, _, about)
      local listener = about.on == "console" and services.console or services.public
      return listener.router:add(pattern, handler, about)
    end,
    store = function(plugin, name)
      return services.store:for_plugin(plugin .. "/" .. name)
    end,
  }
end

return plugin_services
