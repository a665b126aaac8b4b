local cli_helper = require "cli_helper"
local helper = require "helper"
local uv = require "luv"

local json = require "core.json"

describe("btshare DIR", function()
  local home, process
  local tests = uv.fs_realpath(debug.getinfo(1, "S").source:match("^@(.*)/"))
  local fake = tests .. "/cli_fake_instance.lua"

  before_each(function()
    home = helper.folder()
    assert(uv.fs_mkdir(home .. "/Public", 448))
  end)

  after_each(function()
    helper.remove(home)
  end)

  -- Plays `script` in a started program; it ends with a recognisable notice.
  local function start(script, ...)
    process = cli_helper.start(home, { ... }, {
      env = { FAKE_INSTANCE = fake, FAKE_SCRIPT = script },
    })
    return process
  end

  local function playing(steps)
    return "local emit, options, instance = ...\ninstance.play = function()\n" .. steps
      .. "\nemit('notice', { level = 'error', message = 'played' }) end"
  end

  local function wait_for_text(pattern)
    helper.wait_for(function()
      return process.out():find(pattern) or process.err():find(pattern)
    end, 10, pattern)
  end

  local function facts_of(out)
    local facts = {}
    for line in out:gmatch("[^\n]+") do facts[#facts + 1] = assert(json.decode(line)) end
    return facts
  end

  it("knows every fact of the catalogue but those of torrents, which others say too", function()
    local catalog, known = require "btshare.catalog", { ["torrent-added"] = true, ["torrent-removed"] = true }
    for _, name in ipairs(require("btshare.cli.facts").names) do
      known[name] = true
      assert.equal("fact", (catalog[name] or {}).kind, name)
    end
    for name, entry in pairs(catalog) do
      assert.equal(entry.kind == "fact", known[name] == true, name)
    end
  end)

  it("prints each fact as a line of JSON, and ends with 0 on SIGTERM", function()
    start(playing [[
      emit("started", { console = "http://127.0.0.1:8701/", public = "http://h:8702/", port = 6881 })
      local share = { id = "a1", name = "x", size = 3, secret = "s", link = "http://h/s/1", manifest = {} }
      share.share = share
      emit("share-created", { share = share, later = print })
      emit("share-ready", { share = share, hash_seconds = 0.5, bytes = 3 })
    ]], "Public", "--json")
    wait_for_text("played")
    process.kill("sigterm")
    local code, out, err = process.wait()
    assert.equal(0, code)
    assert.equal("", err)
    assert.same({
      { event = "started", console = "http://127.0.0.1:8701/", public = "http://h:8702/", port = 6881 },
      { event = "share-created", share = { id = "a1", name = "x", size = 3, link = "http://h/s/1" } },
      { event = "share-ready", share = { id = "a1", name = "x", size = 3, link = "http://h/s/1" }, hash_seconds = 0.5,
        bytes = 3 },
      { event = "notice", level = "error", message = "played" },
      { event = "stopping", reason = "terminated" },
    }, facts_of(out))
  end)

  it("ends with 130 on SIGINT", function()
    start(playing "", "share", "Public")
    wait_for_text("played")
    process.kill("sigint")
    assert.equal(130, (process.wait()))
  end)

  it("ends at once on a second SIGINT", function()
    start(playing "instance.never_ends = true", "Public", "--json")
    wait_for_text("played")
    process.kill("sigint")
    wait_for_text("stopping")
    process.kill("sigint")
    local _, _, _, signal = process.wait()
    assert.equal(2, signal)
  end)

  it("reloads on SIGHUP", function()
    start(playing "", "Public", "--json")
    wait_for_text("played")
    process.kill("sighup")
    wait_for_text("reloaded")
    process.kill("sigterm")
    assert.equal(0, (process.wait()))
  end)

  it("does nothing on SIGHUP where it was ignored at the start", function()
    process = cli_helper.start_program("/bin/bash", home, {
      "-c", ("trap '' HUP; exec %s %s/cli_process.lua Public --json"):format(uv.exepath(), tests),
    }, { env = { FAKE_INSTANCE = fake, FAKE_SCRIPT = playing "" } })
    wait_for_text("played")
    process.kill("sighup")
    process.kill("sigterm")
    local code, out = process.wait()
    assert.equal(0, code)
    assert.is_nil(out:find("reloaded", 1, true))
  end)

  it("ends when the instance does", function()
    start(playing "instance:stop('asked to')", "Public", "--quiet")
    assert.equal(0, (process.wait()))
  end)

  it("lives on when nobody reads, and ends in time", function()
    local script = playing [[
      for index = 1, 20000 do
        emit("share-created", { share = { id = "i" .. index, name = ("n"):rep(100) } })
      end
      io.stderr:write("emitted\n")
    ]]
    process = cli_helper.start(home, { "Public", "--json" }, {
      env = { FAKE_INSTANCE = fake, FAKE_SCRIPT = script }, unread = true,
    })
    wait_for_text("emitted")
    process.kill("sigterm")
    helper.wait_for(process.ended)
    process.read()
    assert.equal(0, (process.wait()))
  end)

  it("ends with its reader, where that reads events", function()
    local script = playing "" .. "\nlocal timer = require('luv').new_timer()\n"
      .. "timer:start(100, 0, function() timer:close() emit('reloaded') end)"
    process = cli_helper.start_program("/bin/bash", home, {
      "-c", ("{ %s %s/cli_process.lua Public --json; echo code $? >&2; } | head -c 1"):format(uv.exepath(), tests),
    }, { env = { FAKE_INSTANCE = fake, FAKE_SCRIPT = script } })
    local _, _, err = process.wait()
    assert.equal("btshare: standard output: its reader has gone; ending\ncode 1\n", err)
  end)

  it("hands over its options, with absolute paths", function()
    start([[
      local _, options = ...
      local shown = {}
      options.state = options.paths.state
      for _, key in ipairs { "config_file", "state", "console", "public", "port", "name" } do
        shown[#shown + 1] = tostring(options[key])
      end
      return table.concat(options.folders, ",") .. " " .. table.concat(shown, " "), 73
    ]], "Public", "./Public/", "--config", "c.lua", "--state", "s", "--console", "127.0.0.1:0", "--public", "[::]:8702",
      "--port", "0", "--name", "Paul")
    local code, _, err = process.wait()
    assert.equal(73, code)
    local root = home .. "/Public"
    assert.equal(("btshare: %s %s/c.lua %s/s 127.0.0.1:0 [::]:8702 0 Paul\n"):format(root, home, home), err)
  end)

  it("ends with the code of a start that failed", function()
    start("return '127.0.0.1:8701: already in use', 71", "Public")
    local code, out, err = process.wait()
    assert.equal(71, code)
    assert.equal("", out)
    assert.equal("btshare: 127.0.0.1:8701: already in use\n", err)
  end)

  it("refuses what is no folder", function()
    helper.write(home .. "/file", "1")
    assert.equal(2, (cli_helper.run(home, { "file" })))
    assert.equal(3, (cli_helper.run(home, { "share", "none" })))
    local code, _, err = cli_helper.run(home, { "Public", "--state", ("x"):rep(100) })
    assert.equal(2, code)
    assert.matches("too long for a socket", err)
  end)

  it("refuses an empty name, and says so", function()
    local code, _, err = cli_helper.run(home, { "Public", "--name", "" })
    assert.equal(2, code)
    assert.matches("^btshare: share: %-%-name: must not be empty", err)
  end)

  it("says of each recipient that connects, when asked to say more", function()
    local connecting = playing [[
      local share = { id = "1", name = "film.mkv" }
      emit("recipient-connected", { share = share, address = "192.0.2.7", client = "Transmission 3.00" })
      emit("recipient-connected", { share = share, address = "192.0.2.8" })
    ]]
    start(connecting, "Public", "-v")
    wait_for_text("played")
    assert.matches("film%.mkv: 192%.0%.2%.7 fetches it with Transmission 3%.00\n", process.err())
    assert.matches("film%.mkv: 192%.0%.2%.8 fetches it\n", process.err())
    process.kill("sigterm")
    process.wait()
    start(connecting, "Public")
    wait_for_text("played")
    assert.is_nil(process.err():find("192.0.2", 1, true))
    process.kill("sigterm")
    process.wait()
  end)

  local many = [[
    for index = 1, %d do
      emit("share-ready", { share = { id = "i" .. index, name = "n" .. index, size = 3, link = "http://h/s/" .. index,
        magnet = "magnet:?" .. index } })
    end
  ]]

  it("prints every share in columns for other programs", function()
    start(playing(many:format(30)), "Public")
    wait_for_text("played")
    process.kill("sigterm")
    local _, out = process.wait()
    local _, lines = out:gsub("\n", "")
    assert.equal(30, lines)
    assert.matches("^n1\t3\thttp://h/s/1\tmagnet:%?1\n", out)
  end)

  it("sums up what cannot be shared, and tells all when asked", function()
    local skipping = playing [[
      for index = 1, 5 do emit("entry-skipped", { root = "/r", path = "p" .. index, reason = "a symlink" }) end
      emit("scan-finished", { root = "/r", shares = 0, skipped = 5 })
    ]]
    for flag, expected in pairs {
      ["--name=x"] = "5 entries cannot be shared: p1 %(a symlink%), p2 %(a symlink%), p3 %(a symlink%) and 2 more",
      ["-v"] = "5 entries cannot be shared:\n  p1 %(a symlink%)\n.*  p5 %(a symlink%)\n",
    } do
      start(skipping, "Public", flag)
      wait_for_text("played")
      process.kill("sigterm")
      local _, _, err = process.wait()
      assert.matches(expected, err)
    end
  end)

  it("tells what cannot be shared of what comes later, without a look at everything", function()
    start(playing [[emit("entry-skipped", { root = "/r", path = " later", reason = "a symlink" })]], "Public")
    wait_for_text("1 entry cannot be shared: ' later' %(a symlink%)")
    process.kill("sigterm")
    process.wait()
  end)

  describe("on a terminal", function()
    local function on_terminal(script, words, environment)
      local program = ("%s %s/cli_process.lua %s"):format(uv.exepath(), tests, words)
      local variables = "FAKE_INSTANCE=" .. fake
      helper.write(home .. "/script.lua", script)
      local line = ('stty cols 80 rows 24; %s %s FAKE_SCRIPT="$(cat %s/script.lua)" %s; echo ended $?'):format(
        variables, environment or "", home, program)
      helper.write(home .. "/run.sh", line)
      process = cli_helper.start_program("/usr/bin/script", home, { "-qec", "bash run.sh", "/dev/null" })
      local _, out = process.wait()
      return (out:gsub("\r\n", "\n"))
    end

    local ending = "\nlocal timer = require('luv').new_timer()\n"
      .. "timer:start(%d, 0, function() timer:close() instance:stop('over') end)"

    it("reloads on SIGHUP, and ends when it is closed", function()
      local told = home .. "/told"
      helper.write(home .. "/script.lua", playing(([[
        local function tell(word)
          local file <close> = assert(io.open(%q, "a"))
          file:write(word, "\n")
        end
        local reload, stop = instance.reload, instance.stop
        function instance.reload(...) tell "reload" reload(...) end
        function instance.stop(self, reason) tell(reason) stop(self, reason) end
        tell(require("luv").os_getpid())
      ]]):format(told)))
      helper.write(home .. "/run.sh", ('FAKE_INSTANCE=%s FAKE_SCRIPT="$(cat %s/script.lua)" exec %s %s Public'):format(
        fake, home, uv.exepath(), tests .. "/cli_process.lua"))
      process = cli_helper.start_program("/usr/bin/script", home, { "-qec", "exec bash run.sh", "/dev/null" })
      local function lines_of_it(count)
        return helper.wait_for(function()
          local lines = {}
          local text = uv.fs_stat(told) and helper.read(told) or ""
          for line in text:gmatch("([^\n]*)\n") do lines[#lines + 1] = line end
          return #lines >= count and lines
        end, 15, count .. " words")
      end
      local pid = math.tointeger(tonumber(lines_of_it(1)[1]))
      uv.kill(pid, "sighup")
      assert.equal("reload", lines_of_it(2)[2])
      process.kill("sigkill") -- who holds the other end of the terminal
      assert.equal("terminal closed", lines_of_it(3)[3])
      helper.wait_for(function() return not uv.kill(pid, 0) end, 15, "the end of btshare")
      process.wait()
    end)

    it("shows a few of a burst and says how many more there are", function()
      local out = on_terminal(playing(many:format(1020) .. ending:format(10)), "Public")
      local _, shown = out:gsub("http://h/s/", "")
      assert.equal(20, shown)
      assert.matches("… and 1,000 more; btshare list shows all\n", out)
      assert.matches("●\27%[0m n1 +3 B  http://h/s/1\n  \27%[2mmagnet:%?1\27%[0m\n", out)
      assert.matches("Ctrl%-C ends", on_terminal(playing("emit('started', {})" .. ending:format(10)), "Public"))
      assert.matches("ended 0", out)
    end)

    it("says of a share that comes again what is new of it, and once why one has ended", function()
      local out = on_terminal(playing([[
        local share = { id = "a", name = "hello.txt", size = 3, link = "http://h/s/1", state = "ready" }
        emit("share-created", { share = share })
        emit("share-ready", { share = share })
        emit("share-changed", { share = share })
        emit("share-ready", { share = share })
        share.name = "bye.txt"
        emit("share-changed", { share = share })
        emit("share-ready", { share = share })
        emit("share-ready", { share = share })
        emit("share-expired", { share = share, reason = "its time is over" })
      ]] .. ending:format(10)), "Public", "NO_COLOR=1")
      assert.matches("● hello%.txt [^\n]+\n● hello%.txt [^\n]+\n  new version, same link\n● bye%.txt [^\n]+\n"
        .. "  was hello%.txt, same link\n● bye%.txt [^\n]+\nbye%.txt: expired, its time is over; the file", out)
    end)

    it("prints the console's key, which no journal and no file gets", function()
      local script = playing([[
        emit("started", { console = "http://h:8701/", key_url = "http://h:8701/#k=abc" })
      ]] .. ending:format(10))
      assert.matches("Open http://h:8701/#k=abc to see who fetches\n", on_terminal(script, "Public"))
      start(script, "Public")
      wait_for_text("Console   http://h:8701/ %(btshare open logs in%)\n")
      process.wait()
      assert.is_nil((process.out() .. process.err()):find("#k=", 1, true))
    end)

    it("draws hashing at the bottom and clears it", function()
      local out = on_terminal(playing([[
        emit("started", {})
        emit("share-created", { share = { id = "a", name = "a", size = 1000, state = "preparing" } })
        emit("share-created", { share = { id = "b", name = "b", size = 1000, state = "preparing" } })
        emit("share-progress", { share = { id = "a" }, done = 500, bytes = 1000 })
      ]] .. ending:format(350)), "Public")
      assert.matches("\r\27%[2KPreparing a +[█░]+   25%%  .*1 waiting", out)
      assert.matches("\r\27%[2K\27%[2mEnding", out)
      assert.matches("waiting\r\27%[2Kended 0\n$", out)
      for drawn in out:gmatch("\27%[2K(Preparing[^\r\27]*)") do
        assert.is_true(utf8.len(drawn) < 80)
      end
    end)

    it("follows the terminal when it changes its size", function()
      local out = on_terminal(playing([[
        emit("share-progress", { share = { id = "a" }, done = 500, bytes = 1000 })
        local timer = require("luv").new_timer()
        timer:start(250, 0, function()
          timer:close()
          os.execute("stty cols 20")
        end)
      ]] .. ending:format(700)), "Public")
      local widest, last = 0, 0
      for drawn in out:gmatch("\27%[2K(Preparing[^\r\27]*)") do
        last = utf8.len(drawn)
        widest = math.max(widest, last)
      end
      assert.is_true(widest > 20, widest)
      assert.is_true(last < 20, last)
    end)

    it("uses no colour where NO_COLOR is set", function()
      local out = on_terminal(playing(many:format(2) .. ending:format(10)), "Public", "NO_COLOR=1")
      assert.matches("● n1", out)
      assert.is_nil(out:find("\27%[%d*m"))
    end)
  end)
end)
