-- The API of API tokens: made, listed and revoked by who may do everything.
local json = require "core.json"
local reply = require "btshare.http.reply"
local t = require "btshare.api.schema"

local scope = t.string { choices = { "read", "share", "admin" } }
local shown = {
  id = t.string(), name = t.string(), scopes = t.array(scope), created = t.integer(), used = t.optional(t.integer()),
  expires = t.optional(t.integer()),
}
t.define("Token", t.object(shown))

local made = { secret = t.string { description = "Shown this once." } }
for name, schema in pairs(shown) do made[name] = schema end

local function describe(token)
  token.scopes = json.array(token.scopes)
  return token
end

---@param services btshare.Services
return function(services)
  local tokens = services.sign_in.tokens

  local function list()
    local all = tokens:list()
    for _, token in ipairs(all) do describe(token) end
    return reply.json(200, { tokens = json.array(all) })
  end

  local function make(call)
    local body = call.body
    local expires = body.for_seconds and os.time() + body.for_seconds
    local token, secret, code = tokens:make(body.name, body.scopes, expires)
    if not token then return reply.problem(code, secret) end
    token.secret = secret
    return reply.json(201, describe(token))
  end

  local function revoke(call)
    local done, message, code = tokens:revoke(call.parameters.id)
    return done and reply.empty() or reply.problem(code, message)
  end

  return {
    { "GET /api/v1/tokens", scope = "admin", summary = "All API tokens, without their secrets.",
      answers = { [200] = t.object { tokens = t.array(t.ref "Token") } }, handler = list },
    { "POST /api/v1/tokens", scope = "admin", summary = "Makes an API token; its secret is in this answer only.",
      body = t.object {
        name = t.string { min = 1, max = 100 }, scopes = t.array(scope, { min = 1, max = 3 }),
        for_seconds = t.optional(t.integer { min = 1, max = 100 * 366 * 86400 }),
      },
      answers = { [201] = t.object(made), [409] = true }, handler = make },
    { "DELETE /api/v1/tokens/:id", scope = "admin", summary = "Revokes an API token.",
      answers = { [204] = true, [404] = true }, handler = revoke },
  }
end
