-- `btshare config show`: what holds, where it came from, and no secret.
local helper = require "helper"
local json = require "dkjson"
local place_module = require "place"
local process = require "support.process"

describe("config show", function()
  local place, file
  local text = [[
name = "Paul"
limits { up = "2M" }
plugin "guard" { key = "hush hush", keys = { "so secret" }, hint = "blue", sealed = file "secret.txt" }
on("share-ready", function() end)
]]

  before_each(function()
    place = place_module.open()
    file = place.home .. "/config.lua"
    helper.write(place.home .. "/secret.txt", "open sesame\n")
    place:write_plugin("guard", [[
      local types = require "btshare.types"
      plugin:options { key = types.secret, keys = types.list(types.secret), hint = types.string, sealed = types.string }
    ]])
  end)
  after_each(function() place:close() end)

  local function show(...)
    local ended = place:run { "config", "show", "--state", place.state, ... }
    assert.equal(0, ended.code, ended.errors)
    for _, secret in ipairs { "hush", "so secret", "sesame" } do
      assert.is_nil((ended.output .. ended.errors):find(secret, 1, true), secret)
    end
    return ended.output
  end

  local function rows(output)
    local by_key = {}
    for _, row in ipairs(assert(json.decode(output)).settings) do by_key[row.key] = row end
    return by_key
  end

  local function check_file(list)
    assert.same({ key = "name", value = "Paul", source = "config", line = 1 }, list.name)
    assert.same({ key = "limits.up", value = 2000000, source = "config", line = 2 }, list["limits.up"])
    assert.same({ key = "obfuscation", value = "prefer", source = "default" }, list.obfuscation)
    assert.same({ key = "sandbox", value = "on", source = "default" }, list.sandbox)
    assert.same({ key = "plugin guard", source = "config", line = 3, value = {
      key = "(secret)", keys = "(secret)", hint = "blue", sealed = "(secret)",
    } }, list["plugin guard"])
    assert.same({ key = "plugin tracker", source = "default", value = {} }, list["plugin tracker"])
    assert.same({ key = "on share-ready", source = "config", line = 4 }, list["on share-ready"])
  end

  it("says what a start would take where nothing runs", function()
    helper.write(file, text)
    local list = rows(show("--config", file, "--json"))
    check_file(list)
    assert.same({ key = "map_ports", value = true, source = "default" }, list.map_ports)
    local output = show("--config", file)
    assert.matches('\nname = "Paul" +%-%- config.lua line 1\n', output)
    assert.matches('\nobfuscation = "prefer" +%-%- default\n', output)
    assert.matches('\nplugin guard {[^\n]*key = "%(secret%)"[^\n]*%-%- config.lua line 3\n', output)
  end)

  it("says what the running instance has: the command line, the console and config.lua", function()
    place:start { config = 'inbox = "~/In"\n' .. text, words = { "--name", "Paula" } }
    local list = rows(show("--json"))
    assert.same({ key = "name", value = "Paula", source = "command-line" }, list.name)
    assert.equal(4, list["limits.up"].line)
    assert.equal("command-line", list.public.source)
    assert.same({ key = "map_ports", value = false, source = "config", line = 1 }, list.map_ports)
    assert.equal("(secret)", list["plugin guard"].value.key)
    local paths = json.decode(place:run({ "paths", "--json", "--state", place.state }).output)
    assert.equal(place.home .. "/In", paths.inbox)
  end)

  it("says what was set in the console, whether it runs or not", function()
    local daemon = place:start { config = text }
    local patched = process.start({
      "curl", "-sf", "--unix-socket", place.state .. "/control.sock", "-X", "PATCH", "-H",
      "Content-Type: application/json", "-d", '{"obfuscation":"off"}', "http://localhost/api/v1/settings",
    }, { home = place.home })
    assert.equal(0, patched:wait(10))
    assert.same({ key = "obfuscation", value = "off", source = "console" }, rows(show "--json").obfuscation)
    daemon:stop()
    assert.same({ key = "obfuscation", value = "off", source = "console" },
      rows(show("--json", "--config", file)).obfuscation)
  end)

  it("says the mistakes of a configuration that does not hold", function()
    helper.write(file, "consol = 1")
    local ended = place:run { "config", "show", "--config", file, "--state", place.state }
    assert.equal(78, ended.code)
    assert.equal(file .. ":1: setting 'consol' is unknown, did you mean 'console'?\n", ended.errors)
  end)
end)
