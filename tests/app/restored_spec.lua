-- What plugins are told of shares that were known before a start: in the background, in order, once, and truthfully.
local helper = require "helper"
local many_plugins = require "support.many_plugins"
local place_module = require "place"

-- Writes down what it is told, and does what else a test wants of it.
local listener = [[
local json = require "btshare.json"
local shares = require "btshare.shares"
local function note(name)
  plugin:on(name, function(event)
    local share = event.share or {}
    plugin:log("warning", "TOLD %%s %%s %%s %%s", name, share.name or "-", share.state or "-",
      tostring(event.from_restore))
  end)
end
for name in ("started share-created torrent-added share-ready share-updated share-expired"):gmatch("%%S+") do
  note(name)
end
%s
]]

describe("shares that were known before", function()
  local place

  before_each(function() place = place_module.open() end)
  after_each(function() place:close() end)

  local function put(count)
    for number = 1, count do place:put(("%04d.txt"):format(number), tostring(number)) end
  end

  local function wait_ready(daemon, count)
    helper.wait_for(function() return daemon:count "share-ready" >= count end, 60, "all shares to be ready")
  end

  -- By name of the share: what was told of it, in order; and what was told before `started`.
  local function told(daemon)
    local by_share, early, has_started = {}, 0, false
    for name, share, state, from in daemon.process.errors:gmatch("TOLD (%S+) (%S+) (%S+) (%S+)") do
      has_started = has_started or name == "started"
      if not has_started then early = early + 1 end
      by_share[share] = by_share[share] or {}
      table.insert(by_share[share], ("%s %s %s"):format(name, state, from))
    end
    return by_share, early
  end

  local function start(more)
    place:write_plugin("listener", listener:format(more or ""))
    return place:start { config = 'plugin "listener"' }
  end

  it("are told after the start, each once and in order", function()
    put(40)
    local daemon = place:start()
    wait_ready(daemon, 40)
    daemon:stop()
    daemon = start()
    wait_ready(daemon, 40)
    local function is_told()
      local of = told(daemon)["0040.txt"]
      return of and of[#of]:find "^share%-ready"
    end
    helper.wait_for(is_told, 20, "the last one to be told")
    daemon:stop()
    local by_share, early = told(daemon)
    assert.equal(0, early)
    for number = 1, 40 do
      local of = by_share[("%04d.txt"):format(number)]
      assert.equal(3, #of, table.concat(of, ", "))
      assert.matches("^share%-created %l+ true$", of[1])
      assert.equal("torrent-added settling nil", (of[2]:gsub("ready", "settling")))
      assert.equal("share-ready ready true", of[3])
    end
    assert.equal(0, daemon:count "share-created") -- the list of who watches on a terminal says it by share-ready
  end)

  it("are told before whatever else becomes of them, and not at all where they have ended", function()
    put(30)
    local daemon = place:start()
    wait_ready(daemon, 30)
    daemon:stop()
    daemon = start [[
local task = require "btshare.task"
plugin:on("started", function()
  for index, share in ipairs(shares.list()) do
    if index % 3 == 0 then task.spawn(function() shares.expire(share.id) end) end
    if index % 3 == 1 then task.spawn(function() assert(shares.set_expiry(share.id, 4000000000)) end) end
  end
end)]]
    wait_ready(daemon, 20)
    helper.wait_for(function() return daemon:count "share-expired" >= 10 end, 20, "the ends")
    daemon:stop()
    local ended, changed = 0, 0
    for _, of in pairs(told(daemon)) do
      local text = table.concat(of, ", ")
      if text:find("share-expired", 1, true) then
        ended = ended + 1
        assert.equal("share-expired expired nil", text)
      elseif text:find("share-updated", 1, true) then
        changed = changed + 1
        assert.matches("^share%-created", text)
        assert.is_nil(text:find("share-created.*share-created"), text)
      end
    end
    assert.equal(10, ended)
    assert.equal(10, changed)
  end)

  it("hold up no start, however many handle them", function()
    local shares = 2000
    put(shares)
    local daemon = place:start()
    wait_ready(daemon, shares)
    daemon:stop()
    -- Of the processor: what else the machine does is nobody's fault here.
    local function seconds(config)
      local running = place:spawn { config = config }
      running:wait("started", nil, { seconds = 60 })
      local taken = running.process:processor_seconds()
      running:stop()
      return taken
    end
    local lines = {}
    for index = 1, many_plugins.count do
      place:write_plugin(many_plugins.name(index), many_plugins.text(many_plugins.events_at_start))
      lines[index] = ('plugin "%s"'):format(many_plugins.name(index))
    end
    local without, with = seconds "", seconds(table.concat(lines, "\n"))
    print(("# started after %.2f s of the processor, with a hundred plugins after %.2f s"):format(without, with))
    assert.is_true(with - without < 1, with - without) -- some 0.2 s
  end)
end)
