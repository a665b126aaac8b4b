-- What a running btshare takes over from a changed configuration and from changed plugins.
local client = require "http_client"
local helper = require "helper"
local place_module = require "place"
local process = require "support.process"
local uv = require "luv"

local function lines(text)
  return select(2, text:gsub("\n", ""))
end

describe("reloading", function()
  local place, daemon

  before_each(function()
    place = place_module.open()
    place:put("a.txt", "a")
  end)

  after_each(function()
    daemon:stop()
    place:close()
  end)

  local function configure(text)
    helper.write(place.home .. "/config.lua", "map_ports = false\n" .. text)
  end

  local function write_plugin(text)
    place:write_plugin("hello", text)
  end

  local function hello()
    return client.get({ port = place:port() }, "/hello").body
  end

  local function answers(text)
    return ('plugin:route("GET /hello", function() return { status = 200, body = %q } end)'):format(text)
  end

  it("swaps a plugin for its new form, and keeps the old one where that is broken", function()
    write_plugin(answers "one")
    daemon = place:start { config = 'plugin "hello"' }
    assert.equal("one", hello())
    write_plugin(answers "two")
    daemon:command { "reload" }
    assert.equal("two", hello())
    for _, broken in ipairs { "plugin:on(", 'error("no")', 'plugin:on("share-raedy", print)' } do
      write_plugin(answers "three" .. "\n" .. broken)
      local refused = daemon:try { "reload" }
      assert.equal(78, refused.code)
      assert.equal(1, lines(refused.errors), refused.errors)
      assert.is_truthy(refused.errors:find("config.lua:2: plugin 'hello'", 1, true), refused.errors)
      assert.equal("two", hello())
    end
    configure ""
    daemon:command { "reload" }
    assert.are_not.equal("two", hello())
  end)

  it("changes all plugins or none", function()
    write_plugin(answers "one")
    place:write_plugin("other", "")
    daemon = place:start { config = 'plugin "hello"\nplugin "other"' }
    write_plugin(answers "two")
    place:write_plugin("other", "plugin:on(")
    local refused = daemon:try { "reload" }
    assert.equal(78, refused.code)
    assert.matches("config.lua:3: plugin 'other': .*other.lua:2: ", refused.errors)
    assert.equal("one", hello())
    place:write_plugin("other", "")
    daemon:command { "reload" }
    assert.equal("two", hello())
  end)

  it("says every mistake in the options of plugins, each in a line", function()
    write_plugin "plugin:options { after = 1, limit = 2 }"
    place:write_plugin("other", "")
    local config = 'plugin "hello" { aftr = 1, limit = "x" }\nplugin "other" { word = 1 }'
    daemon = place:start {}
    configure(config)
    local refused = daemon:try { "reload" }
    assert.equal(78, refused.code)
    assert.equal(3, lines(refused.errors), refused.errors)
    for _, line in ipairs {
      "config.lua:2: plugin 'hello': option 'aftr' is unknown, did you mean 'after'?",
      "config.lua:2: plugin 'hello': option 'limit' must be a ",
      "config.lua:3: plugin 'other': option 'word' is unknown, there are none",
    } do
      assert.is_truthy(refused.errors:find(line, 1, true), refused.errors)
    end
  end)

  it("follows a plugin's file while it is being written, where config.lua says so", function()
    write_plugin(answers "one")
    daemon = place:start { config = 'plugins_watch = true\nplugin "hello"' }
    local function is_said(text)
      return function() return hello() == text end
    end
    write_plugin(answers "two")
    daemon.process:wait_for(is_said "two", 10, "the new form")
    write_plugin "plugin:on("
    local notice = daemon:wait("notice", function(event) return event.level == "error" end)
    assert.matches("config.lua:3: plugin 'hello': .*hello.lua:2: ", notice.message)
    assert.equal("two", hello())
    -- As many editors save: another file takes its place.
    local folder = place.home .. "/config/btshare/plugins/"
    place:write_plugin("hello.new", answers "three")
    assert(uv.fs_rename(folder .. "hello.new.lua", folder .. "hello.lua"))
    daemon.process:wait_for(is_said "three", 10, "the new form")
    configure 'plugin "hello"'
    daemon:command { "reload" }
    local mark = daemon:mark()
    write_plugin(answers "four")
    process.run { "sleep", "0.5" } -- longer than a change takes to be noticed
    daemon:command { "status" }
    assert.is_nil(daemon:find("reloaded", nil, mark))
    assert.equal("three", hello())
  end)

  it("says every mistake and changes nothing", function()
    daemon = place:start { config = 'ignore { "*.old" }' }
    configure 'limits { up = "fast" }\nignore { "*.txt" }\ntorrent { x = 1 }'
    local refused = daemon:try { "reload" }
    assert.equal(78, refused.code)
    assert.equal(2, lines(refused.errors), refused.errors)
    assert.is_truthy(refused.errors:find("config.lua:2:", 1, true))
    assert.is_truthy(refused.errors:find("config.lua:4:", 1, true))
    daemon:ready "a.txt"
    daemon.process:kill "sighup"
    assert.is_truthy(daemon:wait("notice").message:find("config.lua:2:", 1, true))
    assert.equal("ready", daemon:list()[1].state)
  end)

  it("takes limits, handlers, patterns and folders as they are now", function()
    local second, third = place.folder .. "/second", place.folder .. "/third"
    for _, folder in ipairs { second, third } do
      uv.fs_mkdir(folder, 493)
      helper.write(folder .. "/in " .. folder:match("[^/]+$"), folder)
    end
    daemon = place:start { config = ('share %q\non("share-created", function() print "old" end)'):format(second) }
    daemon:ready "a.txt"
    daemon:ready "in second"
    configure(('share { %q, ignore = { "*.own" } }\nignore { "*.all" }\nlimits { up = "1M" }\nport = 4\n'):format(third)
      .. 'torrent { connections_limit = 77 }\non("share-created", function() print "new" end)')
    local mark = daemon:mark()
    daemon.process:kill "sighup"
    daemon:wait "reloaded"
    daemon:wait("share-removed", function(event) return event.share.name == "in second" end)
    for _, name in ipairs { "1.own", "2.all" } do helper.write(third .. "/" .. name, name) end
    helper.write(place.share .. "/3.own", "3")
    helper.write(place.share .. "/4.all", "4")
    daemon:ready "in third"
    daemon:ready "3.own"
    local names = {}
    for index, share in ipairs(daemon:list()) do names[index] = share.name end
    assert.same({ "3.own", "a.txt", "in third" }, names)
    assert.is_nil(daemon:find("share-removed", function(event) return event.share.name == "a.txt" end, mark))
    assert.is_nil(daemon.process.errors:find("old", #daemon.process.errors - 40, true))
    assert.is_truthy(daemon.process.errors:find("new", 1, true))
  end)
end)
