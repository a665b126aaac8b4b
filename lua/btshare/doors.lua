-- The doors: the torrent engine's port, the public and console listeners and the control socket, opened in the order
-- in which they depend on one another.
local api = require "btshare.routes.api"
local api_table = require "btshare.api.table"
local assets = require "btshare.routes.assets"
local boxes = require "btshare.routes.boxes"
local bound = require "btshare.bound"
local downloads = require "btshare.routes.downloads"
local engine = require "btshare.engine"
local entrance = require "btshare.shares.entrance"
local exit = require "btshare.exit"
local gate = require "btshare.routes.gate"
local headers = require "btshare.http.headers"
local listeners = require "btshare.http.listeners"
local pages = require "btshare.routes.pages"
local reach = require "btshare.reach"
local uv = require "luv"

local doors = {}

local console_connections = 128 -- half of them streams of events, at most
local default_console, default_public = 8701, 8702 -- move on to the next when taken; chosen ones do not
-- When both sides call at once, libtorrent clients keep the call of whoever has the lower port. Ours is made at the
-- recipient's announce, by TCP, obfuscated; theirs may be a uTP attempt that must time out first. So our port is below
-- those that clients use (6881 on, or random and high), and below the system's own outgoing ports.
local first_port, last_port = 6100, 6370

-- What this machine is called by those around it (the second by mDNS). A page elsewhere cannot take these names.
local function own_names()
  local name = uv.os_gethostname():lower()
  local short = name:match("^[^.]+") or "localhost"
  return { "localhost", name, short, short .. ".local" }
end

local function open_public(services)
  local wanted = services.config.public
  services.entrance = entrance.new(services)
  services.pages = pages.new(services)
  local listener = listeners.new(services.log, services.pages:face())
  services.pages:add(listener.router)
  downloads.add(listener.router, services)
  boxes.add(listener.router, services)
  services.public = listener
  services.closers[#services.closers + 1] = function() listener:close() end
  local port = wanted.port
  for index, address in ipairs(services.reach.bound) do
    local socket, message = listener:open_near({
      address = address, port = port, literals = "any", hosts = own_names(), threads = 4,
      connections = 512, connections_per_address = 64,
    }, index == 1 and wanted.port == default_public, services.config.console.port)
    if socket then
      port = socket.port
    elseif index == 1 then
      return nil, message, exit.port_in_use
    else
      services.log.info("no IPv6: %s", message)
      services.reach.bound = { services.reach.bound[1] }
    end
  end
  services.reach.public_port = port
  services.addresses.public = services.reach:public_urls("/")[1]
  return true
end

---Whether the console may be there: without TLS, log-ins would be anybody's to read elsewhere.
---@param wanted btshare.config.address
---@return true|nil possible
---@return string? message
---@return integer? exit_code
function doors.check_console(wanted)
  if reach.scope(wanted.address) == "loopback" then return true end
  return nil, "console " .. wanted.address .. ": may only be on this machine (127.0.0.1 or ::1)", exit.not_here
end

local function open_console(services)
  local wanted = services.config.console
  local possible, why, exit_code = doors.check_console(wanted)
  if not possible then
    return nil, why, exit_code
  end
  local at_gate = gate.new(services)
  local listener = listeners.new(services.log, {
    headers = headers.console,
    admit = function(request, about) return at_gate:admit(request, about) end,
  })
  assets.add(listener.router)
  services.console = listener
  services.closers[#services.closers + 1] = function() listener:close() end
  local function at(address, port)
    return { address = address, port = port, hosts = services.config.allowed_hosts,
      connections = console_connections, connections_per_address = 0 } -- a browser and its proxy have one address
  end
  local socket, message = listener:open_near(at(wanted.address, wanted.port), wanted.port == default_console,
    services.reach.public_port)
  if not socket then
    return nil, message, exit.port_in_use
  end
  if wanted.address == "127.0.0.1" then -- "localhost" may be either
    local other, why_not = listener:open(at("::1", socket.port))
    if not other then services.log.info("console: not on IPv6: %s", why_not) end
  end
  services.addresses.console = "http://" .. reach.join(wanted.address, socket.port) .. "/"
  return true
end

local function torrent_port(services)
  if services.config.port and services.config.port ~= 0 then
    return services.config.port, true
  end
  local remembered = services.store:setting("torrent_port")
  return remembered or math.random(first_port, last_port), false
end

-- libtorrent itself tells which port it could listen on; ours is the first one it names.
local function on_listening(services, port, is_chosen)
  local told
  services.engine:on("listening", function(event)
    if event.protocol == "tcp" and not told then
      told = true
      services.reach.torrent_port = event.port
    end
  end)
  services.engine:on("listen-failed", function(event)
    if event.port == port and is_chosen then
      services.events:tell("notice", {
        level = "error", message = ("BitTorrent port %d: %s"):format(event.port, event.message),
      })
    end
  end)
end

local function is_free(address, port)
  local probe = uv.new_tcp()
  local free = probe:bind(address, port) and probe:listen(1, function() end)
  probe:close()
  return free
end

local function choose_port(services)
  local port, is_chosen = torrent_port(services)
  local address = services.reach.bound[1]
  if is_free(address, port) then
    return port, is_chosen
  end
  if is_chosen then
    return nil, ("port %d: already in use"):format(port), exit.port_in_use
  end
  for _ = 1, 50 do
    port = math.random(first_port, last_port)
    if is_free(address, port) then
      return port, false
    end
  end
  return nil, ("no free port for BitTorrent from %d to %d"):format(first_port, last_port), exit.port_in_use
end

local function open_engine(services)
  local port, message, code = choose_port(services)
  if not port then
    return nil, message, code
  end
  local is_chosen = message
  local listen = {}
  for index, address in ipairs(services.reach.bound) do
    listen[index] = reach.join(address, port)
  end
  local opened
  opened, message = engine.open({
    listen = listen,
    config = services.config,
  }, services.log)
  if not opened then
    return nil, message
  end
  services.engine = opened
  services.closers[#services.closers + 1] = function() opened:close() end
  services.reach.torrent_port = port
  on_listening(services, port, is_chosen)
  return services.store:set_setting("torrent_port", port)
end

local function public_said_in(config)
  local place = config.places.public
  return not place and "console" or place.line and "config.lua" or "command line"
end

---Opens everything that others connect to. Call in a task.
---@param services btshare.Services
---@return true|nil opened
---@return string? message
---@return integer? exit_code
function doors.open(services)
  services.reach = reach.new(bound.addresses(services.config.public.address), public_said_in(services.config))
  for _, open in ipairs { open_public, open_console, open_engine } do
    local opened, message, exit_code = open(services)
    if not opened then
      return nil, message, exit_code
    end
  end
  return true
end

---Opens the API on the console, and the socket through which the command line asks; last, when there is something to
---ask.
---@param services btshare.Services
---@return true|nil opened
---@return string? message
function doors.open_control(services)
  local listener = listeners.new(services.log)
  services.control = listener
  services.closers[#services.closers + 1] = function() listener:close() end
  services.api = api.new(services)
  services.api:serve(listener.router, api_table.trust)
  services.api:serve(services.console.router, api_table.admitted)
  local socket, message = listener:open { path = services.paths.socket }
  return socket and true, message
end

return doors
