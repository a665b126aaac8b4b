-- From a token in a request to the share behind it and its bytes, or to the reply for who may not have them.
local content = require "btshare.shares.content"
local reply = require "btshare.http.reply"

local opening = {}

---@class btshare.Pass what let somebody in
---@field link string id
---@field name string? of a named link
---@field token string
---@field purpose btshare.Purpose

-- The kinds of trouble that share pages know too, in words for programs.
local kinds = {
  missing = { 404, "not found" },
  denied = { 403, "refused" },
  gone = { 410, "the sender has moved or deleted this" },
  offline = { 503, "the sender's folder is offline at the moment; this link will work again", 60 },
  settling = { 503, "this is being looked at; try again in a moment", 5 },
  failed = { 503, "this cannot be sent at the moment", 60 },
  busy = { 503, "too many people are fetching large folders; try again in a moment", 10 },
}

---What somebody is told who cannot have what was asked for: by the share pages in their own form, where there are any.
---Unknown, ended and revoked tokens, tokens of another purpose and files that a share does not have get the same reply,
---byte for byte.
---@param services btshare.Services
---@param request core.http.Request
---@param kind string
---@return core.http.Reply
function opening.trouble(services, request, kind)
  if services.pages and request.segments[1] == "s" then
    return services.pages:trouble(request, kind)
  end
  local status, text, seconds = table.unpack(kinds[kind])
  local answer = reply.text(status, text .. "\n")
  answer.headers["Retry-After"] = seconds and tostring(seconds)
  return answer
end

local function is_over(share)
  return share.is_stopped or share.is_expired or share.expires and share.expires <= os.time()
end

local function obstacle(share)
  if share.state == "missing" then return share.root.is_lost and "offline" or "gone" end
  return share.state == "settling" and "settling" or "failed"
end

local function find(services, request, token, purpose)
  local id, link, more = services.links:find(token, purpose)
  local share = id and services.shares.by_id[id]
  if not share or is_over(share) then return nil, "missing" end
  if services.events:has("share-open") then
    local allowed = services.events:ask("share-open", {
      share = services.shares:describe(share), link = { id = link, name = more.name }, address = request.address,
    })
    if not allowed then return nil, "denied" end
    if is_over(share) then return nil, "missing" end
  end
  local of = content.of(services.shares, share)
  if not of then return nil, obstacle(share) end
  services.access:touch(link)
  return share, of, { link = link, name = more.name, token = token, purpose = purpose }
end

---The share that a token opens, if the plugins let it, and what of it can be served now. Call in a task.
---@param services btshare.Services
---@param request core.http.Request
---@param token string
---@param purpose btshare.Purpose
---@return btshare.Share? share
---@return btshare.Content|core.http.Reply content without a share the reply
---@return btshare.Pass? pass
function opening.share(services, request, token, purpose)
  local share, of, pass = find(services, request, token, purpose)
  if not share then return nil, opening.trouble(services, request, of) end
  return share, of, pass
end

---Whether a pass still opens its share.
---@param services btshare.Services
---@param share btshare.Share
---@param pass btshare.Pass
---@return boolean
function opening.is_valid(services, share, pass)
  return not is_over(share) and services.links:find(pass.token, pass.purpose) ~= nil
end

return opening
