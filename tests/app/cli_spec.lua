-- The command line against a btshare that runs.
local client = require "http_client"
local helper = require "helper"
local json = require "dkjson"
local place_module = require "place"
local process = require "support.process"
local btshare = require "support.btshare"
local uv = require "luv"

local function lines(text)
  return select(2, text:gsub("\n", ""))
end

describe("the command line", function()
  local place, daemon

  setup(function()
    place = place_module.open()
    for _, name in ipairs { "one.txt", "two.txt", "twofold.txt" } do place:put(name, name) end
    uv.fs_mkdir(place.share .. "/album", 493)
    place:put("album/song", "la la")
    daemon = place:start()
    for _, name in ipairs { "one.txt", "two.txt", "twofold.txt", "album" } do daemon:ready(name) end
  end)

  teardown(function()
    if not daemon.process.code then daemon:stop() end
    place:close()
  end)

  local function assert_failure(code, words, ...)
    local ended = daemon:try(words)
    assert.equal(code, ended.code, ended.output)
    assert.equal(ended.errors, ended.output)
    assert.is_truthy(ended.errors:find("^btshare: "), ended.errors)
    for _, word in ipairs { ... } do
      assert.is_truthy(ended.errors:find(word, 1, true), ended.errors)
    end
    return ended
  end

  it("lists every share with all its fields", function()
    local shares = json.decode(daemon:command { "list", "--json" })
    assert.equal(4, #shares)
    local album = shares[1]
    assert.equal("album", album.name)
    assert.equal("folder", album.kind)
    assert.equal(5, album.size)
    assert.equal(1, album.files)
    assert.equal("ready", album.state)
    assert.equal("link", album.exposure)
    assert.is_truthy(album.id:find("^%x+$"))
    assert.is_truthy(album.info_hash:find("^%x+$"))
    assert.is_truthy(album.magnet:find("^magnet:%?xt=urn:btih:" .. album.info_hash .. "&dn=album&tr=http%%3A"))
    assert.is_truthy(album.link:find("^http://127%.0%.0%.1:%d+/s/[%w_-]+$"))
    assert.equal(album.link .. "/torrent", album.torrent)
    assert.is_true(math.abs(album.created - os.time()) < 60)
    assert.is_true(album.changed >= album.created)
    assert.is_nil(album.expires)
    assert.is_nil(album.reason)
    local text = daemon:command { "list" }
    for _, share in ipairs(shares) do
      assert.is_truthy(text:find(share.name, 1, true))
      assert.is_truthy(text:find(share.link, 1, true))
    end
    assert.is_nil(text:find("\27", 1, true))
  end)

  it("prints links", function()
    local share = daemon:list()[2]
    assert.equal(share.link .. "\n", daemon:command { "link", "one.txt" })
    assert.equal(share.link .. "\n", daemon:command { "link", share.id })
    assert.equal(share.link .. "\n", daemon:command { "link", place.share .. "/one.txt" })
    assert.equal(share.link .. "\n", daemon:command { "link", "on" })
    assert.equal(share.magnet .. "\n", daemon:command { "link", "one.txt", "--magnet" })
    assert.equal(share.torrent .. "\n", daemon:command { "link", "--torrent", "one.txt" })
    local drawn = daemon:try { "link", "one.txt", "--qr" }
    assert.equal(0, drawn.code)
    assert.is_true(lines(drawn.errors) > 10)
    assert.is_truthy(daemon:command({ "link", "two.txt" }):find("^http"))
    assert_failure(2, { "link", "tw" }, "2 shares", "two.txt", "twofold.txt")
    assert_failure(3, { "link", "three.txt" }, "three.txt")
    assert_failure(3, { "stop", "three.txt" }, "three.txt")
  end)

  it("adds what lies outside, for a time if wanted", function()
    local path = place.folder .. "/outside.txt"
    helper.write(path, "outside")
    local link = daemon:command { "add", path, "--for", "1h" }
    local share = daemon:ready "outside.txt"
    assert.equal(share.link .. "\n", link)
    assert.is_true(math.abs(json.decode(daemon:command { "list", "--json" })[3].expires - os.time() - 3600) < 30)
    assert.equal(link, daemon:command { "add", path })
    assert_failure(3, { "add", place.folder .. "/nowhere" }, "nowhere")
    assert_failure(2, { "add", path, "--for", "soon" }, "soon")
    assert_failure(1, { "add", "/" }, "whole system")
    for _, own in ipairs { "", "/key", "/btshare.db" } do
      assert_failure(1, { "add", place.state .. own }, "own state")
    end
    assert_failure(1, { "add", place.folder }, "own state")
    helper.write(place.folder .. "/.hidden", "hidden")
    assert_failure(1, { "add", place.folder .. "/.hidden" }, ".hidden")
    local stopped = daemon:try { "stop", "outside.txt" }
    assert.equal(0, stopped.code)
    assert.is_truthy(stopped.errors:find("stays", 1, true))
    assert_failure(3, { "stop", "outside.txt" })
    assert.equal("outside", helper.read(path))
  end)

  it("shows what btshare is doing", function()
    local status = json.decode(daemon:command { "status", "--json" })
    assert.equal(daemon.process.pid, status.pid)
    assert.equal("integer", math.type(status.pid))
    assert.equal(4, status.shares.ready)
    assert.equal(place.share, status.roots[1].path)
    assert.is_true(status.roots[1].watched)
    assert.is_true(status.memory > 1000000)
    assert.is_truthy(daemon:command({ "status" }):find("ready 4", 1, true))
  end)

  it("says nothing that is not of a share's file name as it is", function()
    local odd = "red \27[31m and\nnew line"
    place:put(odd, "odd")
    local skipped = daemon:wait("entry-skipped", function(event) return event.path == odd end)
    assert.is_truthy(skipped.reason:find("control", 1, true), skipped.reason)
    assert.equal(0, daemon:count "not-json")
    local refused = daemon:try { "add", place.share .. "/" .. odd }
    assert.are_not.equal(0, refused.code)
    assert.is_nil(refused.output:find("\27", 1, true))
    assert.equal(1, lines(refused.output), refused.output)
  end)

  it("uses colours on a terminal only, and not where NO_COLOR is set", function()
    local function on_terminal(environment)
      local command = ("'%s' list --state '%s'"):format(btshare.program, place.state)
      return process.run({ "script", "-qec", command, "/dev/null" }, { home = place.home, environment = environment })
    end
    assert.is_truthy(on_terminal({ TERM = "xterm" }):find("\27[", 1, true))
    assert.is_nil(on_terminal({ TERM = "xterm", NO_COLOR = "1" }):find("\27[", 1, true))
    assert.is_nil(on_terminal({ TERM = "dumb" }):find("\27[", 1, true))
  end)

  it("ends btshare", function()
    local ended = daemon:try { "quit" }
    assert.equal(0, ended.code, ended.output)
    assert.equal(0, daemon.process:wait(5))
    assert.equal("", daemon.process.errors)
    assert.is_truthy(daemon:find "stopping")
    for _, words in ipairs {
      { "list" }, { "list", "--json" }, { "link", "x" }, { "stop", "x" }, { "status" }, { "reload" }, { "quit" },
      { "add", place.share .. "/one.txt" },
    } do
      assert_failure(4, words, "not running")
    end
  end)
end)

describe("a running btshare", function()
  local place, daemon

  before_each(function()
    place = place_module.open()
    place:put("a.txt", "a")
  end)

  after_each(function() place:close() end)

  it("ends on signals, each with its own exit code", function()
    for signal, code in pairs { sigterm = 0, sigint = 130 } do
      daemon = place:start()
      daemon.process:kill(signal)
      assert.equal(code, daemon.process:wait(5))
      assert.is_truthy(daemon:find "stopping")
      assert.equal("", daemon.process.errors)
    end
  end)

  it("runs without standard streams, and gives their numbers to nothing else", function()
    daemon = place:spawn { through = { "sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh" } }
    daemon.process:wait_for(function() return daemon:try({ "list" }).output:find("ready", 1, true) end, 15, "the share")
    for fd = 0, 2 do
      assert.equal("/dev/null", uv.fs_readlink(("/proc/%d/fd/%d"):format(daemon.process.pid, fd)))
    end
    assert.equal(0, daemon:try({ "quit" }).code)
    assert.equal(0, daemon.process:wait(5))
  end)

  it("goes on when nobody reads what it says any more", function()
    local through = { "sh", "-c", [[mkfifo "$0"; head -n 1 "$0" & exec "$@" > "$0"]], place.folder .. "/pipe" }
    daemon = place:spawn { through = through }
    daemon:wait "started"
    daemon.process:wait_for(function() return daemon:try({ "list" }).output:find("ready", 1, true) end, 15, "the share")
    assert.equal(1, #daemon.events)
    assert.equal(0, daemon:try({ "quit" }).code)
    assert.equal(0, daemon.process:wait(5))
  end)

  it("talks to people in words, and prints one line a share", function()
    local command = {
      place.share, "--state", place.state, "--public", "127.0.0.1:0", "--console", "127.0.0.1:0",
    }
    local printed = {}
    local child = process.start({ btshare.program, table.unpack(command) }, {
      home = place.home, on_line = function(line) printed[#printed + 1] = line end,
    })
    child:wait_for(function() return #printed == 1 end, 15, "the share")
    local name, size, link, magnet = printed[1]:match("^(.-)\t(%d+)\t(%S+)\t(%S+)$")
    assert.equal("a.txt", name)
    assert.equal("1", size)
    assert.is_truthy(link:find("^http://") and magnet:find("^magnet:"))
    assert.is_truthy(child.errors:find("Sharing " .. place.share, 1, true), child.errors)
    child:kill "sigterm"
    assert.equal(0, child:wait(5))
    assert.is_nil(child.output:find("\27", 1, true))
  end)
end)

describe("reloading", function()
  local place, daemon

  before_each(function()
    place = place_module.open()
    place:put("a.txt", "a")
    for _, path in ipairs { "/config", "/config/btshare", "/config/btshare/plugins" } do
      uv.fs_mkdir(place.home .. path, 448)
    end
  end)

  after_each(function()
    daemon:stop()
    place:close()
  end)

  local function configure(text)
    helper.write(place.home .. "/config.lua", "map_ports = false\n" .. text)
  end

  local function write_plugin(text)
    helper.write(place.home .. "/config/btshare/plugins/hello.lua", "local plugin = ...\n" .. text)
  end

  local function hello()
    local port = tonumber(daemon:find("started").public:match(":(%d+)/$"))
    return client.get({ port = port }, "/hello").body
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
