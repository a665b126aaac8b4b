-- From a request on the public listener to its share: who asks, and with what proof or password.
local cookies = require "btshare.http.cookies"
local crypto = require "core.crypto"

local opening = {}

local visit_bytes, visit_seconds = 16, 86400

-- One for each link, so that a browser keeps several; the path keeps each to its own page.
local function cookie_of(token, kind)
  return ("btshare_%s_%s"):format(kind or "grant", crypto.hex(crypto.sha256(token)):sub(1, 12))
end

local function visit_of(request, token)
  local visit = cookies.get(request.headers.cookie, cookie_of(token, "visit"))
  local bytes = visit and #visit <= 32 and crypto.from_base64url(visit)
  return bytes and #bytes == visit_bytes and visit or nil
end

-- HTTP Basic (RFC 7617), whatever the name: `curl -u :PASSWORD`.
local function password_of(request)
  local encoded = (request.headers.authorization or ""):match("^[Bb]asic%s+([%w+/]+)=*%s*$")
  local bytes = encoded and crypto.from_base64url((encoded:gsub("%+", "-"):gsub("/", "_")))
  return bytes and bytes:match("^[^:]*:(.*)$")
end

---@param request core.http.Request
---@param token string
---@return btshare.Visitor
function opening.visitor(request, token)
  return {
    address = request.address, proof = cookies.get(request.headers.cookie, cookie_of(token)),
    password = password_of(request), visit = visit_of(request, token), agent = request.headers["user-agent"],
  }
end

---Finds the share that a token in a request opens; see btshare.Entrance.open. Call in a task.
---@param services btshare.Services
---@param request core.http.Request
---@param token string
---@param purpose btshare.Errand
---@return btshare.Share? share
---@return btshare.Trouble? trouble
---@return btshare.Pass|btshare.Words|nil pass
---@return integer? seconds
function opening.share(services, request, token, purpose)
  return services.entrance:open(token, purpose, opening.visitor(request, token))
end

---The header that has a browser keep a grant. Lax: who follows a link to the page need not give the password again.
---@param token string
---@param grant string
---@param seconds integer
---@return string
function opening.cookie(token, grant, seconds)
  return ("%s=%s; Path=/s/%s; Max-Age=%d; HttpOnly; SameSite=Lax"):format(cookie_of(token), grant, token, seconds)
end

---The header that has a browser known again while somebody waits there to be let in. Nobody can guess it.
---@param token string
---@return string
function opening.visit_cookie(token)
  return ("%s=%s; Path=/s/%s; Max-Age=%d; HttpOnly; SameSite=Lax"):format(cookie_of(token, "visit"),
    crypto.base64url(crypto.random(visit_bytes)), token, visit_seconds)
end

return opening
