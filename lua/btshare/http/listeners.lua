-- The listeners and what they answer with: each has a router, and each request runs in a task.
local http = require "core.http"
local reply = require "btshare.http.reply"
local router = require "btshare.http.router"
local task = require "btshare.task"
local uv = require "luv"

---@class btshare.Listener
---@field router btshare.Router
---@field sockets core.http.Listener[]
---@field answered table<string, integer> requests that were answered, by "2xx", "3xx", "4xx" and "5xx"
---@field on_come fun(address: string)? told who asks, before anything else
---@field private jobs table<btshare.task.job, true> requests that are being answered
---@field private ways table<core.http.Listener, table<integer, btshare.WayIn>> of requests whose body is coming
---@field face btshare.Face
local Listener = {}
Listener.__index = Listener

local listeners = {}

local default_body_limit = 64 * 1024
local most_body_limit = 16 * 1024 * 1024 -- of any route

-- What a listener answers where no handler did: as a problem document, unless its face says otherwise.
local function trouble(self, request, status)
  if self.face.trouble then
    return self.face.trouble(request, status)
  elseif status == 500 then
    return reply.problem(500, "something went wrong here; the log says what")
  end
  local path = "/" .. table.concat(request.segments, "/")
  if status ~= 405 then return reply.problem(status, path .. ": no such thing here") end
  local methods = table.concat(self.router:methods(request.segments), ", ")
  local refusal = reply.problem(405, ("%s: not for %s, which knows %s"):format(request.method, path, methods))
  refusal.headers.Allow = methods
  return refusal
end

local function answer(self, request)
  local handler, parameters, about = self.router:find(request.method, request.segments)
  local refusal = self.face.admit and self.face.admit(request, about)
  if refusal then
    return refusal
  elseif not handler then
    return trouble(self, request, parameters)
  end
  return handler(request, parameters)
end

-- Every reply gets the headers of its listener, but for those that it has itself.
local function add_headers(self, result)
  local own = {}
  for name, value in pairs(result.headers or {}) do
    own[name] = value
  end
  for name, value in pairs(self.face.headers or {}) do
    if own[name] == nil then own[name] = value end
  end
  result.headers = own
  if result.gone then add_headers(self, result.gone) end
end

local function is_reply(result)
  return type(result) == "table" and math.type(result.status) == "integer"
end

-- `on_sent` of a reply is a function: it gets the bytes handed to the system, and whether all were. `on_open` of a
-- stream gets what pushes to it and what finishes it, as soon as that can be done.
local function send(socket, waiting, id, result)
  waiting[id] = result.on_sent
  if not socket:reply(id, result) then
    waiting[id] = nil
    if result.on_sent then result.on_sent(0, false) end
  elseif result.on_open then
    result.on_open(function(bytes) return socket:push(id, bytes) end, function() return socket:finish(id) end)
  end
end

local function on_sent(waiting, id, bytes, complete)
  local tell = waiting[id]
  waiting[id] = nil
  if tell then tell(bytes, complete) end
end

