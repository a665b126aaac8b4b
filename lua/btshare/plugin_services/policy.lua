-- What policies may ask of the rest: who is let in, how a share fares, and what passwords need.
local crypto = require "core.crypto"
local grants = require "btshare.shares.grants"
local hashing = require "btshare.sign_in.hashing"

local policy = {}

---Adds to `btshare.shares` what tells how a share fares, and opens links.
---@param services btshare.Services
---@param api table
---@param view fun(share: btshare.Share): table
function policy.add(services, api, view)
  -- The share that a token opens for somebody, and the link that was used: id, and its name if it has one. Where it
  -- does not, nil, "missing" or another word for why, and a sentence where a plugin gave one.
  function api.open(token, purpose, address)
    local share, trouble, pass = services.entrance:open(token, purpose, { address = address })
    if not share then return nil, trouble, pass end
    return view(share), { id = pass.link, name = pass.name, proof = pass.proof }
  end

  -- What `share-open` is answered for a share has changed: asks it again, of who is there and of who may come, and
  -- waits until that is known.
  function api.ask_again(id)
    local share = services.shares.by_id[id]
    if share then services.stays:ask_about(share) end
  end

  -- How a share fares: `complete`, people who have all of it; `copies`, that others have and could pass on;
  -- `downloads`, finished; `sent`, bytes, by BitTorrent and HTTP; `used`, when anything went out last, since the start.
  function api.traffic(id)
    local share = services.shares.by_id[id]
    return share and services.recipients:traffic(share)
  end

  -- What all shares have sent and how often they were fetched, together: `sent`, `downloads`.
  function api.total()
    local sum = { sent = 0, downloads = 0 }
    for _, share in pairs(services.shares.by_id) do
      local total = services.recipients:summary(share)
      sum.sent, sum.downloads = sum.sent + total.sent, sum.downloads + total.downloads
    end
    return sum
  end

  -- The shares that a person means by `name`: an id, a name, or the beginning of one.
  function api.find(name)
    local list = {}
    for index, share in ipairs(services.shares:find(name)) do list[index] = view(share) end
    return list
  end

  -- The one share that a person means by `name`; or nil, message, code.
  function api.find_one(name)
    if name == "" then return nil, "the name of a share must not be empty", "invalid" end
    local found = services.shares:find(name)
    if #found == 1 then return view(found[1]) end
    if #found == 0 then return nil, name .. ": no such share", "missing" end
    return nil, ("%s: %d shares begin like that; write more of the name"):format(name, #found), "invalid"
  end

  -- The links of a share, its own first: id, name, state, created, used (when somebody came in by it), downloads, sent.
  function api.links(id)
    local share, list = services.shares.by_id[id], {}
    for index, link in ipairs(share and services.access:list(share) or {}) do
      link.sent = services.recipients:sent_by(link.id)
      list[index] = link
    end
    return list
  end
end

---Makes `btshare.passwords`. Both `hash` and `check` take a while, and wait; they do not hold the loop.
---@param services btshare.Services
---@return table
function policy.passwords(services)
  local api, argon = {}, hashing.new()
  local hashes = {} -- of passwords that were given in plain text, for this run

  -- A hash (Argon2id) that can be kept.
  function api.hash(password) return argon:hash(password) end

  -- Whether `given` is the password that `known` is, or is the hash of. nil, message, code where that cannot be told.
  function api.check(given, known)
    local hash = known:find("^%$argon2") and known or hashes[known]
    if not hash then
      local message, code
      hash, message, code = argon:hash(known)
      if not hash then return nil, message, code end
      hashes[known] = hash
    end
    return argon:check(hash, given)
  end

  -- A short text that changes with the password, and says nothing of it: what is `grant` in share-open.
  function api.mark(known) return grants.mark(services.links, known) end

  -- Whether a mark is in what share-open has as `grant`.
  function api.holds(grant, mark) return grants.holds(grant, mark) end

  -- A new password that can be read out: four groups of five letters and digits, 100 bits.
  function api.make()
    local signs, groups = "abcdefghijkmnpqrstuvwxyz23456789", {}
    for group = 1, 4 do
      groups[group] = crypto.random(5):gsub(".", function(byte)
        local at = byte:byte() % #signs + 1
        return signs:sub(at, at)
      end)
    end
    return table.concat(groups, "-")
  end

  return api
end

return policy
