-- Asks a router for one port and says in JSON lines what it hears: `btshare-lua map.lua PORT REFRESH_SECONDS`. Ends, as
-- btshare does, when its input does.
local json = require "core.json"
local mapper = require "core.mapper"
local uv = require "luv"

local port, seconds = math.tointeger(tonumber(arg[1])), math.tointeger(tonumber(arg[2]))

local opened = assert(mapper.open({ ports = { { inner = port } }, refresh_seconds = seconds }, function(change)
  io.write(json.encode(change), "\n")
  io.flush()
end))

local input = uv.new_pipe(false)
input:open(0)
input:read_start(function(_, data)
  if not data then
    input:close()
    opened:close()
  end
end)
