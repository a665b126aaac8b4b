-- Versions of what the API shows: who names the version that it saw changes that one or nothing (RFC 9110 §13.1.1).
--
-- Every answer with a `revision` carries it as its ETag too. It counts what can be set, not each number that moves, so
-- it serves If-Match only, and no cache.
local conditions = require "btshare.http.conditions"
local reply = require "btshare.http.reply"

local versions = {}

---@param route btshare.api.Route
---@param call btshare.api.Call
---@return core.http.Reply? refusal with the present object, where the request is about another version of it
function versions.check(route, call)
  local wanted = call.request.headers["if-match"]
  if not wanted or not route.current then return nil end
  local object = route.current(call)
  if not object then return nil end -- the handler says that there is none
  if conditions.check({ ["if-match"] = wanted }, reply.etag(object)) == 412 then
    return reply.problem(412, "it has been changed since you saw it", { code = "changed", current = object })
  end
end

return versions
