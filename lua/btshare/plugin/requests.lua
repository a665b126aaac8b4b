-- A request as a plugin sees it: values only, and nothing by which it could act as the one who asks.
local requests = {}

---@class btshare.plugin.Request
---@field method "GET"|"HEAD"|"POST"|"PUT"|"PATCH"|"DELETE"
---@field path string as it was matched, decoded: "/x/5"
---@field parameters table<string, any> of the pattern's ":name" and "*name", which is a list
---@field query table<string, string> decoded; of a name that is there twice the first
---@field headers table<string, string> names in lower case; on the console without cookie and authorization
---@field address string of who asks; on the console past proxies that are trusted
---@field host string the Host header
---@field body string "" if none
---@field scope "read"|"share"|"admin"|nil on the console: the most that who asks may do

local function unescape(text)
  return (text:gsub("+", " "):gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

---@param text string the raw query
---@return table<string, string>
function requests.query(text)
  local fields = {}
  for part in text:gmatch("[^&]+") do
    local name, value = part:match("^([^=]*)=?(.*)$")
    name = unescape(name)
    if name ~= "" and fields[name] == nil then fields[name] = unescape(value) end
  end
  return fields
end

local ranks = { "admin", "share", "read" }

local function highest_scope(who)
  for _, scope in ipairs(ranks) do
    if who and who.scopes[scope] then return scope end
  end
end

-- The owner's session is for no plugin to hold.
local function without_secrets(headers)
  local kept = {}
  for name, value in pairs(headers) do
    if name ~= "cookie" and name ~= "authorization" then kept[name] = value end
  end
  return kept
end

---@param request core.http.Request
---@param parameters table<string, any>
---@param about btshare.plugin.RouteAbout
---@return btshare.plugin.Request
function requests.view(request, parameters, about)
  local is_console = about.on == "console"
  return {
    method = request.method,
    path = "/" .. table.concat(request.segments or {}, "/"),
    parameters = parameters or {},
    query = requests.query(request.query or ""),
    headers = is_console and without_secrets(request.headers) or request.headers or {},
    address = is_console and request.client or request.address,
    host = request.host,
    body = request.body or "",
    scope = is_console and highest_scope(request.who) or nil,
  }
end

return requests
