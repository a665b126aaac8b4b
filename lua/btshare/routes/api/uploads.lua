-- The API's route for files that are dropped on the console. Their bytes go from the connection to the disk; refused is
-- before the first of them is read.
local reply = require "btshare.http.reply"
local t = require "btshare.api.schema"
local task = require "btshare.task"
local uv = require "luv"

local most_bytes = 1 << 40

local function name_of(request)
  return request.segments[#request.segments]
end

-- Asks the plugins.
local function ask(services, request, bytes)
  local allowed, message, code = services.events:ask("upload-accept", {
    name = name_of(request), size = bytes, address = request.address,
  })
  if allowed then return true end
  return nil, message or "refused by a plugin", code or "denied"
end

-- Where the body is to go, before it is read.
local function receive(services, request)
  if request.headers["content-type"] ~= "application/octet-stream" then
    return nil, reply.problem(415, "body: must be sent as application/octet-stream", { code = "invalid" })
  end
  local bytes = tonumber(request.headers["content-length"])
  bytes = bytes and math.tointeger(bytes)
  local file, message, code = ask(services, request, bytes)
  if file then file, message, code = services.uploads:begin(name_of(request), bytes) end
  if not file then return nil, reply.problem(code, message) end
  return file
end

local function store(call)
  local uploads, request = call.services.uploads, call.request
  local file = request.body_file
  local _ <close> = task.on_close(function()
    if file and not request.body_file then uv.fs_close(file) end
  end)
  local message, code
  if not file then -- an empty body is not announced, and goes nowhere
    file, message, code = ask(call.services, request, 0)
    if file then file, message, code = uploads:begin(name_of(request)) end
    if not file then return reply.problem(code, message) end
  end
  local stored
  stored, message, code = uploads:finish(file, name_of(request))
  if not stored then return reply.problem(code, message) end
  call.services.events:tell("upload-finished", { name = stored.name, size = stored.size, path = stored.path })
  return reply.json(201, stored)
end

---@param services btshare.Services
---@return btshare.api.Route[]
return function(services)
  return {
    { "PUT /api/v1/uploads/:name", scope = "share",
      parameters = { name = t.string { min = 1, max = 1024, description = "As the file is called." } },
      summary = "Stores a dropped file in the folder that config.lua names for it, under a name that is free.",
      body = t.string { format = "binary" }, body_kind = "octets", body_limit = most_bytes,
      receive = function(request) return receive(services, request) end,
      answers = {
        [201] = t.object { name = t.string(), path = t.string(), size = t.integer { min = 0 } },
        [400] = true, [403] = true, [413] = true, [415] = true, [507] = true,
      },
      handler = store },
  }
end
