-- The API of BTshare: the table of all its routes, one module a subject.
local api_table = require "btshare.api.table"
local openapi = require "btshare.api.openapi"
local reply = require "btshare.http.reply"
local t = require "btshare.api.schema"

local api = {}

local subjects = {
  "session", "tokens", "status", "shares", "links", "files", "recipients", "history", "activity", "events", "settings",
  "plugins", "commands", "uploads", "downloads", "boxes",
}

local function document_route(routes, version)
  local document
  return { "GET /api/v1/openapi.json", scope = "read", summary = "Describes the API (OpenAPI 3.1).",
    answers = { [200] = t.map(t.any()) },
    handler = function()
      document = document or reply.json(200, openapi.document(routes.routes, version))
      return { status = 200, headers = document.headers, body = document.body }
    end }
end

---@param services btshare.Services
---@return btshare.api.Table
function api.new(services)
  local routes = api_table.new(services)
  for _, subject in ipairs(subjects) do
    local routes_of = require("btshare.routes.api." .. subject)
    routes:add(routes_of(services))
  end
  routes:add { document_route(routes, services.host.version) }
  return routes
end

return api
