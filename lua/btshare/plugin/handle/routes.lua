-- plugin:route: requests to the public or to the console listener.
local answers = require "btshare.plugin.answers"
local instances = require "btshare.plugin.handle.instances"
local requests = require "btshare.plugin.requests"
local types = require "btshare.types"

---@class btshare.plugin.handle
local methods = {}

local default_body, most_body = 64 * 1024, "16MiB"

local rules = {
  on = types.default(types.choice { "public", "console" }, "public"),
  scope = types.choice { "read", "share", "admin" },
  body = types.default(types.between(types.size, 0, most_body), default_body),
}

local is_method = { GET = true, POST = true, PUT = true, PATCH = true, DELETE = true }

local function check_pattern(pattern, on)
  local method, path = tostring(pattern):match("^(%u+) (/%S*)$")
  if type(pattern) ~= "string" or not is_method[method] then
    return nil, 'a method and a path are wanted, such as "GET /x/:id"'
  elseif on == "console" and (path .. "/"):find("^/api/") then
    return nil, ("%s: on the console, what is below /api is the API's"):format(pattern)
  end
  return true
end

---@class btshare.plugin.RouteAbout what its listener knows of a plugin's route
---@field on "public"|"console"
---@field scope "read"|"share"|"admin"|nil on the console
---@field body_limit integer bytes
---@field is_for_programs true of any kind may their bodies be, and an API token may be the password of Basic

---Answers requests: `plugin:route("GET /x/:id", fn)`. `fn(request)` returns a reply, see btshare.reply, or
---nil, message, code. An error in it is answered with 500.
---@param pattern string
---@param fn fun(request: btshare.plugin.Request): table?, string?, string?
---@param options {on: "public"|"console"|nil, scope: "read"|"share"|"admin"|nil, body: integer|string|nil}?
---@return fun() release
function methods:route(pattern, fn, options)
  local instance = instances.of(self, "route")
  if options ~= nil and type(options) ~= "table" then error("plugin:route: its options must be a table", 2) end
  local checked, messages = types.fields(rules, options or {})
  if not checked then error("plugin:route: " .. table.concat(messages, "; "), 2) end
  local possible, message = check_pattern(pattern, checked.on)
  if not possible then error("plugin:route: " .. message, 2) end
  if type(fn) ~= "function" then error("plugin:route: a function is wanted", 2) end
  if checked.scope and checked.on ~= "console" then
    error('plugin:route: option \'scope\' is for the console: { on = "console" }', 2)
  end
  ---@type btshare.plugin.RouteAbout
  local about = {
    on = checked.on, scope = checked.on == "console" and (checked.scope or "admin") or nil,
    body_limit = checked.body, is_for_programs = true,
  }
  return instance:bind(function()
    return instance.routes:open(pattern, function(request, parameters)
      return answers.call(instance, pattern, fn, requests.view(request, parameters, about))
    end, about)
  end)
end

return methods
