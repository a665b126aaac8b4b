-- Settings: what is planned, kept and written as config.lua, over a real store.
local config = require "btshare.config"
local definitions = require "btshare.settings.definitions"
local helper = require "helper"
local json = require "core.json"
local script = require "btshare.settings.script"
local settings = require "btshare.settings"
local store = require "btshare.store"
local task = require "btshare.task"

describe("settings", function()
  local folder, opened

  local function base(text)
    if not text then return assert(config.load(nil, {})) end
    local path = folder .. "/config.lua"
    helper.write(path, text)
    local loaded, mistakes = config.load(path, { home = folder })
    return assert(loaded, mistakes and table.concat(mistakes, "\n"))
  end

  local function keep(of, chosen)
    local done
    task.spawn(function() done = table.pack(of:keep(chosen)) end)
    helper.wait_for(function() return done end)
    assert(done[1], done[2])
  end

  before_each(function()
    folder = helper.folder()
    opened = assert(store.open(folder .. "/state.db"))
  end)

  after_each(function()
    opened:close()
    helper.remove(folder)
  end)

  -- All that config.lua can give, but where it stood.
  local function essence(loaded)
    local made = {}
    for name, value in pairs(loaded) do
      if name ~= "places" and name ~= "file" and name ~= "secrets" and name ~= "handlers" then made[name] = value end
    end
    for _, name in ipairs { "shares", "plugins" } do
      made[name] = {}
      for index, item in ipairs(loaded[name]) do
        made[name][index] = {}
        for key, value in pairs(item) do
          if key ~= "line" then made[name][index][key] = value end
        end
      end
    end
    return made
  end

  it("written as config.lua give the same again", function()
    helper.write(folder .. "/secret.txt", "hunter2 hunter2\n")
    local of = settings.new(opened, base [=[
      name = "Zoé \"Z\" ]]"
      share "~/Public"
      share { "~/Films", exposure = "public", format = "hybrid", ignore = { "*.x" }, piece_length = "1MiB" }
      ignore { "*.bak", "a\nb" }
      trackers { "udp://tracker.example:1337/announce" }
      limits { up = "2M" }
      torrent { connections_limit = 77, active_downloads = 3 }
      obfuscation = "require"
      uploads = "~/Public"
      sandbox = "off"
      plugin "expiry" { after = "30d" }
      plugin "password" { for_all = file "secret.txt", deep = { 1.5, true, { a = "b" } } }
      on("started", function() end)
    ]=])
    local chosen = assert(of:plan { ["limits.down"] = 500, web_seed = true, port = 7000 })
    keep(of, chosen)
    local now = of:over(of.base)
    local text = script.write(now, true)
    assert.is_nil(text:find("hunter2", 1, true))
    assert.is_truthy(text:find("config.lua, line 13", 1, true))
    assert.same(essence(now), essence(base(text)))
    assert.is_nil(script.write(now, false):find("30d", 1, true))
  end)

  it("outlive the store's closing, and can be taken back", function()
    local of = settings.new(opened, base())
    keep(of, assert(of:plan { name = "A", ignore = json.array { "*.x" }, console = "127.0.0.1:9000" }))
    opened:close()
    opened = assert(store.open(folder .. "/state.db"))
    of = settings.new(opened, base())
    local now = of:over(of.base)
    assert.equal("A", now.name)
    assert.same({ address = "127.0.0.1", port = 9000 }, now.console)
    assert.equal("*.x", now.ignore[#now.ignore])
    assert.equal(1, of.revision)
    keep(of, assert(of:plan { name = json.null }))
    assert.is_nil(of:over(of.base).name)
    assert.equal(2, of.revision)
  end)

  it("of libtorrent are none where they are its own again", function()
    local of = settings.new(opened, base())
    keep(of, assert(of:plan { ["torrent.enable_dht"] = false, ["torrent.connections_limit"] = 77 }))
    local now = of:over(of.base)
    assert.same({ false, 77 }, { now.torrent.enable_dht, now.torrent.connections_limit })
    assert.same(essence(now), essence(base(script.write(now, true))))
    keep(of, assert(of:plan { ["torrent.enable_dht"] = true, ["torrent.connections_limit"] = 200 }))
    assert.same({}, of.chosen) -- config.lua would refuse to switch DHT on for all
  end)

  it("of the console are none where config.lua has them", function()
    local of = settings.new(opened, base())
    keep(of, assert(of:plan { name = "A" }))
    of = settings.new(opened, base 'name = "B"')
    assert.equal("B", of:over(of.base).name)
    local _, message, code, key = of:plan { name = "C" }
    assert.equal("exists", code)
    assert.equal("name", key)
    assert.is_truthy(message:find("line 1", 1, true))
  end)

  it("are checked as config.lua checks them, and by what the network may say", function()
    local of = settings.new(opened, base())
    local refused = {
      name = { "", "a\nb", "\27[2J", ("x"):rep(201), "\u{202E}x" }, console = { "0.0.0.0:1", "1", "::" },
      trackers = { json.array { "ftp://x" }, json.array { "http://a b" } }, public = { "192.0.2.1:80" },
      obfuscation = { "encrypt" }, ignore = { json.array { "" } }, port = { 65536 },
    }
    for key, values in pairs(refused) do
      for _, value in ipairs(values) do
        local chosen, _, code = of:plan { [key] = value }
        assert.is_nil(chosen, key .. " took " .. tostring(value))
        assert.equal("refused", code, key)
      end
    end
    for _, key in ipairs { "sandbox", "uploads", "allowed_hosts" } do
      assert.equal("denied", select(3, of:plan { [key] = true }))
    end
  end)

  it("each have a default or may be absent, and a place on the screen", function()
    local of = settings.new(opened, base())
    for index, one in ipairs(of:list()) do
      assert.equal(definitions.list[index].key, one.key)
      assert.equal("default", one.source)
      assert.same(one.default, one.value)
    end
  end)
end)
