-- A raw HTTP client for specs: it sends bytes as given and keeps what comes back until the end.
local helper = require "helper"
local uv = require "luv"

local client = {}
client.__index = client

---Connects to a listener: { port = } on loopback, from an address of choice (`from`), or { path = }.
---@param to table
function client.connect(to)
  local self = setmetatable({ chunks = {}, count = 0, ended = false }, client)
  local function on_connect(problem)
    self.connected, self.problem = not problem, problem
  end
  if to.path then
    self.handle = uv.new_pipe(false)
    self.handle:connect(to.path, on_connect)
  else
    self.handle = uv.new_tcp()
    if to.from then assert(self.handle:bind(to.from, 0)) end
    self.handle:connect(to.address or "127.0.0.1", to.port, on_connect)
  end
  helper.wait_for(function() return self.connected ~= nil end, 5, "a connection")
  assert(self.connected, self.problem)
  self:resume()
  return self
end

function client:resume()
  self.handle:read_start(function(problem, data)
    if data then
      self.chunks[#self.chunks + 1] = data
      self.count = self.count + #data
    else
      self.ended, self.reset = true, problem
    end
  end)
end

---What came so far and was not taken off by `response`.
function client:received()
  self.chunks = { table.concat(self.chunks) }
  return self.chunks[1]
end

function client:pause()
  self.handle:read_stop()
end

function client:send(data)
  self.handle:write(data, function() end)
  return self
end

---All that came until the other side closed.
function client:rest(seconds)
  helper.wait_for(function() return self.ended end, seconds, "the end of a connection")
  self:close()
  return self:received()
end

---Waits for one whole response and takes it off what was received.
---@param is_head boolean? the response has no body
function client:response(is_head)
  local answer
  helper.wait_for(function()
    answer = client.parse(self:received(), is_head)
    return answer or self.ended
  end, 10, "a response")
  if answer then
    self.chunks = { self:received():sub(answer.length + 1) }
  end
  return answer
end

function client:close()
  if not self.handle:is_closing() then
    self.handle:close()
  end
end

---@return table? response { status, headers, body, length }, nil while it is not whole
function client.parse(text, is_head)
  local head, at = text:match("^(HTTP/1%.%d %d%d%d[^\r\n]*.-\r\n)\r\n()")
  if not head then return nil end
  local headers = {}
  for name, value in head:gmatch("\n([^:\r\n]+): ([^\r\n]*)") do
    headers[name:lower()] = value
  end
  local length = is_head and 0 or tonumber(headers["content-length"] or 0)
  if #text < at - 1 + length then return nil end
  return {
    status = tonumber(head:match(" (%d%d%d)")), headers = headers, head = head,
    body = text:sub(at, at - 1 + length), length = at - 1 + length,
  }
end

---Sends `request` on a connection of its own.
---@return string received all until the end
function client.exchange(to, request, seconds)
  return client.connect(to):send(request):rest(seconds)
end

---A plain request whose connection ends after it.
function client.get(to, target, more)
  local text = "GET " .. target .. " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" .. (more or "") .. "\r\n"
  return client.parse(client.exchange(to, text))
end

return client
