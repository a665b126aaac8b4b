local cli_helper = require "cli_helper"
local helper = require "helper"
local uv = require "luv"

local json = require "core.json"

describe("a command for the running instance", function()
  local home, state, server

  local function run(...)
    return cli_helper.run(home, { ... })
  end

  -- Answers by "METHOD target" with a table {status, value} or a function of the request.
  local function serve(answers)
    server = cli_helper.serve(state .. "/control.sock", function(connection, request)
      local answer = answers[request.method .. " " .. request.target]
        or { 404, { title = "Not found", status = 404, detail = request.target .. ": nothing there" } }
      if type(answer) == "function" then answer = answer(request) end
      if answer then cli_helper.reply(connection, table.unpack(answer)) end
    end)
  end

  before_each(function()
    home = helper.folder()
    state = home .. "/.local/state/btshare"
    for _, folder in ipairs { "/.local", "/.local/state", "/.local/state/btshare" } do
      assert(uv.fs_mkdir(home .. folder, 448))
    end
  end)

  after_each(function()
    if server then server.close() end
    server = nil
    helper.remove(home)
  end)

  describe("without a running instance", function()
    it("ends with 4 and says how to start one", function()
      for _, words in ipairs {
        { "list" }, { "link", "x" }, { "add", home }, { "stop", "x" }, { "status" }, { "reload" }, { "quit" },
      } do
        local code, out, err = run(table.unpack(words))
        assert.equal(4, code, words[1])
        assert.equal("", out)
        assert.matches("^btshare: not running: ", err)
      end
    end)
  end)

  describe("list", function()
    local shares = {
      { id = "a1", name = "film.mkv", kind = "file", size = 1400000000, files = 1, state = "ready",
        link = "http://h/s/1" },
      { id = "b2", name = "bad\27[31m\n", kind = "folder", size = 20, files = 1200, state = "preparing", progress = 0.5,
        link = "http://h/s/2" },
    }

    it("prints an aligned table with harmless names", function()
      serve { ["GET /api/v1/shares"] = { 200, { shares = shares, total = 2 } } }
      local code, out = run("list")
      assert.equal(0, code)
      assert.equal("● ready          film.mkv          1.4 GB      1  http://h/s/1\n"
        .. "● preparing 50%  bad\\x1B[31m\\x0A/    20 B  1,200  http://h/s/2\n", out)
    end)

    it("says below a share what is not as usual: which of its name it is, who can find it, when it ends", function()
      local now = os.time()
      serve { ["GET /api/v1/shares"] = { 200, { total = 5, shares = {
        { id = "a1", name = "same", kind = "folder", state = "ready", root = home .. "/one", exposure = "link" },
        { id = "b2", name = "same", kind = "folder", state = "ready", root = "/two", exposure = "public",
          expires = now + 59 * 60 - 1 },
        { id = "c3", name = "other", kind = "file", state = "ready", root = "/two", exposure = "private" },
        { id = "d4", name = "usual", kind = "file", state = "ready", root = "/two", exposure = "link" },
        { id = "e5", name = "over", kind = "file", state = "expired", root = "/two", exposure = "link",
          expires = now - 5 },
      } } } }
      local _, out = run("list")
      local lines = {}
      for line in out:gmatch("[^\n]+") do lines[#lines + 1] = line end
      assert.equal(8, #lines)
      assert.equal("  in ~/one", lines[2])
      assert.matches("^  in /two · public · ends in 5[89] min$", lines[4])
      assert.equal("  private", lines[6])
    end)

    it("asks for more pages until it has all", function()
      serve {
        ["GET /api/v1/shares"] = { 200, { shares = { shares[1] }, total = 2 } },
        ["GET /api/v1/shares?offset=1"] = { 200, { shares = { shares[2] }, total = 2 } },
      }
      local _, out = run("list")
      assert.matches("film.mkv.*\n.*bad", out)
    end)

    it("prints names alone, and the id of one that is not harmless", function()
      serve { ["GET /api/v1/shares"] = { 200, { shares = shares, total = 2 } } }
      local code, out = run("list", "--names")
      assert.same({ 0, "film.mkv\nb2\n" }, { code, out })
    end)

    -- A page as the instance gives it where a share is to stand on each line.
    local function lines(next_target, ...)
      local text = {}
      for index, share in ipairs { ... } do text[index] = json.encode(share) .. "\n" end
      return { 200, nil, next_target and ('Link: <%s>; rel="next"\r\n'):format(next_target), table.concat(text) }
    end

    it("prints an array as JSON, a share a line, page after page", function()
      local asked = {}
      serve {
        ["GET /api/v1/shares"] = function(request)
          asked[#asked + 1] = request.text:match("Accept: ([^\r]*)")
          return lines("/api/v1/shares?offset=2&view=full", shares[1], shares[2])
        end,
        ["GET /api/v1/shares?offset=2&view=full"] = lines(nil, shares[1]),
      }
      local code, out = run("list", "--json")
      assert.equal(0, code)
      assert.same({ "application/x-ndjson" }, asked)
      assert.same({ shares[1], shares[2], shares[1] }, json.decode(out))
      assert.equal(("[\n%s,\n%s,\n%s\n]\n"):format(
        json.encode(shares[1]), json.encode(shares[2]), json.encode(shares[1])), out)
    end)

    it("says why there is no JSON", function()
      serve { ["GET /api/v1/shares"] = { 503, { title = "Not now", status = 503, detail = "not yet" } } }
      local code, out, err = run("list", "--json")
      assert.equal(1, code)
      assert.equal("", out)
      assert.equal("btshare: not yet\n", err)
    end)

    it("prints [] and a hint when there is nothing", function()
      serve { ["GET /api/v1/shares"] = lines(nil) }
      local code, out, err = run("list", "--json")
      assert.equal(0, code)
      assert.equal("[]\n", out)
      assert.equal("", err)
      server.close()
      serve { ["GET /api/v1/shares"] = { 200, { shares = json.array {}, total = 0 } } }
      code, out, err = run("list")
      assert.equal(0, code)
      assert.equal("", out)
      assert.matches("Nothing is shared yet", err)
    end)

    it("ends with 1 when the instance talks nonsense", function()
      serve { ["GET /api/v1/shares"] = function(request) return { 200, request.target } end }
      local code, _, err = run("list")
      assert.equal(1, code)
      assert.matches("other than JSON", err)
    end)
  end)

  describe("link", function()
    local share = { id = "a1", name = "a b.mkv", link = "http://h/s/1", magnet = "magnet:?xt=1", state = "ready" }

    local function serve_matches(...)
      local answer = { shares = json.array { ... }, total = select("#", ...) }
      serve { ["GET /api/v1/shares?name=a%20b.mkv"] = { 200, answer } }
    end

    it("prints the link, the magnet, and draws a QR code beside it", function()
      serve_matches(share)
      local code, out = run("link", "a b.mkv")
      assert.equal(0, code)
      assert.equal("http://h/s/1\n", out)
      assert.equal("magnet:?xt=1\n", select(2, run("link", "--magnet", "a b.mkv")))
      local _, with_code, art = run("link", "--qr", "a b.mkv")
      assert.equal("http://h/s/1\n", with_code)
      assert.matches("^Without colours the code scans", art)
      assert.is_nil(art:find("\27", 1, true))
      assert.matches("█", art)
    end)

    it("says when there is none of that kind", function()
      serve_matches(share)
      local code, out, err = run("link", "--torrent", "a b.mkv")
      assert.equal(1, code)
      assert.equal("", out)
      assert.equal("btshare: a b.mkv: has no torrent (ready)\n", err)
    end)

    for exposure, answer in pairs {
      private = { "magnet", "torrent apps find the files of a private share by its .torrent alone: --torrent" },
      http = { "torrent", "the share is sent by HTTP only" },
    } do
      it(("says why there is none of a share that is %s"):format(exposure), function()
        serve_matches { id = "a1", name = "a b.mkv", state = "ready", exposure = exposure }
        local code, _, err = run("link", "--" .. answer[1], "a b.mkv")
        assert.equal(1, code)
        assert.equal(("btshare: a b.mkv: has no %s (%s)\n"):format(answer[1], answer[2]), err)
      end)
    end

    it("refuses a limit of no downloads in the words of the command line", function()
      for _, limit in ipairs { "0", "-1", "many" } do
        local code, _, err = run("link", "a b.mkv", "--to", "Marie", "--limit=" .. limit)
        assert.equal(2, code)
        assert.matches("^btshare: link: %-%-limit: " .. limit:gsub("%-", "%%-") .. ": not a number of downloads", err)
      end
    end)

    it("ends with 3 when no share fits", function()
      serve_matches()
      local code, _, err = run("link", "a b.mkv")
      assert.equal(3, code)
      assert.matches("a b.mkv: no such share", err)
    end)

    it("lists the shares when several fit", function()
      serve_matches(
        { id = "a1", name = "a b.mkv", path = "/x/a b.mkv" }, { id = "b2", name = "a b.mkv", path = "/y/a b.mkv" }
      )
      local code, out, err = run("link", "a b.mkv")
      assert.equal(2, code)
      assert.equal("", out)
      assert.matches("fits 2 shares", err)
      assert.matches("a1  /x/a b.mkv\n  b2  /y/a b.mkv\n", err)
    end)

    it("lists no more than a few of many", function()
      local many = {}
      for index = 1, 25 do many[index] = { id = "i" .. index, name = "a b.mkv" } end
      serve_matches(table.unpack(many))
      local code, _, err = run("link", "a b.mkv")
      assert.equal(2, code)
      assert.matches("fits 25 shares.*  i10  a b.mkv\n  … and 15 more\n$", err)
    end)

    it("prefers the one of exactly that name, and the one at a path", function()
      local longer = { id = "c3", name = "a b.mkv.txt", link = "http://h/s/3" }
      serve_matches(longer, share)
      assert.equal("http://h/s/1\n", select(2, run("link", "a b.mkv")))
      server.close()
      uv.fs_unlink(state .. "/control.sock")
      local other = { id = "d4", name = "a b.mkv", path = home .. "/a b.mkv", link = "http://h/s/4" }
      serve_matches(share, other)
      assert.equal("http://h/s/4\n", select(2, run("link", "./a b.mkv")))
    end)
  end)

  describe("add", function()
    it("sends absolute paths and the time, and prints the links", function()
      helper.write(home .. "/one", "1")
      serve { ["POST /api/v1/shares"] = function() return { 201, { id = "a1", link = "http://h/s/1" } } end }
      local code, out = run("add", "one", ".", "--for", "1h30m")
      assert.equal(0, code)
      assert.equal("http://h/s/1\nhttp://h/s/1\n", out)
      assert.same({ path = home .. "/one", for_seconds = 5400 }, json.decode(server.requests[1].body))
      assert.same({ path = home, for_seconds = 5400 }, json.decode(server.requests[2].body))
    end)

    it("says what the exposure that was asked for means", function()
      helper.write(home .. "/one", "1")
      serve { ["POST /api/v1/shares"] = { 201, { link = "http://h/s/1" } } }
      local code, out, err = run("add", "one", "--exposure", "public")
      assert.equal(0, code)
      assert.equal("http://h/s/1\n", out)
      assert.equal(require("btshare.exposure").sentences.public .. "\n", err)
      assert.same({ path = home .. "/one", exposure = "public" }, json.decode(server.requests[1].body))
      assert.equal(2, (run("add", "one", "--exposure", "all")))
    end)

    it("says that lists may name it, where that is asked for", function()
      helper.write(home .. "/one", "1")
      serve { ["POST /api/v1/shares"] = { 201, { link = "http://h/s/1" } } }
      assert.equal(0, (run("add", "one", "--listed")))
      assert.same({ path = home .. "/one", listed = true }, json.decode(server.requests[1].body))
    end)

    it("says what was chosen of its torrent", function()
      helper.write(home .. "/one", "1")
      serve { ["POST /api/v1/shares"] = { 201, { link = "http://h/s/1" } } }
      assert.equal(0, (run("add", "one", "--web-seed", "off", "--format", "hybrid", "--tracker", "udp://a.example:1/",
        "--tracker", "http://b.example/announce")))
      assert.same({
        path = home .. "/one", web_seed = "off", format = "hybrid",
        trackers = { "udp://a.example:1/", "http://b.example/announce" },
      }, json.decode(server.requests[1].body))
      assert.equal(2, (run("add", "one", "--format", "v3")))
      assert.equal(2, (run("add", "one", "--web-seed", "maybe")))
    end)

    it("goes on after one that is not there, and ends with 3", function()
      helper.write(home .. "/one", "1")
      serve { ["POST /api/v1/shares"] = { 201, { link = "http://h/s/1" } } }
      local code, out, err = run("add", "none", "one")
      assert.equal(3, code)
      assert.equal("http://h/s/1\n", out)
      assert.equal("btshare: none: no such file or folder\n", err)
    end)

    it("ends with 5 when it is refused", function()
      helper.write(home .. "/one", "1")
      local problem = { title = "Refused", detail = "one: the quota plugin says no", status = 403 }
      serve { ["POST /api/v1/shares"] = { 403, problem } }
      local code, _, err = run("add", "one")
      assert.equal(5, code)
      assert.equal("btshare: one: the quota plugin says no\n", err)
    end)
  end)

  it("stops a share", function()
    serve {
      ["GET /api/v1/shares?name=x"] = { 200, { shares = { { id = "a1", name = "x" } }, total = 1 } },
      ["DELETE /api/v1/shares/a1"] = { 204 },
    }
    local code, out, err = run("stop", "x")
    assert.equal(0, code)
    assert.equal("", out)
    assert.equal("x is no longer shared. The file stays on your disk.\n", err)
  end)

  it("shows the status, for people and as JSON", function()
    local status = { version = "0.1.0", uptime = 3700, shares = { ready = 2, failed = 1 }, zeal = true }
    serve { ["GET /api/v1/status"] = { 200, status } }
    local code, out = run("status")
    assert.equal(0, code)
    assert.equal("running  1 h 1 min, BTshare 0.1.0\nshares   2 ready, 1 failed\n", out)
    assert.same(status, json.decode((select(2, run("status", "--json")))))
  end)

  it("reloads, or shows the mistakes and ends with 78", function()
    local answer = { 200, {} }
    serve { ["POST /api/v1/reload"] = function() return answer end }
    assert.equal(0, (run("reload")))
    answer = { 422, { status = 422, title = "Mistakes", detail = "the configuration has 1 mistake",
      mistakes = { { file = "/c/config.lua", line = 3, message = "nmae: unknown" } } } }
    local code, _, err = run("reload")
    assert.equal(78, code)
    assert.equal("/c/config.lua:3: nmae: unknown\n", err)
  end)

  describe("quit", function()
    it("waits until the socket is gone", function()
      serve { ["POST /api/v1/quit"] = { 202, {} } }
      local process = cli_helper.start(home, { "quit" })
      helper.wait_for(function() return #server.requests > 0 end)
      local probe = uv.new_timer()
      local alive
      probe:start(200, 0, function() alive = process.err() == "" end)
      helper.wait_for(function() return alive ~= nil end)
      probe:close()
      assert.is_true(alive)
      server.close()
      local code, _, err = process.wait()
      assert.equal(0, code)
      assert.equal("btshare has ended.\n", err)
    end)

    it("ends with 6 when that takes too long", function()
      serve { ["POST /api/v1/quit"] = { 202, {} } }
      local code, _, err = run("quit", "--timeout", "0.2")
      assert.equal(6, code)
      assert.matches("still ending", err)
    end)
  end)

  it("ends quietly when nobody reads the output any more, and says so when it cannot be written", function()
    local shares = {}
    for index = 1, 5000 do shares[index] = { id = "i" .. index, name = ("n"):rep(200), link = "http://h/" } end
    serve { ["GET /api/v1/shares"] = { 200, { shares = shares, total = #shares } } }
    local code, out, err = cli_helper.run_shell(home, "$BTSHARE list | head -c 3; echo ${PIPESTATUS[0]}")
    assert.equal(0, code)
    assert.equal("●1\n", out)
    assert.equal("", err)
    local _
    code, _, err = cli_helper.run_shell(home, "$BTSHARE list >/dev/full")
    assert.equal(1, code)
    assert.equal("btshare: standard output: No space left on device\n", err)
  end)

  it("gives all of a long list to a slow reader", function()
    local shares = {}
    for index = 1, 2000 do shares[index] = { id = "i" .. index, name = ("n"):rep(200), link = "http://h/" } end
    serve { ["GET /api/v1/shares"] = { 200, { shares = shares, total = #shares } } }
    local _, out = cli_helper.run_shell(home, "$BTSHARE list | (sleep 0.3; wc -l)")
    assert.equal("2000", out:match("%d+"))
  end)
end)
