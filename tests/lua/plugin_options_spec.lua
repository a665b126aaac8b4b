-- Options of plugins as config.lua gives them: each mistake in its line, and what must not be seen.
local config = require "btshare.config"
local configured = require "btshare.plugin.configured"
local helper = require "helper"
local mistakes = require "btshare.config.mistakes"
local plugin_bench = require "plugin_bench"

describe("the options of plugins", function()
  local bench, folder

  before_each(function() bench, folder = plugin_bench.open(), helper.folder() end)
  after_each(function()
    bench:close()
    helper.remove(folder)
  end)

  local schema = [[
    local types = require "btshare.types"
    local options = plugin:options {
      every = types.default(types.between(types.period, "1m", "7d"), "10m"), rate = types.rate,
      mode = types.default(types.choice { "quick", "slow" }, "quick"), key = types.secret,
      targets = types.list(types.string), count = types.required(types.between(types.integer, 1, 10)), peers = 200,
    }
  ]]

  -- The mistakes of a config.lua in which only these two plugins are named.
  local function mistakes_of(text)
    local path = folder .. "/config.lua"
    helper.write(path, text)
    local settings = assert(config.load(path))
    local _, loaded = configured.load(bench.manager, settings)
    assert.same(loaded or {}, mistakes.texts(path, configured.look(bench.manager, settings)))
    for index, mistake in ipairs(loaded or {}) do
      assert.equal(path .. ":", mistake:sub(1, #path + 1))
      loaded[index] = mistake:sub(#path + 2)
    end
    return loaded
  end

  it("report every mistake of every plugin together, each with its line and what was meant", function()
    bench:write("one", schema)
    bench:write("two", "plugin:options { path = 'x' }")
    bench:write("three", "")
    bench:write("tracker", "")
    bench:write("expiry", "")
    assert.same({
      "1: plugin 'one': option 'count' must be given",
      "2: plugin 'one': option 'every' must be from \"1m\" to \"7d\"",
      "3: plugin 'one': option 'mdoe' is unknown, did you mean 'mode'?",
      "5: plugin 'one': option 'targets' must be a text (number 2 of the list)",
      "7: plugin 'one': option 'peers' must be a whole number",
      "10: plugin 'two': option 'path' must be a text",
      "10: plugin 'two': option 'pth' is unknown, did you mean 'path'?",
      "11: plugin 'three': option 'x' is unknown, there are none",
      "12: plugin 'for': there is no for.lua in " .. bench.user .. " or " .. bench.shipped,
    }, mistakes_of [[
plugin "one" {
  every = "10d",
  mdoe = "quick",
  -- targets = "x"
  targets = { "a", 5 }, key = "peers = 5",
  mode = "quick",
  ["peers"] = "many",
}

plugin "two" { path = 5, pth = "x" }
plugin "three" { x = 1 }
plugin "for"
]])
  end)

  it("are filled in, in the units of the program", function()
    assert(bench:load("one", schema .. [[
      shares.note(("%d %d %s %s %s %d %d"):format(options.every, options.rate, options.mode, options.key,
        table.concat(options.targets, "+"), options.count, options.peers))
    ]], { rate = "2M", key = "hush", targets = { "a", "b" }, count = 3 }))
    assert.same({ "600 2000000 quick hush a+b 3 200" }, bench.seen)
  end)

  it("hold secrets that the log does not show, whoever says them", function()
    assert(bench:load("one", [[
      local types = require "btshare.types"
      local options = plugin:options { key = types.secret, keys = types.list(types.secret), name = types.string }
      plugin:log("info", "key %s and %s", options.key, options.name)
      print(options.keys[2], options.key .. options.key)
      plugin:on("share-ready", function() error("cannot use " .. options.key) end)
    ]], { key = "open sesame", keys = { "abcd", "efgh" }, name = "Paul" }))
    bench.bus:tell("share-ready", {})
    assert.equal("info plugin one: key (secret) and Paul", bench.logged[1])
    assert.equal("info plugin one: (secret)\\x09(secret)(secret)", bench.logged[2])
    assert.is_nil(table.concat(bench.logged, "\n"):find("sesame", 1, true))
    assert.matches("cannot use %(secret%)", bench.logged[3])
    assert.same({ key = true, keys = true }, bench.manager.entries.one.instance.secret_options)
    assert(bench.manager:unload "one")
    require("btshare.log").info("open sesame")
    assert.equal("info open sesame", bench.logged[#bench.logged])
  end)
end)
