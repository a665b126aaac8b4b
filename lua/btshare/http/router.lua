-- From a request to its handler: literal segments before parameters, one look-up a segment, however
-- many routes there are.

---@class btshare.Router
---@field private root table
---@field private list {method: string, pattern: string, about: table?}[]
local Router = {}
Router.__index = Router

local router = {}

---@return btshare.Router
function router.new()
  return setmetatable({ root = { children = {} }, list = {} }, Router)
end

local function split(pattern)
  local method, path = pattern:match("^(%u+) (/.*)$")
  if not method then
    error("route " .. pattern .. ": is not like \"GET /path/:name\"", 3)
  end
  local segments = {}
  for segment in path:gmatch("[^/]+") do
    segments[#segments + 1] = segment
  end
  return method, segments
end

---Adds a route, "GET /x/:id". A segment ":name" stands for any one segment, a last "*name" for all that
---follow (as a list). HEAD is answered by GET's handler; the handler's return value is the reply. A route whose
---`about.is_default` says so gives way to another one of the same pattern, until that is undone.
---@param pattern string
---@param handler fun(request: core.http.Request, parameters: table<string, any>): core.http.Reply in a task
---@param about table? what the listener's gate must know of it before the handler is called; kept as it is
---@return fun() undo
function Router:add(pattern, handler, about)
  local method, segments = split(pattern)
  local node = self.root
  local names = {}
  for _, segment in ipairs(segments) do
    local kind, name = segment:match("^([:*])(.+)$")
    local key = kind or segment
    names[#names + 1] = name and { name = name, takes_rest = kind == "*" } or false
    node.children[key] = node.children[key] or { children = {} }
    node = node.children[key]
  end
  node.methods = node.methods or {}
  local former = node.methods[method]
  if former and not (former.about and former.about.is_default) then
    error("route " .. pattern .. ": is taken", 2)
  end
  node.methods[method] = { handler = handler, names = names, about = about }
  local item = { method = method, pattern = pattern, about = about }
  self.list[#self.list + 1] = item
  return function()
    node.methods[method] = former
    for index, candidate in ipairs(self.list) do
      if candidate == item then
        table.remove(self.list, index)
        return
      end
    end
  end
end

local function descend(node, segments, index)
  if index > #segments then
    return node.methods and next(node.methods) and node
  end
  local literal = node.children[segments[index]]
  local found = literal and descend(literal, segments, index + 1)
  if found then return found end
  local any = node.children[":"]
  found = any and descend(any, segments, index + 1)
  if found then return found end
  local rest = node.children["*"]
  return rest and rest.methods and next(rest.methods) and rest
end

---@param method string
---@param segments string[] decoded
---@return function? handler
---@return table<string, any>|integer parameters or, without a handler, 404 or 405
---@return table? about as it was added
function Router:find(method, segments)
  for _, segment in ipairs(segments) do
    if segment == ":" or segment == "*" then
      return nil, 404
    end
  end
  local node = descend(self.root, segments, 1)
  if not node then
    return nil, 404
  end
  local route = node.methods[method] or (method == "HEAD" and node.methods.GET)
  if not route then
    return nil, 405
  end
  local parameters = {}
  for index, name in ipairs(route.names) do
    if name and name.takes_rest then
      parameters[name.name] = table.move(segments, index, #segments, 1, {})
    elseif name then
      parameters[name.name] = segments[index]
    end
  end
  return route.handler, parameters, route.about
end

---What an address answers to, as the header Allow has it (RFC 9110 §10.2.1).
---@param segments string[] decoded
---@return string[] methods sorted; empty where there is no such address
function Router:methods(segments)
  local node = descend(self.root, segments, 1)
  local methods = {}
  for method in pairs(node and node.methods or {}) do
    methods[#methods + 1] = method
    if method == "GET" and not node.methods.HEAD then methods[#methods + 1] = "HEAD" end
  end
  table.sort(methods)
  return methods
end

---@return {method: string, pattern: string, about: table?}[] routes in order of arrival
function Router:routes()
  return self.list
end

return router
