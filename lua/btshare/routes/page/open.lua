-- From a page's token to its share, or to the reason why there is none to be had.
local open = {}

local function is_over(share)
  return share.is_stopped or share.is_expired or share.expires and share.expires <= os.time()
end

-- What stands in the way of its bytes, if anything.
local function obstacle(share)
  if share.state == "missing" then
    return share.root.is_lost and "offline" or "gone"
  elseif share.state == "settling" or share.state == "failed" then
    return share.state
  end
end

---Call in a task: plugins are asked, and may take their time.
---@param services btshare.Services
---@param asker btshare.Asker
---@param token string
---@return btshare.Share? share
---@return string|btshare.Trouble link_or_trouble the id of the link that was used or, without a share, what is wrong
---@return integer? expires when the link ends, seconds since 1970
function open.share(services, asker, token)
  local id, link, more = services.links:find(token, "page")
  local share = id and services.shares and services.shares.by_id[id]
  if id and not share and not services.is_started then
    return nil, "settling"
  elseif not share or is_over(share) then
    return nil, "missing"
  end
  if services.events:has("share-open") then
    local allowed = services.events:ask("share-open", {
      share = services.shares:describe(share), link = { id = link, name = more.name }, address = asker.address,
    })
    if not allowed then return nil, "denied" end
    if is_over(share) then return nil, "missing" end
  end
  local kind = obstacle(share)
  if kind then
    return nil, kind
  end
  services.access:touch(link)
  return share, link, more.expires
end

return open
