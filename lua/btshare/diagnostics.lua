-- What somebody who helps must know of a BTshare, and nothing that its owner would keep to themselves: no name of a
-- file, folder or person, no address, token or key.
--
-- It is told in English, whoever asks: it is written for a report.
local crypto = require "core.crypto"
local fetch = require "core.fetch"
local http = require "core.http"
local json = require "core.json"
local reach = require "btshare.reach"
local sandbox = require "core.sandbox"
local small_file = require "btshare.small_file"
local sqlite = require "core.sqlite"
local units = require "btshare.units"
local uv = require "luv"

local diagnostics = {}

---@class btshare.Diagnostics
---@field version string of BTshare
---@field licence string
---@field libraries {name: string, version: string, licence: string}[]
---@field system {kernel: string, build: string, machine: string}
---@field sandbox {state: string, kernel_abi: integer}
---@field uptime integer seconds
---@field memory integer bytes
---@field open_files integer? as many as the system allows
---@field listeners {name: string, family: string, reach: string, port: integer}[]
---@field reachability {lan: string, internet: string}
---@field limits {up: integer, down: integer, connections: integer?}
---@field shares table<string, integer> by state
---@field roots {all: integer, polled: integer, lost: integer}
---@field skipped integer
---@field downloads integer
---@field plugins {running: integer, aside: integer}
---@field set_in_config string[] keys
---@field warnings {time: integer, level: string, form: string?, place: string?}[] newest last; formless: a plugin's

local function libraries(services)
  return json.array {
    { name = "Lua", version = _VERSION:match("%d.*$"), licence = "MIT" },
    { name = "libcurl", version = fetch.library, licence = "curl" },
    { name = "libmicrohttpd", version = http.library, licence = "LGPL-2.1-or-later" },
    { name = "libsodium", version = crypto.library, licence = "ISC" },
    { name = "libtorrent", version = services.engine.library, licence = "BSD-3-Clause" },
    { name = "libuv", version = uv.version_string(), licence = "MIT" },
    { name = "SQLite", version = sqlite.version, licence = "public domain" },
  }
end

-- Of an address only what kind of network it belongs to.
local function describe_listener(name, address, port)
  return {
    name = name, family = address:find(":", 1, true) and "IPv6" or "IPv4", reach = reach.scope(address), port = port,
  }
end

