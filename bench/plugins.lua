-- The turns of bench/plugins: TESTS, where the helpers of the specs are, SHARES and ROUNDS.
local tests, shares, rounds = arg[1], tonumber(arg[2]), tonumber(arg[3])
package.path = ("%s/app/?.lua;%s/lua/?.lua;%s/?.lua;%s"):format(tests, tests, tests, package.path)
local helper = require "helper"
local many_plugins = require "support.many_plugins"
local place_module = require "place"
local plugin_bench = require "plugin_bench"
local uv = require "luv"

local function milliseconds(fn, times)
  collectgarbage()
  local began = uv.hrtime()
  for _ = 1, times do fn() end
  return (uv.hrtime() - began) / 1e6 / times
end

local function median(list)
  table.sort(list)
  return list[(#list + 1) // 2]
end

local function bench_events()
  local bench, text = plugin_bench.open(), many_plugins.text(many_plugins.events)
  for index = 1, many_plugins.count do assert(bench:load(many_plugins.name(index), text)) end
  local event = { share = { id = "1", name = "film.mkv", size = 1 << 30, state = "ready", link = "http://192.0.2.1/s/x" } }
  local told, asked = {}, {}
  for round = 1, 20 do
    told[round] = milliseconds(function() bench.bus:tell("share-updated", event) end, 50)
    asked[round] = milliseconds(function() bench.bus:ask("share-open", event) end, 50)
  end
  bench:close()
  print(("a fact told to %d handlers       %6.2f ms"):format(many_plugins.count, median(told)))
  print(("a question put to %d handlers    %6.2f ms"):format(many_plugins.count, median(asked)))
end

local place = place_module.open()

-- Seconds until it says that it has started, and until all shares are ready.
local function start(lines)
  local began = uv.hrtime() / 1e9
  local daemon = place:spawn { config = table.concat(lines, "\n"), environment = {} }
  local started = daemon:wait("started", nil, { seconds = 600 }).at - began
  helper.wait_for(function()
    return #daemon.events > shares and daemon:count "share-ready" >= shares
  end, 600, "all shares to be ready")
  local ready = uv.hrtime() / 1e9 - began
  daemon:stop()
  return started, ready
end

local function write_plugins(events)
  local lines = {}
  for index = 1, many_plugins.count do
    place:write_plugin(many_plugins.name(index), many_plugins.text(events))
    lines[index] = ('plugin "%s"'):format(many_plugins.name(index))
  end
  return lines
end

local kinds = {
  { "without plugins" },
  { "with 100 plugins", many_plugins.events },
  { "that are told of each share at start", many_plugins.events_at_start },
}

local function bench_start()
  for number = 1, shares do helper.write(("%s/%05d.txt"):format(place.share, number), tostring(number)) end
  start {} -- hashes
  local taken = {}
  for round = 1, rounds do
    for index, kind in ipairs(kinds) do
      taken[index] = taken[index] or { started = {}, ready = {} }
      local lines = kind[2] and write_plugins(kind[2]) or {}
      taken[index].started[round], taken[index].ready[round] = start(lines)
    end
  end
  for index, kind in ipairs(kinds) do
    print(("%d shares: started after %5.2f s, all ready after %5.2f s %s"):format(shares, median(taken[index].started),
      median(taken[index].ready), kind[1]))
  end
end

bench_events()
bench_start()
place:close()
