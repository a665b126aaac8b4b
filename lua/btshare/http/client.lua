-- A small HTTP/1.1 client for the control socket: one request, one connection.
local parser = require "btshare.http.response_parser"
local paths = require "btshare.paths"
local uv = require "luv"

local client = {}

local default_timeout = 30
local default_limit = 256 * 1024 * 1024

---@class btshare.http.response
---@field status integer
---@field headers table<string, string> names in lower case
---@field body string

---@class btshare.http.request_options
---@field timeout number? seconds without any progress, default 30
---@field limit integer? of the body, bytes

local connect_failures = {
  ENOENT = { "nothing listens there", "missing" },
  ECONNREFUSED = { "nothing listens there", "missing" },
  ENOTSOCK = { "not a socket", "missing" },
  ENOTDIR = { "not a folder", "missing" },
  EACCES = { "access denied", "denied" },
  EPERM = { "access denied", "denied" },
}

local function compose(method, target, headers, body)
  local lines = { ("%s %s HTTP/1.1"):format(method, target), "Host: localhost", "Connection: close" }
  for name, value in pairs(headers or {}) do
    local line = name .. ": " .. value
    if line:find("[\r\n]") then error("a header holds a line break", 3) end
    lines[#lines + 1] = line
  end
  if body then lines[#lines + 1] = "Content-Length: " .. #body end
  return table.concat(lines, "\r\n") .. "\r\n\r\n" .. (body or "")
end

---Asks once and calls `on_done(response)` or `on_done(nil, message, code)`, on the loop. Codes: "missing" when nothing
---listens, "denied", "busy" after the timeout, "invalid" for an impossible path, "failed" for all else.
---@param socket string path
---@param method string
---@param target string path and query, already percent-encoded
---@param headers table<string, string>?
---@param body string?
---@param on_done fun(response: btshare.http.response?, message: string?, code: string?)
---@param options btshare.http.request_options?
function client.request(socket, method, target, headers, body, on_done, options)
  options = options or {}
  if target:find("[%c ]") then error("the target is not percent-encoded", 2) end
  local text = compose(method, target, headers, body)
  local timeout = math.ceil((options.timeout or default_timeout) * 1000)
  local answer = parser.new(method, options.limit or default_limit)
  local pipe, timer = uv.new_pipe(false), uv.new_timer()

  local function finish(response, message, code)
    if timer:is_closing() then return end
    timer:close()
    pipe:close()
    on_done(response, message and ("%s: %s"):format(socket, message), code)
  end

  local function on_read(failure, bytes)
    if failure then return finish(nil, failure, "failed") end
    timer:again()
    local complete, message
    if bytes then
      complete, message = answer:feed(bytes)
    else
      complete, message = answer:finish()
    end
    if message then return finish(nil, message, "failed") end
    if complete then finish { status = answer.status, headers = answer.headers, body = answer.body } end
  end

  local function on_connect(failure)
    if failure then
      return finish(nil, table.unpack(connect_failures[failure] or { failure, "failed" }))
    end
    pipe:read_start(on_read)
    -- A server may refuse and close before it has read all: its answer tells more than our failed write.
    pipe:write(text)
  end

  timer:start(timeout, timeout, function() finish(nil, "no answer", "busy") end)
  local possible, message, code = paths.check_socket(socket)
  if not possible then
    return timer:start(0, 0, function() finish(nil, message:sub(#socket + 3), code) end)
  end
  pipe:connect(socket, on_connect)
end

---As `request`, but runs the loop until the answer is there: for commands that do nothing else meanwhile.
---@param socket string path
---@param method string
---@param target string
---@param headers table<string, string>?
---@param body string?
---@param options btshare.http.request_options?
---@return btshare.http.response?
---@return string? message
---@return string? code
function client.fetch(socket, method, target, headers, body, options)
  local result
  client.request(socket, method, target, headers, body, function(...) result = table.pack(...) end, options)
  while not result do uv.run("once") end
  return table.unpack(result, 1, result.n)
end

return client
