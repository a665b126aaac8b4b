-- The API of the control socket for the links of a share.
local describe = require "btshare.shares.describe"
local json = require "core.json"
local reply = require "btshare.http.reply"

local links = {}

local function find_share(services, id)
  local share = services.shares.by_id[id]
  if share and not share.is_stopped then return share end
  return nil, reply.problem("missing", id .. ": no such share")
end

local function list(services, share)
  local described = {}
  for index, link in ipairs(services.access:list(share)) do
    described[index] = describe.link(services, share, link)
  end
  return reply.json(200, { links = json.array(described) })
end

local function check(body)
  if type(body) ~= "table" or type(body.name) ~= "string" then return nil, "body: needs a name" end
  local seconds, limit = body.for_seconds, body.limit
  if seconds ~= nil and (type(seconds) ~= "number" or not (seconds > 0 and seconds < 1e10)) then
    return nil, "for_seconds: must be a number above 0"
  elseif limit ~= nil and (math.type(limit) ~= "integer" or limit < 1) then
    return nil, "limit: must be a whole number above 0"
  end
  return { name = body.name, expires = seconds and os.time() + math.ceil(seconds), limit = limit }
end

local function create(services, share, request)
  local wanted, message = check((json.decode(request.body)))
  if not wanted then return reply.problem("invalid", message) end
  local link, code
  link, message, code = services.access:create(share, wanted)
  return link and reply.json(201, describe.link(services, share, link)) or reply.problem(code, message)
end

local function revoke(services, share, _, name)
  local link = services.access:find(share, name)
  if not link or link.state == "revoked" then
    return reply.problem("missing", ("%s: has no link to %s"):format(name, share.entry))
  end
  local revoked, message, code = services.access:revoke(share, link)
  return revoked and reply.json(200, describe.link(services, share, revoked)) or reply.problem(code, message)
end

---Adds the routes to a router.
---@param router btshare.Router
---@param services btshare.Services
function links.add(router, services)
  local function add(pattern, handler)
    router:add(pattern, function(request, parameters)
      local share, problem = find_share(services, parameters.id)
      if not share then return problem end
      return handler(services, share, request, parameters.link)
    end)
  end
  add("GET /api/v1/shares/:id/links", list)
  add("POST /api/v1/shares/:id/links", create)
  add("DELETE /api/v1/shares/:id/links/:link", revoke)
end

return links
