-- btshare.http for plugins: requests to other servers, on threads of their own.
local fetch = require "core.fetch"
local task = require "btshare.task"
local types = require "btshare.types"
local waiting = require "btshare.plugin.helpers.waiting"

local http = {}

local most_at_once = 8 -- of one plugin: each is a thread

local function is_token(text)
  return type(text) == "string" and text:find("^[%w!#$&'*+.^_`|~-]+$") ~= nil
end

local function url(value)
  if type(value) == "string" and value:find("^[hH][tT][tT][pP][sS]?://[^%s%c]+$") then return value end
  return nil, "must be an address that begins with http:// or https://"
end

local function method(value)
  if is_token(value) then return value:upper() end
  return nil, 'must be a word such as "POST"'
end

local function header_map(value)
  if type(value) ~= "table" then return nil, "must be a table of texts by name" end
  local checked = {}
  for name, text in pairs(value) do
    text = type(text) == "number" and tostring(text) or text
    if not is_token(name) then return nil, ("has no header '%s'"):format(tostring(name)) end
    if type(text) ~= "string" or text:find("[%c]") then
      return nil, ("must hold a text in one line for '%s'"):format(name)
    end
    checked[name] = text
  end
  return checked
end

local rules = {
  url = types.required(url), method = method, headers = header_map, body = types.string,
  timeout = types.default(types.between(types.period, 0.001, "10m"), "30s"),
  limit = types.default(types.between(types.size, 0, "64MiB"), "1MiB"),
}

local function lines_of(headers)
  local lines = {}
  for name, value in pairs(headers or {}) do lines[#lines + 1] = name .. ": " .. value end
  table.sort(lines)
  return lines
end

-- Of a header that came more than once, all values (RFC 9110 §5.2).
local function headers_of(text)
  local headers = {}
  for line in text:gmatch("[^\r\n]+") do
    local name, value = line:match("^([^:%s]+):[ \t]*(.-)[ \t]*$")
    if name then
      name = name:lower()
      headers[name] = headers[name] and headers[name] .. ", " .. value or value
    end
  end
  return headers
end

local function fetch_now(request)
  local running
  local _ <close> = task.on_close(function() if running then running:close() end end)
  local response, message, code = task.await(function(resume)
    local started, problem, problem_code = fetch.start({
      url = request.url, method = request.method or (request.body and "POST" or "GET"), body = request.body,
      headers = lines_of(request.headers), limit = request.limit,
      timeout = math.max(1, math.ceil(request.timeout * 1000)), wants_head = true,
    }, resume)
    if not started then return resume(nil, problem, problem_code) end
    running = started
  end)
  running = nil
  if not response then return nil, message, code end
  return { status = response.status, headers = headers_of(response.head or ""), body = response.body }
end

---@param instance btshare.plugin.instance
function http.new(instance)
  local turns = waiting.new(instance, "http.fetch", most_at_once)
  local api = {}

  function api.fetch(request)
    if type(request) ~= "table" then error("http.fetch: a table is wanted", 2) end
    local checked, messages = types.fields(rules, request, "its")
    if not checked then error("http.fetch: " .. table.concat(messages, "; "), 2) end
    return turns:run(fetch_now, checked)
  end

  return api
end

return http
