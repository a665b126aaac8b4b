-- Settings changed while BTshare runs, and files dropped into the one folder that it may write into.
local client = require "btshare.http.client"
local helper = require "helper"
local json = require "core.json"
local place_module = require "place"
local uv = require "luv"

describe("the console's settings", function()
  local place, daemon, socket

  local function ask(method, target, body, headers)
    local all = { Accept = "application/json", ["Content-Type"] = body and "application/json" or nil }
    for name, value in pairs(headers or {}) do all[name] = value end
    local answer = assert(client.fetch(socket, method, target, all, body))
    answer.json = (answer.headers["content-type"] or ""):find("json", 1, true) and json.decode(answer.body) or nil
    return answer
  end

  local function patch(values) return ask("PATCH", "/api/v1/settings", json.encode(values)) end

  local function setting(key)
    for _, one in ipairs(ask("GET", "/api/v1/settings").json.settings) do
      if one.key == key then return one end
    end
  end

  local function start(options)
    daemon = place:start(options)
    socket = place.state .. "/control.sock"
  end

  before_each(function()
    place = place_module.open()
    place:put("a.txt", "a")
  end)

  after_each(function()
    daemon:stop()
    assert.is_nil(daemon.process.errors:find("traceback"), daemon.process.errors)
    place:close()
  end)

  it("hold at once, and after kill -9", function()
    start()
    assert.equal("default", setting("obfuscation").source)
    local answer = patch { obfuscation = "require", ["limits.up"] = 123456, name = "Zoé", ignore = { "*.bak" } }
    assert.equal(200, answer.status, answer.body)
    assert.equal("Zoé", ask("GET", "/api/v1/status").json.name)
    assert.same({ "console", 123456 }, { setting("limits.up").source, setting("limits.up").value })
    daemon.process:kill "sigkill"
    daemon.process:wait(10)
    start()
    assert.same({ "console", "require" }, { setting("obfuscation").source, setting("obfuscation").value })
    assert.equal(1, ask("GET", "/api/v1/settings").json.revision)
    place:put("old.bak", "x")
    place:put("new.txt", "x")
    daemon:ready "new.txt"
    assert.is_nil(daemon:find("share-created", function(event) return event.share.name == "old.bak" end))
    assert.equal(200, patch({ obfuscation = json.null, ignore = json.null }).status)
    assert.equal("prefer", setting("obfuscation").value)
    daemon:ready "old.bak"
  end)

  it("give way to config.lua, which says in which line", function()
    start { config = 'limits {\n  up = "2M",\n}\n' }
    local answer = patch { ["limits.up"] = 1 }
    assert.equal(409, answer.status)
    assert.equal(2, answer.json.line)
    assert.equal("body.limits.up", answer.json.member)
    assert.is_false(setting("limits.up").editable)
    assert.equal(200, patch({ ["limits.down"] = 7 }).status)
    helper.write(place.home .. "/config.lua", "map_ports = false\nlimits { down = 9 }\n")
    daemon:command { "reload" }
    assert.same({ "config", 9 }, { setting("limits.down").source, setting("limits.down").value })
    assert.equal("default", setting("limits.up").source)
    helper.write(place.home .. "/config.lua", "map_ports = false\n")
    daemon:command { "reload" }
    assert.same({ "console", 7 }, { setting("limits.down").source, setting("limits.down").value })
  end)

  it("are locked by BTSHARE_CONFIG_LOCK, and some are config.lua's alone (S10)", function()
    start { environment = { BTSHARE_CONFIG_LOCK = "1" } }
    assert.equal(403, patch({ name = "x" }).status)
    assert.is_true(ask("GET", "/api/v1/settings").json.locked)
    daemon:stop()
    start { environment = {} }
    assert.equal(403, patch({ sandbox = false }).status)
    for _, name in ipairs { "uploads", "downloads", "inbox" } do
      assert.equal(403, patch({ [name] = place.share .. "/new" }).status)
    end
    assert.is_nil(uv.fs_stat(place.share .. "/new"))
    assert.equal(200, patch({ name = "x" }).status)
  end)

  it("run nothing that is written into them (S10)", function()
    start()
    local canary = place.folder .. "/CANARY"
    local hostile = { ";touch " .. canary, "$(touch " .. canary .. ")", "`touch " .. canary .. "`", "a\r\nX: y",
      '"]]; os.execute("touch ' .. canary .. '") --[[', "\u{202E}txt", "| touch " .. canary }
    for _, one in ipairs(ask("GET", "/api/v1/settings").json.settings) do
      for _, text in ipairs(hostile) do
        for _, value in ipairs { text, json.array { text } } do
          local status = patch({ [one.key] = value }).status
          assert.is_true(status == 200 or status >= 400 and status < 500, one.key .. ": " .. status)
        end
      end
    end
    ask("GET", "/api/v1/settings/lua")
    daemon:stop()
    start()
    assert.is_nil(uv.fs_stat(canary))
    assert.is_nil(setting("name").value:find("[\r\n]"))
  end)

  describe("uploads", function()
    local folder

    local function put(name, body)
      return ask("PUT", "/api/v1/uploads/" .. name, body, { ["Content-Type"] = "application/octet-stream" })
    end

    it("go nowhere without a folder for them", function()
      start()
      assert.equal(403, put("a.txt", "hello").status)
    end)

    it("are stored whole, over nothing, by names that are fit", function()
      folder = place.folder .. "/Public"
      assert(uv.fs_mkdir(folder, 493))
      start { config = ("uploads = %q\n"):format(folder) }
      local first, second = put("t%C3%A9.txt", "one"), put("te%CC%81.txt", "two")
      assert.equal(201, first.status, first.body)
      assert.equal("té.txt", first.json.name)
      assert.equal("té (2).txt", second.json.name)
      assert.equal("one", helper.read(folder .. "/té.txt"))
      assert.equal("two", helper.read(folder .. "/té (2).txt"))
      assert.equal("_.._x.txt", put("_..%E2%80%AE_x.txt", "three").json.name)
      assert.equal(400, put("%E2%80%AE", "x").status)
      assert.equal(400, put("a%2fb", "x").status)
      assert.equal(0, put("empty", "").json.size)
      local large = ("0123456789abcdef"):rep(2 * 1024 * 1024)
      local answer = put("large.bin", large)
      assert.equal(#large, answer.json.size)
      assert.equal(large, helper.read(folder .. "/large.bin"))
      assert.equal(415, ask("PUT", "/api/v1/uploads/b.txt", "{}").status)
      assert.equal(folder, ask("GET", "/api/v1/status").json.uploads.folder)
      assert.equal("a", helper.read(place.share .. "/a.txt"))
    end)
  end)
end)
