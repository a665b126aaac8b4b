-- From a token in a request to the share behind it, or to the one reply for all who may not have it.
local content = require "btshare.shares.content"
local reply = require "btshare.http.reply"

local opening = {}

local function refusal(message, code)
  if code == "missing" then return reply.not_found() end
  return reply.text(reply.statuses[code] or 403, (message or "refused") .. "\n")
end

---The share that a token opens, if the plugins let it. Call in a task.
---@param services btshare.Services
---@param request core.http.Request
---@param token string
---@param purpose btshare.Purpose
---@return btshare.Share? share
---@return string|core.http.Reply link its id; without a share the reply
function opening.share(services, request, token, purpose)
  local id, link = services.links:find(token, purpose)
  local share = id and services.shares.by_id[id]
  if not share or share.is_stopped or share.is_expired then
    return nil, reply.not_found()
  end
  if services.events:has("share-open") then
    local allowed, message, code = services.events:ask("share-open", {
      share = services.shares:describe(share), link = { id = link }, address = request.address,
    })
    if not allowed then return nil, refusal(message, code) end
  end
  return share, link
end

---What of it can be served now.
---@param services btshare.Services
---@param share btshare.Share
---@return btshare.Content? content
---@return core.http.Reply? reply without content
function opening.content(services, share)
  local of = content.of(services.shares, share)
  if of then
    return of
  elseif share.state == "missing" and share.root.is_lost then
    return nil, reply.later(60, "the sender's folder is offline at the moment; this link will work again")
  elseif share.state == "missing" then
    return nil, reply.text(410, "the sender has moved or deleted this\n")
  elseif share.state == "settling" then
    return nil, reply.later(5, "this is being looked at; try again in a moment")
  end
  return nil, reply.later(60, "this cannot be sent at the moment")
end

return opening
