-- The API of BTshare: the table of all its routes, one module a subject.
local api_table = require "btshare.api.table"

local api = {}

local subjects = { "session", "tokens" }

---@param services btshare.Services
---@return btshare.api.Table
function api.new(services)
  local routes = api_table.new(services)
  for _, subject in ipairs(subjects) do
    local routes_of = require("btshare.routes.api." .. subject)
    routes:add(routes_of(services))
  end
  return routes
end

return api
