-- The console's gate: who asks, whether their own page asks, and whether they may (security §2, S01, S03).
--
-- It is asked before a request's body is read, and again before its handler. What it learns it leaves in the request:
-- `who`, `client` (the address, past trusted proxies) and `cookie` (the name of ours).
local cookies = require "btshare.http.cookies"
local crypto = require "core.crypto"
local forwarded = require "btshare.http.forwarded"
local reply = require "btshare.http.reply"
local tokens = require "btshare.sign_in.tokens"

local gate = {}

local most_basic = 1024 -- bytes of a Basic header's credentials
local url_letters = { ["+"] = "-", ["/"] = "_", ["="] = "" }
local all_scopes = tokens.rights { "admin" }
local is_safe = { GET = true, HEAD = true }
local media_allowed = { ["application/json"] = true, ["application/octet-stream"] = true }

---@class btshare.Gate
---@field private services btshare.Services
local Gate = {}
Gate.__index = Gate

---@param services btshare.Services
---@return btshare.Gate
function gate.new(services)
  return setmetatable({ services = services }, Gate)
end

---Under TLS the browser itself keeps other names of the site from setting it.
---@param request core.http.Request
---@return string
local function cookie_name(request)
  return (request.is_secure and "__Host-" or "") .. "btshare_" .. request.listener.port
end

local function session_of(self, request)
  local secret = cookies.get(request.headers.cookie, request.cookie)
  local session = secret and self.services.sign_in.sessions:find(secret)
  request.session_secret = session and secret or nil
  return session and { kind = "session", scopes = all_scopes, id = session.id }
end

-- Programs that know nothing else send their token as the password of Basic, under any name (RFC 7617).
local function password_of(header)
  local coded = header:match("^%s*[Bb][Aa][Ss][Ii][Cc]%s+(%S+)%s*$")
  local pair = coded and #coded <= most_basic and crypto.from_base64url((coded:gsub("[+/=]", url_letters)))
  return pair and pair:match("^[^:]*:(.*)$")
end

local function token_of(self, header)
  local secret = header:match("^%s*[Bb][Ee][Aa][Rr][Ee][Rr]%s+(%S+)%s*$")
  local is_basic = not secret
  secret = secret or password_of(header)
  local token = secret and self.services.sign_in.tokens:find(secret)
  if not token then return nil end
  return { kind = "token", scopes = tokens.rights(token.scopes), id = token.id, is_basic = is_basic }
end

local nobody = { kind = "nobody", scopes = {} }

-- What an Authorization header says counts alone: no browser adds it for another site.
local function identify(self, request)
  request.client, request.is_secure = forwarded.read(request, self.services.trusted_proxies)
  request.cookie = cookie_name(request)
  local authorization = request.headers.authorization
  request.who = (authorization and token_of(self, authorization)) or (not authorization and session_of(self, request))
    or nobody
end

-- Browsers say where they are; programs do not, and some send a password only when they are asked for one. A browser
-- must not be asked: it would send that password on by itself, for other sites too.
local function is_browser(request)
  local headers = request.headers
  return headers.origin ~= nil or headers["sec-fetch-site"] ~= nil or headers["sec-fetch-mode"] ~= nil
end

local function refuse_stranger(self, request, about)
  if about and about.is_for_programs and not is_browser(request) then
    local refusal = reply.problem(401, "log in first; an API token may be the password", { code = "sign_in_required" })
    -- Bearer is not named: Python's urllib gives up where it reads of anything but Basic and Digest.
    refusal.headers["WWW-Authenticate"] = 'Basic realm="BTshare"'
    return refusal
  end
  if request.headers.authorization then
    return reply.problem(401, "the API token is not known, or has ended", { code = "sign_in_required" })
  elseif self.services.sign_in:is_set_up() then
    return reply.problem(401, "log in first; btshare open opens the console", { code = "sign_in_required" })
  end
  return reply.problem(401, "not set up yet: open the address that btshare printed", { code = "setup_required" })
end

-- A page of another site, or of another port of this one, can make a browser send our cookie, but neither this header
-- nor our Origin; a program that sends no cookie has no need of either.
local function is_own_page(request)
  local headers = request.headers
  local origin, site = headers.origin, headers["sec-fetch-site"]
  if headers["x-btshare"] ~= "1" then return false end
  if origin then
    return origin == (request.is_secure and "https://" or "http://") .. request.host
  end
  return site == "same-origin" or (site == nil and request.who.kind ~= "session" and not headers.cookie)
end

local function has_body(request)
  return request.headers["transfer-encoding"] ~= nil or (tonumber(request.headers["content-length"]) or 0) > 0
end

local function media_of(request)
  return (request.headers["content-type"] or ""):lower():match("^%s*([^;%s]*)")
end

-- A browser that was given a password for Basic, in an address for one, sends it by itself, as it does a cookie.
local function is_sent_unasked(request)
  return request.who.kind == "session" or (request.who.is_basic and is_browser(request))
end

-- Where the browser says so: a page elsewhere cannot read our answers, but it need not even hold our streams open.
local function is_foreign_look(request, scope)
  local site = request.headers["sec-fetch-site"]
  return scope ~= "open" and is_sent_unasked(request) and (site == "same-site" or site == "cross-site")
end

-- Programs that know nothing of BTshare call their bodies what they like.
local function is_known_media(request, about)
  return media_allowed[media_of(request)] or (about and about.is_for_programs and request.who.kind == "token")
end

local function check_forgery(request, scope, about)
  local is_foreign
  if is_safe[request.method] then
    is_foreign = is_foreign_look(request, scope)
  else
    is_foreign = (request.who.kind ~= "token" or is_sent_unasked(request)) and not is_own_page(request)
  end
  if is_foreign then
    return reply.problem(403, "not asked by the console's own page (X-BTshare, Origin)", { code = "foreign_page" })
  elseif is_safe[request.method] then
    return nil
  elseif has_body(request) and not is_known_media(request, about) then
    return reply.problem(415, "body: must be sent as application/json")
  end
end

local function refuse_method()
  local refusal = reply.problem(405, "OPTIONS: not answered here")
  refusal.headers.Allow = "GET, HEAD, POST, PUT, PATCH, DELETE"
  return refusal
end

---@param request core.http.Request
---@param about {scope: string?, is_for_programs: boolean?}? of its route; without a scope, for who may do everything
---@return core.http.Reply? refusal nil lets it in
function Gate:admit(request, about)
  identify(self, request)
  if request.method == "OPTIONS" then return refuse_method() end
  local scope = about and (about.scope or "admin") or request.segments[1] == "api" and "read" or "open"
  if scope ~= "open" and request.who.kind == "nobody" then
    return refuse_stranger(self, request, about)
  end
  local refusal = check_forgery(request, scope, about)
  if refusal then return refusal end
  if scope ~= "open" and not request.who.scopes[scope] then
    return reply.problem(403, ("this needs the right \"%s\""):format(scope), { code = "denied" })
  end
end

return gate