-- What `make` gives, fit to be sent, whatever happens in it.
local function finish_reply(self, request, succeeded, result)
  if not succeeded or not is_reply(result) then
    self.log.error("%s %s: %s", request.method, request.target, succeeded and "no reply" or result)
    result = trouble(self, request, 500)
  end
  add_headers(self, result)
  local class = ("%dxx"):format(result.status // 100)
  self.answered[class] = (self.answered[class] or 0) + 1
  return result
end

local function on_request(self, socket, waiting, request)
  request.listener = socket
  request.way_in, self.ways[socket][request.id] = self.ways[socket][request.id], nil
  if self.face.prepare then
    self.face.prepare(request)
  end
  task.spawn_with({ group = self.jobs }, function()
    local result = finish_reply(self, request, xpcall(answer, debug.traceback, self, request))
    send(socket, waiting, request.id, result)
  end)
end

-- Lets a body come to where its route wants it.
local function let_in(self, socket, request, about, way)
  local limit = way.limit or about.body_limit or default_body_limit
  self.ways[socket][request.id] = way
  if way.on_piece then return socket:let_in_pieces(request.id, limit) end
  return socket:let_in(request.id, limit, way.file, way.keep_free, way.digest)
end

-- The body of a request goes where its route says.
local function receive(self, socket, request, about)
  local succeeded, way, refusal = xpcall(about.receive, debug.traceback, request)
  if not succeeded or not way then
    socket:reply(request.id, finish_reply(self, request, succeeded, succeeded and refusal or way))
    return
  end
  if math.type(way) == "integer" then way = { file = way } end
  if let_in(self, socket, request, about, way) then return end
  self.ways[socket][request.id] = nil
  if way.file then uv.fs_close(way.file) end
  if way.on_lost then way.on_lost(0) end
end

-- A body never came whole.
local function on_lost(self, socket, id, bytes)
  local way = self.ways[socket][id]
  self.ways[socket][id] = nil
  if way and way.on_lost then task.spawn(way.on_lost, bytes) end
  return way ~= nil
end

-- Its sender waits until the piece is done with, so that no more of it is in memory than that.
local function on_piece(self, socket, id, bytes)
  local way = self.ways[socket][id]
  task.spawn_with({ group = self.jobs }, function()
    local status
    local _ <close> = task.on_close(function() socket:next_piece(id, status) end)
    local succeeded, result = xpcall(way.on_piece, debug.traceback, bytes)
    if succeeded then
      status = result
      return
    end
    self.log.error("the body of a request: %s", result)
    socket:cut(id)
  end)
end

-- Before the body of a request is read: what must be refused is, and of the rest no more is read than its route takes.
local function on_head(self, socket, request)
  local handler, status, about = self.router:find(request.method, request.segments)
  request.listener = socket
  if self.face.prepare then
    self.face.prepare(request)
  end
  local succeeded, refusal = true, nil
  if self.face.admit then
    succeeded, refusal = xpcall(self.face.admit, debug.traceback, request, about)
  end
  if not refusal and not handler then
    refusal = trouble(self, request, status)
  end
  local limit = about and about.body_limit or default_body_limit
  if refusal == nil and (tonumber(request.headers["content-length"]) or 0) > limit then
    refusal = reply.problem(413, ("body: must be at most %d bytes"):format(limit))
  end
  if refusal ~= nil then
    socket:reply(request.id, finish_reply(self, request, succeeded, refusal))
  elseif about and about.receive then
    task.spawn_with({ group = self.jobs }, receive, self, socket, request, about)
  else
    socket:let_in(request.id, limit)
  end
end

---@class btshare.WayIn where the body of a request goes; the handler finds it in request.way_in
---@field file integer? descriptor, the listener's from then on
---@field on_piece (fun(bytes: string): integer?)? in place of a file: gets the body bit by bit, in a task; the next
---comes when it has returned, or is refused with the status that it returns
---@field limit integer? bytes, in place of the route's
---@field keep_free integer? bytes that stay free beside the file
---@field digest "SHA1"|"SHA256"|nil of what goes to the file: the request has it as `body_digest`
---@field on_lost fun(bytes: integer)? told, in a task, if the body does not come whole: then no handler is called

---@class btshare.Face how a listener presents itself
---@field headers table<string, string>? of every reply that does not set them itself
---@field prepare fun(request: core.http.Request)? called before anything else sees the request
---Asked before a request's body is read, if it has one, and again before its handler: nil lets it in, a reply refuses
---it. `about` is what its route was added with, nil where there is none; its `body_limit` (bytes) is kept in any case,
---and its `receive(request)`, which may wait, says where the body goes: a descriptor, a btshare.WayIn, or nil and a
---reply.
---@field admit (fun(request: core.http.Request, about: table?): core.http.Reply?)?
---@field trouble (fun(request: core.http.Request, status: integer): core.http.Reply)? answers 404, 405 and 500

---@param log table
---@param face btshare.Face?
---@return btshare.Listener
function listeners.new(log, face)
  return setmetatable({
    router = router.new(), sockets = {}, jobs = {}, ways = {}, answered = {}, log = log, face = face or {},
  }, Listener)
end

---Opens one more socket for this listener.
---@param options core.http.Options
---@return core.http.Listener? socket
---@return string? message
---@return string? code
function Listener:open(options)
  local socket, message, code
  local waiting = {}
  options.body_limit = options.body_limit or most_body_limit
  socket, message, code = http.open(options, function(request)
    if self.on_come then self.on_come(request.address) end
    on_request(self, socket, waiting, request)
  end, function(id, bytes, complete)
    if not on_lost(self, socket, id, bytes) then on_sent(waiting, id, bytes, complete) end
  end, function(request)
    on_head(self, socket, request)
  end, function(id, bytes)
    on_piece(self, socket, id, bytes)
  end)
  if socket then
    self.ways[socket] = {}
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
