-- The API of logging in: what is wanted, keys and the password for a cookie, and the way out again.
local cookies = require "btshare.http.cookies"
local json = require "core.json"
local reply = require "btshare.http.reply"
local t = require "btshare.api.schema"
local uv = require "luv"

local cookie_seconds = 30 * 86400
local body_limit = 2048 -- bytes: a password of 1 KiB, and what JSON adds

local statuses = { wrong = 401, throttled = 429 }

---@param code string of btshare.sign_in
---@param message string
---@param seconds integer?
---@return core.http.Reply
local function refuse(code, message, seconds)
  local status = statuses[code] or reply.statuses[code] or 500
  local refusal = reply.problem(status, message, { code = code })
  refusal.headers["Retry-After"] = seconds and tostring(seconds) or (status == 503 and "1") or nil
  return refusal
end

local function with_cookie(request, secret)
  return {
    status = 204,
    headers = {
      ["Set-Cookie"] = cookies.set(request.cookie, secret, {
        seconds = secret ~= "" and cookie_seconds or 0, is_secure = request.is_secure,
      }),
    },
  }
end

-- `try(attempt)` gives the secret of a session, or why not.
local function log_in(call, try)
  local request = call.request
  if not request.cookie then return reply.problem(404, "no log-in is needed here") end -- the control socket
  local secret, message, code, seconds = try { address = request.client, former = request.session_secret }
  if not secret then return refuse(code, message, seconds) end
  return with_cookie(request, secret)
end

local key = t.string { min = 1, max = 128, description = "What stands behind #k= in the printed address." }
local password = t.string { min = 1, max = 1024 }

---@param services btshare.Services
return function(services)
  local sign_in = services.sign_in

  local function describe(call)
    local scopes = {}
    for _, scope in ipairs { "read", "share", "admin" } do
      if call.who.scopes[scope] then scopes[#scopes + 1] = scope end
    end
    return reply.json(200, {
      authenticated = call.who.kind ~= "nobody", wants = sign_in:wants(), has_password = sign_in.passwords:is_set(),
      name = services.config.name or uv.os_gethostname(), version = services.host.version, scopes = json.array(scopes),
    })
  end

  local function open(call)
    local body = call.body
    if (body.key == nil) == (body.password == nil) then
      return reply.problem(422, "body: needs either key or password")
    end
    return log_in(call, function(attempt)
      if body.key then return sign_in:with_key(attempt, body.key) end
      return sign_in:with_password(attempt, body.password)
    end)
  end

  local function close(call)
    if call.who.kind ~= "session" then return reply.problem(409, "this is no session of a browser") end
    local done, message, code = sign_in.sessions:close(call.who.id)
    if not done then return reply.problem(code, message) end
    return with_cookie(call.request, "")
  end

  local function change_password(call, wanted, current)
    local by = {
      session = call.who.kind == "session" and call.who.id or nil, address = call.request.client, current = current,
    }
    local done, message, code, seconds
    if wanted then
      done, message, code, seconds = sign_in:set_password(wanted, by)
    else
      done, message, code, seconds = sign_in:remove_password(by)
    end
    -- Not 401: who asks is logged in, and stays so.
    if not done then return refuse(code == "wrong" and "denied" or code, message, seconds) end
    services.events:tell("notice", wanted and { level = "info", message = "the console's password was changed" }
      or { level = "warning", message = "the console's password was taken away" })
    return reply.empty()
  end

  local function set_password(call)
    local wanted = call.body.password
    return change_password(call, wanted ~= json.null and wanted or nil, call.body.current)
  end

  -- For who has forgotten it: the socket is its owner's alone.
  local function remove_password(call)
    if call.who.kind ~= "socket" then
      return reply.problem("denied", "PUT a password of null, with the current one, instead")
    end
    return change_password(call)
  end

  return {
    { "GET /api/v1/session", scope = "open", summary = "Who is asking, and how to log in.",
      answers = { [200] = t.object {
        authenticated = t.boolean(), wants = t.string { choices = { "setup", "key", "password" } },
        has_password = t.boolean(), name = t.string(), version = t.string(), scopes = t.array(t.string()),
      } },
      handler = describe },
    { "POST /api/v1/setup", scope = "open", summary = "The first log-in of all, with the printed key.",
      body = t.object { key = key }, body_limit = body_limit, answers = { [204] = true, [410] = true },
      handler = function(call)
        return log_in(call, function(attempt) return sign_in:set_up(attempt, call.body.key) end)
      end },
    { "POST /api/v1/session", scope = "open", summary = "Logs in with a one-time key or the password.",
      body = t.object { key = t.optional(key), password = t.optional(password) }, body_limit = body_limit,
      answers = { [204] = true, [401] = true, [410] = true, [429] = true, [503] = true }, handler = open },
    { "DELETE /api/v1/session", scope = "read", summary = "Logs out.", answers = { [204] = true }, handler = close },
    { "POST /api/v1/keys", scope = "admin", summary = "Another one-time key; on the control socket only.",
      answers = { [200] = t.object { url = t.string() }, [403] = true },
      handler = function(call)
        if call.who.kind ~= "socket" then
          return reply.problem("denied", "keys are made with btshare open")
        end
        return reply.json(200, { url = sign_in:key_url(services.addresses.console) })
      end },
    { "PUT /api/v1/password", scope = "admin",
      summary = "Sets the password, or with null does without one; ends all other sessions.",
      body = t.object { password = t.nullable(password), current = t.optional(password) }, body_limit = 2 * body_limit,
      answers = { [204] = true, [403] = true, [429] = true, [503] = true }, handler = set_password },
    { "DELETE /api/v1/password", scope = "admin",
      summary = "Does without a password, whatever it was; on the control socket only.",
      answers = { [204] = true, [403] = true }, handler = remove_password },
  }
end
