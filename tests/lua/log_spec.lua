local helper = require "helper"
local log = require "btshare.log"
local uv = require "luv"

describe("the log", function()
  local lines
  before_each(function()
    lines = {}
    log.set_writer(function(level, text) table.insert(lines, { level, text }) end)
  end)
  after_each(function()
    log.set_writer(nil)
    log.set_level("info")
  end)

  it("formats, and takes a text without arguments as it is", function()
    log.info("%s has %d", "x", 3)
    log.warning("100 % sure")
    log.error("%d", "not a number")
    assert.same({ "info", "x has 3" }, lines[1])
    assert.same({ "warning", "100 % sure" }, lines[2])
    assert.matches("^%%d %(", lines[3][2])
  end)

  it("writes what is important enough", function()
    log.debug("no")
    log.set_level("debug")
    log.debug("yes")
    log.set_level("error")
    log.warning("no")
    log.error("yes")
    assert.same({ { "debug", "yes" }, { "error", "yes" } }, lines)
    assert.has_error(function() log.set_level("loud") end)
  end)

  it("keeps of warnings their form and place, and of what plugins say nothing", function()
    log.set_level("error")
    log.info("not %s", "this")
    log.warning("%s has no %-3d %% of it", "Marie", 3)
    log.set_level("info")
    log.for_plugin("mine").error("Marie %s", "secret")
    local all = log.forms()
    local own, of_plugin = all[#all - 1], all[#all]
    assert.equal("… has no … % of it", own.form)
    assert.equal("warning", own.level)
    assert.is_truthy(own.place:find(":%d+$"), own.place)
    assert.equal("mine", of_plugin.plugin)
    assert.is_nil(of_plugin.form)
    for _ = 1, 50 do log.warning("again") end
    assert.is_true(#log.forms() <= 20)
  end)

  it("is given warnings whose form is ours alone", function()
    local folder = require("core.host").data .. "/lua/btshare"
    local pipe = assert(io.popen("grep -rnE 'log\\.(warning|error)\\(' " .. folder))
    local count = 0
    for line in pipe:lines() do
      if not line:find("function log.", 1, true) then
        assert.matches('log%.%l+%("', line)
        count = count + 1
      end
    end
    pipe:close()
    assert.is_true(count > 10)
  end)

  it("lets nobody forge lines, colours or directions", function()
    log.info("%s", "a\nerror: b\r\27[31m\0\127")
    assert.equal("a\\x0Aerror: b\\x0D\\x1B[31m\\x00\\x7F", lines[1][2])
    assert.equal("\\xC2\\x9B1m", log.escape("\u{9B}1m"))
    assert.equal("a\\xE2\\x80\\xAEb", log.escape("a\u{202E}b"))
  end)

  it("keeps good UTF-8 and shows the bytes of bad", function()
    assert.equal("Grüße 日本 😀", log.escape("Grüße 日本 😀"))
    assert.equal("\\xFFx\\xC3", log.escape("\xFFx\xC3"))
    assert.equal("ü\\xED\\xA0\\x80ü", log.escape("ü\xED\xA0\x80ü"))
    assert.equal("\\xC0\\x80", log.escape("\xC0\x80"))
  end)

  it("turns any bytes into one line of valid UTF-8 without controls", function()
    math.randomseed(4711)
    for _ = 1, 2000 do
      local bytes = {}
      for index = 1, math.random(0, 24) do bytes[index] = string.char(math.random(0, 255)) end
      local escaped = log.escape(table.concat(bytes))
      assert(utf8.len(escaped) and not escaped:find("[%z\1-\31\127]"), escaped)
    end
  end)

  it("keeps the lines of a traceback, indented", function()
    log.error("%s", debug.traceback("evil\nname"))
    local text = lines[1][2]
    assert.matches("^evil\\x0Aname\n    stack traceback:\n      .*log_spec", text)
    for line in text:gmatch("\n([^\n]*)") do assert.matches("^    ", line) end
  end)

  it("shows four characters of a secret, and none of a short one", function()
    assert.equal("abcd…", log.secret("abcdefghijkl"))
    assert.equal("…", log.secret("abcd"))
  end)

  it("names the plugin", function()
    log.for_plugin("expiry").warning("%s is old", "x")
    assert.same({ "warning", "plugin expiry: x is old" }, lines[1])
  end)

  it("gives a plugin's lines to who wants them too, as they stand in the log", function()
    local kept = {}
    local voice = log.for_plugin("expiry", function(...) kept[#kept + 1] = { ... } end)
    local show = log.hide "open sesame"
    voice.info("%s says open sesame", "a\27[31m")
    voice.debug "nothing of weight"
    log.info "of somebody else"
    show()
    assert.same({ { "info", "a\\x1B[31m says (secret)" } }, kept)
  end)
end)

describe("stderr", function()
  -- Runs a house of its own that logs, with `stdio` as its stderr.
  local function run(stderr, environment)
    local script = helper.folder()
    helper.write(script .. "/log.lua", [[
      local log = require "btshare.log"
      log.error("%s", "bad\27")
      log.info("a long one: %s", ("x"):rep(100000))
    ]])
    local code
    local child = assert(uv.spawn(uv.exepath(), {
      args = { script .. "/log.lua" }, stdio = { nil, nil, stderr }, env = environment,
    }, function(exit) code = exit end))
    return function()
      helper.wait_for(function() return code end)
      child:close()
      helper.remove(script)
      return code
    end
  end

  local function check(text)
    local first, second = text:match("^([^\n]*)\n([^\n]*)\n$")
    assert.matches("^%d+%-%d+%-%d+T%d+:%d+:%d+Z error: bad\\x1B$", first)
    assert.matches("^%d+%-%d+%-%d+T%d+:%d+:%d+Z a long one: x+$", second)
    assert.is_true(#second > 100000)
  end

  it("may be a file", function()
    local folder = helper.folder()
    local fd = assert(uv.fs_open(folder .. "/log", "w", tonumber("600", 8)))
    assert.equal(0, run(fd)())
    uv.fs_close(fd)
    check(helper.read(folder .. "/log"))
    helper.remove(folder)
  end)

  it("may be a pipe", function()
    local pipe, text, ended = uv.new_pipe(false), {}, false
    local finish = run(pipe)
    pipe:read_start(function(_, chunk)
      if chunk then table.insert(text, chunk) else ended = true end
    end)
    helper.wait_for(function() return ended end)
    assert.equal(0, finish())
    pipe:close()
    check(table.concat(text))
  end)
end)
