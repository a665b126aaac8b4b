-- From a token in a request to its share, or to the reason why there is none to be had: the one place that decides.
local opening = {}

---@class btshare.Pass what let somebody in
---@field link string id
---@field name string? of a named link
---@field expires integer? when the link ends, seconds since 1970
---@field downloads_left integer? where these are limited
---@field token string
---@field purpose btshare.Purpose

local function is_over(share)
  return share.is_stopped or share.is_expired or share.expires and share.expires <= os.time()
end

-- What stands in the way of its bytes, if anything.
local function obstacle(share)
  if share.is_paused or share.is_held then
    return "paused"
  elseif share.state == "missing" then
    return share.root.is_lost and "offline" or "gone"
  elseif share.state == "settling" or share.state == "failed" then
    return share.state
  end
end

---Finds the share that a token opens, if the plugins let it. Call in a task: they may take their time.
---@param services btshare.Services
---@param address string of the one who asks
---@param token string
---@param purpose btshare.Purpose
---@return btshare.Share? share
---@return btshare.Trouble? trouble without a share
---@return btshare.Pass? pass with a share
function opening.share(services, address, token, purpose)
  local id, link, more = services.links:find(token, purpose)
  local share = id and services.shares and services.shares.by_id[id]
  if id and not share and not services.is_started then
    return nil, "settling"
  elseif not share or is_over(share) then
    return nil, "missing"
  end
  if services.events:has("share-open") then
    local allowed = services.events:ask("share-open", {
      share = services.shares:describe(share), link = { id = link, name = more.name }, address = address,
    })
    if not allowed then return nil, "denied" end
    if is_over(share) then return nil, "missing" end
  end
  local trouble = obstacle(share)
  if trouble then return nil, trouble end
  services.access:touch(link)
  return share, nil, {
    link = link, name = more.name, expires = more.expires, downloads_left = more.downloads_left, token = token,
    purpose = purpose,
  }
end

---Whether a pass still opens its share.
---@param services btshare.Services
---@param share btshare.Share
---@param pass btshare.Pass
---@return boolean
function opening.is_valid(services, share, pass)
  return not is_over(share) and not share.is_paused and not share.is_held and services.links:find(pass.token, pass.purpose) ~= nil
end

return opening
