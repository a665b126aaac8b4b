-- The listeners and what they answer with: each has a router, and each request runs in a task.
local http = require "core.http"
local reply = require "btshare.http.reply"
local router = require "btshare.http.router"
local task = require "btshare.task"

---@class btshare.Listener
---@field router btshare.Router
---@field sockets core.http.Listener[]
---@field on_come fun(address: string)? told who asks, before anything else
---@field private jobs table<btshare.task.job, true> requests that are being answered
local Listener = {}
Listener.__index = Listener

local listeners = {}

local function answer(self, request)
  local handler, parameters = self.router:find(request.method, request.segments)
  if not handler then
    return reply.problem(parameters, "/" .. table.concat(request.segments, "/") .. ": no such thing here")
  end
  return handler(request, parameters)
end

local function is_reply(result)
  return type(result) == "table" and math.type(result.status) == "integer"
end

local function on_request(self, socket, request)
  task.spawn_with({ group = self.jobs }, function()
    local succeeded, result = xpcall(answer, debug.traceback, self, request)
    if not succeeded or not is_reply(result) then
      self.log.error("%s %s: %s", request.method, request.target, succeeded and "no reply" or result)
      result = reply.problem(500, "something went wrong here; the log says what")
    end
    socket:reply(request.id, result)
  end)
end

---@param log table
---@return btshare.Listener
function listeners.new(log)
  return setmetatable({ router = router.new(), sockets = {}, jobs = {}, log = log }, Listener)
end

---Opens one more socket for this listener.
---@param options core.http.Options
---@return core.http.Listener? socket
---@return string? message
---@return string? code
function Listener:open(options)
  local socket, message, code
  socket, message, code = http.open(options, function(request)
    if self.on_come then self.on_come(request.address) end
    on_request(self, socket, request)
  end)
  if socket then
    self.sockets[#self.sockets + 1] = socket
  end
  return socket, message, code
end

---Opens a TCP socket. A default port that is taken moves on to the next; a port that somebody asked for does not.
---@param options core.http.Options
---@param may_move boolean
---@param avoid integer? a port to step over
---@return core.http.Listener? socket
---@return string? message
---@return string? code
function Listener:open_near(options, may_move, avoid)
  local wanted = options.port
  for port = wanted, wanted + (may_move and wanted ~= 0 and 40 or 0) do
    if port == 0 or port ~= avoid then
      options.port = port
      local socket, message, code = self:open(options)
      if socket or code ~= "exists" or not may_move then
        return socket, message, code
      end
    end
  end
  return nil, ("%s: no free port from %d on"):format(options.address, wanted), "exists"
end

function Listener:close()
  task.cancel(self.jobs)
  for _, socket in ipairs(self.sockets) do
    socket:close()
  end
  self.sockets = {}
end

return listeners
