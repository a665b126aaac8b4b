-- What the API's routes have in common: finding a share, pages of lists, the parts of a query that many take.
local json = require "core.json"
local reply = require "btshare.http.reply"
local t = require "btshare.api.schema"

local common = {}

---The share that a path names.
---@param call btshare.api.Call
---@return btshare.Share? share
---@return core.http.Reply? problem
function common.share(call)
  local id = call.parameters.id
  local share = call.services.shares.by_id[id]
  if share and not share.is_stopped then return share end
  return nil, reply.problem("missing", id .. ": no such share")
end

---A handler that is given the share of its path.
---@param handler fun(call: btshare.api.Call, share: btshare.Share): core.http.Reply
---@return fun(call: btshare.api.Call): core.http.Reply
function common.with_share(handler)
  return function(call)
    local share, problem = common.share(call)
    if not share then return problem end
    return handler(call, share)
  end
end

---Makes handlers that are given what the id in their path stands for.
---@param service string name of the service whose `by_id` has it
---@param missing string what is said where there is none
---@return fun(handler: fun(call: btshare.api.Call, found: any): core.http.Reply): function
function common.with(service, missing)
  return function(handler)
    return function(call)
      local id = call.parameters.id
      local found = call.services[service].by_id[id]
      if not found then return reply.problem("missing", id .. ": " .. missing) end
      return handler(call, found)
    end
  end
end

---The query of a list that comes in pages.
---@param most integer elements in an answer
---@param more table<string, btshare.api.schema>? further names
---@return table<string, btshare.api.schema>
function common.paged(most, more)
  local query = {
    limit = t.optional(t.integer { min = 0, max = most, description = "How many at most." }),
    offset = t.integer { min = 0, max = 1000000000, default = 0, description = "How many to leave out before them." },
  }
  for name, of in pairs(more or {}) do query[name] = of end
  return query
end

---The part of a list that was asked for.
---@param list any[]
---@param query {limit: integer?, offset: integer}
---@param default integer? of limit, default: all
---@return any[] page marked as an array
function common.page(list, query, default)
  local first = query.offset + 1
  local last = math.min(#list, query.offset + (query.limit or default or #list))
  return json.array(table.move(list, first, last, 1, {}))
end

---The answer of a domain operation.
---@param done any
---@param message string?
---@param code string?
---@return core.http.Reply? problem nil where it was done
function common.problem(done, message, code)
  return not done and reply.problem(code or "failed", message) or nil
end

---`for_seconds` as the time at which it ends.
---@param seconds number?
---@return integer? expires
function common.expires(seconds)
  return seconds and os.time() + math.ceil(seconds)
end

---A span in seconds, as a request has it.
common.span = t.number { min = 0.001, max = 1e10 - 1, description = "Seconds from now." }

---@param description string
---@return btshare.api.schema
function common.time(description)
  return t.integer { min = 0, max = 253402300799, description = description .. " Seconds since 1970." }
end

return common
