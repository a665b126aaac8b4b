-- What btshare says when it cannot start: one clear sentence, the right exit code, and nothing lost.
local helper = require "helper"
local net = require "support.net"
local place_module = require "place"
local uv = require "luv"

describe("btshare that cannot start", function()
  local place

  before_each(function()
    place = place_module.open()
    place:put("mine.txt", "mine")
  end)

  after_each(function()
    assert.equal("mine", helper.read(place.share .. "/mine.txt"))
    place:close()
  end)

  -- Ended with that code, nothing on stdout, and one sentence on stderr that holds every one of `words`.
  local function assert_refusal(ended, code, ...)
    assert.equal(code, ended.code, ended.output)
    assert.equal(ended.errors, ended.output)
    local sentence = ended.errors:match("^btshare: ([^\n]+)\n$")
    assert.is_truthy(sentence, "not one sentence: " .. ended.errors)
    for _, word in ipairs { ... } do
      assert.is_truthy(sentence:find(word, 1, true), ("no %q in: %s"):format(word, sentence))
    end
    local without_folder = sentence:gsub(place.folder:gsub("%p", "%%%0"), "") -- whose name may be anything
    assert.is_nil(without_folder:find("E%u%u%u%u+"), "holds an error's name: " .. sentence)
    assert.is_nil(sentence:find("%.lua:%d"), "holds a place in the program: " .. sentence)
  end

  describe("because of the folder", function()
    it("says that there is nothing to share", function()
      assert_refusal(place:refused({}, {}), 2, "nothing to share")
    end)

    it("says that there is no such folder", function()
      assert_refusal(place:refused({}, { place.folder .. "/nowhere" }), 3, "nowhere", "no such folder")
    end)

    it("says what to do with a file", function()
      assert_refusal(place:refused({}, { place.share .. "/mine.txt" }), 2, "mine.txt", "btshare add")
    end)

    it("says that it may not read the folder", function()
      uv.fs_chmod(place.share, 0)
      local ended = place:refused()
      uv.fs_chmod(place.share, 493)
      assert_refusal(ended, 1, place.share, "ermission denied")
    end)

    it("shares a folder that is named twice once", function()
      uv.fs_symlink(place.share, place.folder .. "/again")
      local daemon = place:start({ config = ("share %q\n"):format(place.share) },
        { place.share, place.share .. "/.", place.folder .. "/again" })
      daemon:ready("mine.txt")
      assert.equal(1, #daemon:list())
      assert.equal(1, daemon:count("share-created"))
      daemon:stop()
    end)

    it("does not share a folder inside another", function()
      uv.fs_mkdir(place.share .. "/inner", 493)
      for _, folders in ipairs { { place.share, place.share .. "/inner" }, { place.share .. "/inner", place.share } } do
        assert_refusal(place:refused({}, folders), 2, "/inner", "is inside")
      end
    end)

    it("does not share the whole system", function()
      assert_refusal(place:refused({}, { "/" }), 2, "whole system")
    end)

    it("does not share what the kernel makes up", function()
      for _, folder in ipairs { "/proc", "/proc/sys/kernel", "/sys", "/dev" } do
        assert_refusal(place:refused({}, { folder }), 2, folder .. ": ", "the kernel's own")
      end
      local daemon = place:start()
      daemon:ready "mine.txt"
      for _, path in ipairs { "/proc", "/proc/version", "/sys/kernel" } do
        local ended = daemon:try { "add", path }
        assert.equal(1, ended.code, ended.output)
        assert.is_truthy(ended.errors:find("the kernel's own", 1, true), ended.errors)
      end
      assert.equal(1, #daemon:list())
      daemon:stop()
    end)

    it("does not share its own state, nor make it there", function()
      assert_refusal(place:refused { state = place.share .. "/state" }, 2, place.share, "own state")
      assert.is_nil(uv.fs_stat(place.share .. "/state"))
      assert_refusal(place:refused { state = place.share }, 2, "own state")
      uv.fs_symlink(place.share, place.folder .. "/detour")
      assert_refusal(place:refused { state = place.folder .. "/detour/state" }, 2, "own state")
      assert.is_nil(uv.fs_stat(place.share .. "/state"))
    end)
  end)

  describe("because of an address", function()
    local function taken()
      local server = uv.new_tcp()
      assert(server:bind("127.0.0.1", 0))
      assert(server:listen(1, function() end))
      return server, server:getsockname().port
    end

    it("names the port that is taken", function()
      local server, port = taken()
      local where = "127.0.0.1:" .. port
      assert_refusal(place:refused { public = where }, 71, tostring(port), "in use")
      assert_refusal(place:refused { console = where }, 71, tostring(port), "in use")
      assert_refusal(place:refused { port = port }, 71, tostring(port), "in use")
      server:close()
      place:start { public = where }
      place.daemon:stop()
    end)

    it("names the address that is not of this machine", function()
      assert_refusal(place:refused { public = "192.0.2.1:0" }, 71, "192.0.2.1")
      assert_refusal(place:refused { console = "192.0.2.1:0" }, 64, "192.0.2.1", "only")
    end)

    if net.possible() then
      it("moves on from default ports that are taken", function()
        local through = { "unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh" }
        local first = place:start { public = false, console = false, through = through }
        local one = first:find("started")
        assert.is_truthy(one.console:find("^http://127.0.0.1:8701/"))
        assert.is_truthy(one.public:find(":8702/$"))
        local second = place:start {
          public = false, console = false, namespace = first.process, state = place.folder .. "/other",
        }
        local two = second:find("started")
        assert.is_truthy(two.console:find("^http://127.0.0.1:87%d%d/"))
        assert.are_not.equal(one.console, two.console)
        assert.are_not.equal(one.public, two.public)
        assert.are_not.equal(one.port, two.port)
        second:stop()
        first:stop()
      end)
    end
  end)

  it("says that another one runs", function()
    local daemon = place:start()
    assert_refusal(place:refused(), 73, "another btshare runs with this state", "btshare add")
    assert.is_true(daemon:lives())
    daemon:stop()
  end)

  describe("because of the command line", function()
    it("says what it does not understand", function()
      for _, case in ipairs {
        { { "--json", "--nonsense", place.share }, "nonsense" }, { { "--port", "70000", place.share }, "70000" },
        { { "--public", "nowhere", place.share }, "nowhere" }, { { "lsit" }, "lsit", "list" },
        { { "--console" }, "console" }, { { place.share, "--state" }, "state" },
      } do
        local ended = place:run(case[1])
        assert.equal(2, ended.code, ended.output)
        assert.is_truthy(ended.errors:find(case[2], 1, true), ended.errors)
        assert.is_truthy(ended.errors:find(case[3] or "", 1, true), ended.errors)
      end
    end)
  end)

  describe("because of its configuration", function()
    -- The lines of stderr, which are one mistake each.
    local function mistakes(config, more)
      local options = more or {}
      options.config = config
      local ended = place:refused(options)
      assert.equal(78, ended.code, ended.output)
      assert.equal(ended.errors, ended.output)
      local list = {}
      for line in ended.errors:gmatch("[^\n]+") do list[#list + 1] = line end
      return list
    end

    it("reports every mistake with its line, and all together", function()
      local list = mistakes(table.concat({
        'pulbic = "127.0.0.1:1"',           -- 2, after map_ports
        "port = 70000",
        'limits { up = "fast" }',
        'limits { upp = "1M" }',
        'obfuscation = "perhaps"',
        'share { "~/x", exposure = "secret" }',
        'on("share-raedy", function() end)',
        'plugin "../evil"',
        "torrent { conections_limit = 3 }",
        'torrent { connections_limit = "many" }',
        'ignore "*.part"',
        'console = "nowhere"',
        "sandbox = 3",
        'local key = file "no-such-file"',
      }, "\n"))
      local words = {
        { 2, "pulbic", "public" }, { 3, "port" }, { 4, "up" }, { 5, "upp" }, { 6, "obfuscation" }, { 7, "exposure" },
        { 8, "share-raedy", "share-ready" }, { 9, "plugin" }, { 10, "conections_limit", "connections_limit" },
        { 11, "connections_limit", "integer" }, { 12, "ignore" }, { 13, "console" }, { 14, "sandbox" },
        { 15, "no-such-file" },
      }
      for index, wanted in ipairs(words) do
        local line = list[index] or ""
        assert.equal(("%s/config.lua:%d:"):format(place.home, wanted[1]), line:match("^%S+"))
        assert.is_truthy(line:find(wanted[2], 1, true), line)
        assert.is_truthy(line:find(wanted[3] or "", 1, true), line)
      end
      assert.equal(#words, #list)
    end)

    it("names a file that is shared like a folder, with its line", function()
      local list = mistakes 'share "/etc/passwd"'
      assert.equal(1, #list)
      assert.is_truthy(list[1]:find("config.lua:2: share: /etc/passwd is a file, not a folder", 1, true), list[1])
    end)

    it("reports what is no Lua, and what raises", function()
      local list = mistakes "share {\n"
      assert.equal(1, #list)
      assert.is_truthy(list[1]:find("config.lua:%d+: "))
      list = mistakes 'error("no")'
      assert.equal(1, #list)
      assert.is_truthy(list[1]:find("config.lua:2: no", 1, true))
      list = mistakes "while true do end"
      assert.equal(1, #list)
      assert.is_truthy(list[1]:find("config.lua:2: ", 1, true), list[1])
    end)

    it("names a plugin that is not there, with its line", function()
      local list = mistakes 'plugin "expiri"'
      assert.equal(1, #list)
      assert.is_truthy(list[1]:find("config.lua:2: plugin 'expiri'", 1, true), list[1])
      assert.is_truthy(list[1]:find("expiry", 1, true), list[1])
    end)

    it("names what a plugin does not understand", function()
      local list = mistakes 'plugin "expiry" { afterr = "3d" }'
      assert.equal(1, #list)
      assert.is_truthy(list[1]:find("config.lua:2: plugin 'expiry'", 1, true), list[1])
      assert.is_truthy(list[1]:find("afterr", 1, true), list[1])
    end)

    it("does not start without a plugin that is broken", function()
      for content, words in pairs {
        ["plugin:on("] = "mine.lua:2:",
        ["error('it is Monday')"] = "it is Monday",
        ["plugin:on('share-raedy', function() end)"] = "share-raedy",
        ["while true do end"] = "mine",
      } do
        place:write_plugin("mine", content)
        local list = mistakes 'plugin "mine"'
        assert.equal(1, #list, table.concat(list, "\n"))
        assert.is_truthy(list[1]:find("plugin 'mine'", 1, true), list[1])
        assert.is_truthy(list[1]:find(words, 1, true), list[1])
      end
    end)

    it("says that the file itself cannot be read", function()
      local ended = place:run { place.share, "--state", place.state, "--config", place.home .. "/nowhere.lua" }
      assert.equal(78, ended.code)
      assert.is_truthy(ended.errors:find("nowhere.lua", 1, true), ended.errors)
      assert.equal(1, select(2, ended.errors:gsub("\n", "")))
    end)
  end)

  it("says that it may not write its state", function()
    local locked = place.folder .. "/locked"
    uv.fs_mkdir(locked, 320) -- r-x
    helper.write(place.folder .. "/file", "")
    assert_refusal(place:refused { state = locked }, 1, locked, "ermission denied")
    assert_refusal(place:refused { state = locked .. "/state" }, 1, "/locked/state", "ermission denied")
    assert_refusal(place:refused { state = place.folder .. "/file" }, 1,
      "/file: not a folder; choose another one with --state")
  end)

  it("says that a path is too long for its socket", function()
    assert_refusal(place:refused { state = place.folder .. "/" .. ("x"):rep(100) }, 2, "too long")
  end)
end)

describe("a configured folder that is not there", function()
  local place, disk

  before_each(function()
    place = place_module.open()
    disk = place.folder .. "/disk/files"
  end)

  after_each(function() place:close() end)

  local function is_told(event)
    return event.message:find("config.lua:2: share: " .. disk .. ": ", 1, true) ~= nil
  end

  local function plug_in()
    uv.fs_mkdir(place.folder .. "/disk", 493)
    uv.fs_mkdir(disk, 493)
    helper.write(disk .. "/film.mkv", "film")
    place:age(disk .. "/film.mkv")
  end

  it("is told, waited for and shared when it comes", function()
    place:put("mine.txt", "mine")
    local options = { config = ("share %q\n"):format(disk) }
    local daemon = place:start(options)
    daemon:wait("notice", is_told)
    daemon:ready("mine.txt")
    plug_in()
    local link = daemon:ready("film.mkv").link:match("//[^/]+(/.*)$")
    daemon:stop()
    -- Its shares are still known, and work again when it comes back.
    uv.fs_rename(place.folder .. "/disk", place.folder .. "/unplugged")
    daemon = place:start(options)
    daemon:wait("notice", is_told)
    for _, share in ipairs(daemon:list()) do
      assert.equal(share.name == "mine.txt" and "ready" or "missing", share.state)
    end
    assert.equal(0, daemon:count("share-missing"))
    uv.fs_rename(place.folder .. "/unplugged", place.folder .. "/disk")
    assert.equal(link, daemon:ready("film.mkv").link:match("//[^/]+(/.*)$"))
    daemon:stop()
  end)

  it("is waited for also where nothing else is shared", function()
    local daemon = place:spawn({ config = ("share %q\n"):format(disk) }, {})
    daemon:wait("notice", is_told)
    assert.is_true(daemon:lives())
    plug_in()
    daemon:ready("film.mkv")
    daemon:stop()
  end)
end)
