-- The API's routes for the links of a share.
local common = require "btshare.routes.api.common"
local describe = require "btshare.shares.describe"
local json = require "core.json"
local owner_grant = require "btshare.shares.owner_grant"
local reply = require "btshare.http.reply"
local shapes = require "btshare.routes.api.shapes"
local t = require "btshare.api.schema"

local function list(call, share)
  local described = {}
  for index, link in ipairs(call.services.access:list(share)) do
    described[index] = describe.link(call.services, share, link)
  end
  return reply.json(200, { links = json.array(described) })
end

local function create(call, share)
  local body = call.body
  local link, message, code = call.services.access:create(share, {
    name = body.name, expires = common.expires(body.for_seconds), limit = body.limit,
  })
  return common.problem(link, message, code) or reply.json(201, describe.link(call.services, share, link))
end

local function revoke(call, share)
  local services, name = call.services, call.parameters.link
  local link = services.access:find(share, name)
  if not link or link.state == "revoked" then
    return reply.problem("missing", ("%s: has no link to %s"):format(name, share.entry))
  end
  local revoked, message, code = services.access:revoke(share, link)
  return common.problem(revoked, message, code) or reply.json(200, describe.link(services, share, revoked))
end

local function magnet(call, share)
  local services, name = call.services, call.parameters.link
  local link = services.access:find(share, name)
  if not link or link.state ~= "live" then
    return reply.problem("missing", ("%s: has no link to %s"):format(name, share.entry))
  end
  local grant, message, code = owner_grant(services, share, link)
  if message then return reply.problem(code, message) end
  local made = describe.link(services, share, link).magnet and describe.magnet(services, share, nil, link.id, grant)
  if not made then return reply.problem("missing", share.entry .. ": has no magnet") end
  return reply.json(200, { magnet = made, granted = grant ~= nil })
end

---@return btshare.api.Route[]
return function()
  local id = t.string { min = 1, max = 64 }
  return {
    { "GET /api/v1/shares/:id/links", scope = "read", parameters = { id = id },
      summary = "Lists the links of a share: its own, and those with names.",
      answers = { [200] = t.object { links = t.array(shapes.link) }, [404] = true },
      handler = common.with_share(list) },
    { "POST /api/v1/shares/:id/links", scope = "share", parameters = { id = id },
      summary = "Makes a link for somebody.",
      body = t.object {
        name = t.string { max = 200, description = "Whom it is for." },
        for_seconds = t.optional(common.span),
        limit = t.optional(t.integer { min = 1, max = 1000000000, description = "Downloads after which it ends." }),
      },
      answers = { [201] = shapes.link, [400] = true, [404] = true, [409] = true },
      handler = common.with_share(create) },
    { "DELETE /api/v1/shares/:id/links/:link", scope = "share",
      parameters = { id = id, link = t.string { min = 1, max = 200, description = "Id, name, or default." } },
      summary = "Makes a link dead at once; the share's own is replaced by another.",
      answers = { [200] = shapes.link, [404] = true }, handler = common.with_share(revoke) },
    { "POST /api/v1/shares/:id/links/:link/magnet", scope = "share",
      parameters = { id = id, link = t.string { min = 1, max = 200, description = "Id, name, or default." } },
      summary = "Makes a magnet that opens a locked share without its password, for a month.",
      answers = {
        [200] = t.object {
          magnet = t.string(), granted = t.boolean { description = "false: the share is not locked; none is needed." },
        },
        [403] = true, [404] = true,
      },
      handler = common.with_share(magnet) },
  }
end