local function listeners(services)
  local list = json.array {}
  for _, name in ipairs { "console", "public" } do
    for _, socket in ipairs(services[name] and services[name].sockets or {}) do
      list[#list + 1] = describe_listener(name, socket.address, socket.port)
    end
  end
  for _, address in ipairs(services.reach.bound) do
    list[#list + 1] = describe_listener("BitTorrent", address, services.reach.torrent_port)
  end
  return list
end

local function open_files()
  local limits = small_file.read "/proc/self/limits"
  return limits and math.tointeger(tonumber(limits:match "Max open files%s+(%d+)"))
end

local function count_roots(roots)
  local counts = { all = #roots, polled = 0, lost = 0 }
  for _, root in ipairs(roots) do
    if not root.watched then counts.polled = counts.polled + 1 end
    if root.lost then counts.lost = counts.lost + 1 end
  end
  return counts
end

local function count_plugins(plugins)
  local counts = { running = 0, aside = 0 }
  for _, plugin in ipairs(plugins) do
    local kind = plugin.state == "running" and "running" or "aside"
    counts[kind] = counts[kind] + 1
  end
  return counts
end

-- A limit that nobody set is libtorrent's own.
local function limits(services)
  local found = {}
  for _, setting in ipairs(services.settings:list()) do found[setting.key] = setting.value end
  return {
    up = found["limits.up"] or 0, down = found["limits.down"] or 0,
    connections = found["torrent.connections_limit"],
  }
end

local function set_in_config(services)
  local keys = json.array {}
  for _, setting in ipairs(services.settings:list()) do
    if setting.source == "config" then keys[#keys + 1] = setting.key end
  end
  return keys
end

-- A plugin's name is that of a file, and what it says its own.
local function warnings(log)
  local list = json.array {}
  for index, entry in ipairs(log.forms()) do
    list[index] = { time = entry.time, level = entry.level, form = entry.form, place = entry.place }
  end
  return list
end

---@param services btshare.Services
---@param log table of whose warnings it tells
---@param status table as GET /api/v1/status gives it
---@return btshare.Diagnostics
function diagnostics.collect(services, log, status)
  local system = uv.os_uname()
  return {
    version = status.version, licence = "MIT", libraries = libraries(services),
    system = { kernel = system.sysname .. " " .. system.release, build = system.version, machine = system.machine },
    sandbox = { state = services.sandbox, kernel_abi = sandbox.abi() },
    uptime = status.uptime, memory = status.memory, open_files = open_files(),
    listeners = listeners(services),
    reachability = { lan = status.reachability.lan.state, internet = status.reachability.internet.state },
    limits = limits(services),
    shares = status.shares, roots = count_roots(status.roots), skipped = status.skipped,
    downloads = #services.downloads:list(), plugins = count_plugins(status.plugins),
    set_in_config = set_in_config(services), warnings = warnings(log),
  }
end

local function counted(counts)
  local names, words = {}, {}
  for name in pairs(counts) do names[#names + 1] = name end
  table.sort(names)
  for index, name in ipairs(names) do words[index] = ("%d %s"):format(counts[name], name) end
  return #words > 0 and table.concat(words, ", ") or "none"
end

local function rate(bytes)
  return bytes == 0 and "no limit" or units.size(bytes) .. "/s"
end

local function warning(entry)
  local said = entry.form and ("%s (%s)"):format(entry.form, entry.place) or "of a plugin, whose log the console shows"
  return ("%s %s: %s"):format(os.date("!%Y-%m-%d %H:%M:%SZ", entry.time), entry.level, said)
end

local function each(list, say)
  local lines = {}
  for index, item in ipairs(list) do lines[index] = say(item) end
  return #lines > 0 and lines or { "none" }
end

local function rows(found)
  return {
    { "BTshare", { ("%s (%s)"):format(found.version, found.licence) } },
    { "libraries", each(found.libraries, function(one)
      return ("%s %s (%s)"):format(one.name, one.version, one.licence)
    end) },
    { "kernel", { ("%s, %s, %s"):format(found.system.kernel, found.system.machine, found.system.build) } },
    { "write lock", { ("%s; the kernel offers %s"):format(found.sandbox.state,
      found.sandbox.kernel_abi > 0 and "Landlock, ABI " .. found.sandbox.kernel_abi or "no Landlock") } },
    { "running", { ("%d s, %s of memory, %s open files allowed"):format(found.uptime, units.size(found.memory),
      found.open_files or "?") } },
    { "listeners", each(found.listeners, function(one)
      return ("%s: %s, %s, port %d"):format(one.name, one.family, one.reach, one.port)
    end) },
    { "reachable", { ("network: %s, internet: %s"):format(found.reachability.lan, found.reachability.internet) } },
    { "limits", { ("up: %s, down: %s, connections: %s"):format(rate(found.limits.up), rate(found.limits.down),
      found.limits.connections or "?") } },
    { "shares", { counted(found.shares) } },
    { "folders", { ("%d, of them %d polled and %d not there"):format(found.roots.all, found.roots.polled,
      found.roots.lost) } },
    { "skipped", { tostring(found.skipped) } },
    { "downloads", { tostring(found.downloads) } },
    { "plugins", { counted(found.plugins) } },
    { "config.lua", { #found.set_in_config > 0 and table.concat(found.set_in_config, ", ") or "none" } },
    { "warnings", each(found.warnings, warning) },
  }
end

---@param found btshare.Diagnostics
---@return string text lines with a label each, without a line break behind the last
function diagnostics.text(found)
  local lines = {}
  for _, row in ipairs(rows(found)) do
    for index, value in ipairs(row[2]) do
      lines[#lines + 1] = ("%-10s  %s"):format(index == 1 and row[1] or "", value)
    end
  end
  return table.concat(lines, "\n")
end

return diagnostics
