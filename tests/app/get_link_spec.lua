-- Downloads from another btshare's link: held and gone on with, after a crash too, locked by a password, and where a
-- redirect may lead.
local btshare = require "support.btshare"
local client = require "btshare.http.client"
local download_place = require "download_place"
local helper = require "helper"
local json = require "dkjson"
local process = require "support.process"
local uv = require "luv"

local terminal_program = debug.getinfo(1, "S").source:match("^@(.*)/app/") .. "/support/terminal.py"

describe("a download from a link", function()
  local sender, home, state, receiver, servers, server_heads

  before_each(function()
    sender = download_place.open()
    home, state, servers = sender.folder .. "/receiver", sender.folder .. "/receiver-state", {}
    server_heads = {}
    for _, folder in ipairs { home, home .. "/downloads", sender.folder .. "/other" } do
      assert(uv.fs_mkdir(folder, 493))
    end
  end)
  after_each(function()
    for _, server in ipairs(servers) do server:close() end
    sender:close()
  end)

  local function run_receiver()
    receiver = btshare.start({ sender.folder .. "/other" }, { state = state, home = home, words = { "--verbose" } })
  end

  local function ask(socket, method, path, body, language)
    local headers = {
      Accept = "application/json", ["Accept-Language"] = language,
      ["Content-Type"] = body and "application/json" or nil,
    }
    local answer
    client.request(socket, method, "/api/v1" .. path, headers, body and json.encode(body),
      function(...) answer = table.pack(...) end)
    helper.wait_for(function() return answer end, 20, method)
    local response = assert(answer[1], answer[2])
    assert.is_true(response.status < 300, response.body)
    return response.body ~= "" and json.decode(response.body) or nil
  end

  local function mine(method, path, body)
    return ask(state .. "/control.sock", method, "/downloads" .. path, body)
  end

  local function wait_for_done(id, bytes)
    helper.wait_for(function() return mine("GET", "/" .. id).done >= bytes end, 30, bytes .. " bytes")
  end

  local function wait_for_state(id, wanted)
    local download
    helper.wait_for(function()
      download = mine("GET", "/" .. id)
      return download.state == wanted
    end, 40, wanted)
    return download
  end
  local slow, quick = 1000000, 8000000 -- slow: the end is far while somebody looks on
  local function set_limit(rate)
    ask(sender.folder .. "/state/control.sock", "PATCH", "/settings", { ["limits.up"] = rate })
  end

  local function share_film(exposure, size)
    sender.config = ("share { %q, exposure = %q }\n"):format(sender.share, exposure)
    local content = sender:noise("film.bin", size, 5)
    sender:start()
    local share = sender.daemon:ready "film.bin"
    set_limit(slow)
    return share, content
  end

  local function sent(share) return ask(sender.folder .. "/state/control.sock", "GET", "/shares/" .. share.id).sent end

  for _, exposure in ipairs { "http", "link" } do
    it("can be held while it comes, and goes on from there: " .. exposure, function()
      local share, content = share_film(exposure, 16000000)
      run_receiver()
      local id = mine("POST", "", { source = share.link }).id
      wait_for_done(id, 1000000)
      mine("PATCH", "/" .. id, { paused = true })
      local held = wait_for_state(id, "paused")
      set_limit(quick)
      assert.are.equal(0, held.down_rate)
      helper.wait_for(function() -- what was under way is counted a little later
        local before, enough = sent(share), uv.hrtime() + 1e9 -- in which eight megabytes could go out
        helper.wait_for(function() return uv.hrtime() > enough end)
        return sent(share) - before < 1000000
      end, 5, "the end of what goes out")
      assert.is_true(mine("GET", "/" .. id).done < 15000000)
      mine("PATCH", "/" .. id, { paused = false })
      wait_for_state(id, exposure == "http" and "finished" or "sharing")
      assert.is_true(content == helper.read(home .. "/downloads/film.bin"))
      assert.is_true(sent(share) < 21000000, sent(share) .. " bytes were sent of 16 MB")
    end)
  end

  it("comes from one person, though by BitTorrent and as a web seed", function()
    local share = share_film("link", 12000000)
    run_receiver()
    local id = mine("POST", "", { source = share.link }).id
    local looks_in_both_ways, ways = 0, {} -- both may call each other, so that two connections stand for a while
    helper.wait_for(function()
      local download = mine("GET", "/" .. id)
      if download.people == 1 and ways["web-seed"] and ways.torrent then
        looks_in_both_ways = looks_in_both_ways + 1
        if looks_in_both_ways == 6 then set_limit(quick) end
      end
      assert.is_true(download.people <= 2, download.people .. " people")
      local path = "/shares/" .. share.id .. "/recipients"
      for _, one in ipairs(ask(sender.folder .. "/state/control.sock", "GET", path).recipients) do
        ways[one.way] = true
      end
      return download.state == "sharing"
    end, 40, "the end")
    assert.is_true(ways["web-seed"] and ways.torrent, "not in both ways: " .. json.encode(ways))
    assert.is_true(looks_in_both_ways > 5, looks_in_both_ways .. " times one person")
  end)

  it("goes on by HTTP where it was after a kill -9", function()
    local share, content = share_film("http", 20000000)
    run_receiver()
    local id = mine("POST", "", { source = share.link }).id
    wait_for_done(id, 4000000)
    receiver:crash()
    local part = uv.fs_stat(home .. "/downloads/film.bin.part").size
    assert.is_true(part >= 3000000 and part < 20000000, part .. " bytes")
    set_limit(quick)
    run_receiver()
    wait_for_state(id, "finished")
    assert.is_true(content == helper.read(home .. "/downloads/film.bin"))
    assert.is_nil(uv.fs_stat(home .. "/downloads/film.bin.part"))
    assert.is_true(sent(share) < 23000000, sent(share) .. " bytes were sent of 20 MB")
  end)

  it("that changed meanwhile begins anew, and mixes nothing", function()
    local share = share_film("http", 16000000)
    run_receiver()
    local id = mine("POST", "", { source = share.link }).id
    wait_for_done(id, 1000000)
    receiver:crash()
    set_limit(quick)
    local from = #sender.daemon.events
    local content = sender:noise("film.bin", 16000000, 6)
    sender.daemon:ready("film.bin", { from = from })
    run_receiver()
    wait_for_state(id, "finished")
    assert.is_true(content == helper.read(home .. "/downloads/film.bin"))
  end)

  local password = "motus et bouché"

  -- A folder that has a torrent, and a file that has none: each opens by the same password.
  local function share_locked(size)
    assert(uv.fs_mkdir(sender.folder .. "/plain", 493))
    sender.config = ("share { %q, exposure = \"http\" }\n"):format(sender.folder .. "/plain")
      .. ("plugin \"password\" { for_all = %q }\n"):format(password)
    local film = sender:noise("../plain/film.bin", size or 400000, 7)
    local one, two = sender:noise("Album/one.bin", 300000, 8), sender:noise("Album/sub/two.bin", size or 600000, 9)
    sender:start()
    set_limit(quick // 2)
    return sender.daemon:ready "Album".link, sender.daemon:ready "film.bin".link, film, one, two
  end

  -- All that the receiver says to those who may only look, and what it has written of itself.
  local function all_that_is_told(id)
    local told = { receiver.process.output, sender.daemon.process.output, json.encode(mine("GET", "")) }
    for _, path in ipairs { "/downloads/" .. id, "/activity/events", "/changes?since=0", "/status", "/settings" } do
      told[#told + 1] = json.encode(ask(state .. "/control.sock", "GET", path))
    end
    return table.concat(told, "\n")
  end

  local function kept_passwords()
    local program = "import sqlite3, sys\nfor row in sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True)"
      .. ".execute('SELECT password FROM downloads WHERE password IS NOT NULL'): print(row[0])"
    return process.run { "/usr/bin/python3", "-c", program, state .. "/btshare.db" }
  end

  it("that is locked says so, takes its password, and comes whole: by BitTorrent and as a web seed", function()
    local album, _, _, one, two = share_locked(8000000)
    run_receiver()
    local id = mine("POST", "", { source = album }).id
    local locked = wait_for_state(id, "failed")
    assert.is_true(locked.locked)
    assert.equal("this link asks for a password", locked.reason.text)
    assert.equal("ce lien demande un mot de passe", locked.reason.said.fr)
    mine("PATCH", "/" .. id, { password = "a wrong guess" })
    assert.equal("that is not the password of this link", wait_for_state(id, "failed").reason.text)
    assert.equal("", kept_passwords())
    helper.wait_for(function() -- it is not tried on and on
      local download = mine("GET", "/" .. id)
      if download.locked then mine("PATCH", "/" .. id, { password = "a wrong guess" }) end
      return download.reason.text:find("too many wrong passwords were tried", 1, true)
    end, 60, "the end of patience")
    assert.is_nil(mine("PATCH", "/" .. id, { password = password }).locked)
    wait_for_state(id, "sharing")
    assert.is_true(one == helper.read(home .. "/downloads/Album/one.bin"))
    assert.is_true(two == helper.read(home .. "/downloads/Album/sub/two.bin"))
    assert.equal("", kept_passwords())
    local share, ways = sender.daemon:ready "Album", {}
    helper.wait_for(function()
      local path = "/shares/" .. share.id .. "/recipients"
      for _, recipient in ipairs(ask(sender.folder .. "/state/control.sock", "GET", path).recipients) do
        ways[recipient.way] = true
      end
      return ways.torrent and ways["web-seed"]
    end, 20, "both ways")
    local told = all_that_is_told(id)
    assert.is_nil(told:find("a wrong guess", 1, true))
    assert.is_nil(told:find("motus", 1, true))
  end)

  it("that is locked and has no torrent goes on after a kill -9, and forgets its password then", function()
    local _, link, film = share_locked(9000000)
    set_limit(slow)
    run_receiver()
    local id = mine("POST", "", { source = link, password = password }).id
    wait_for_done(id, 1000000)
    assert.equal(password .. "\n", kept_passwords())
    assert.equal(384, uv.fs_stat(state .. "/btshare.db").mode & 511) -- 0600
    local told = all_that_is_told(id)
    receiver:crash()
    set_limit(quick)
    run_receiver()
    wait_for_state(id, "finished")
    assert.is_true(film == helper.read(home .. "/downloads/film.bin"))
    assert.equal("", kept_passwords())
    told = told .. all_that_is_told(id)
    assert.is_nil(told:find("motus", 1, true))
    receiver:stop()
    assert.is_nil(helper.read(state .. "/btshare.db"):find("motus", 1, true), "it is on the disk still")
  end)

  it("that is locked asks on a terminal, or takes a file", function()
    local album, link, film, one = share_locked()
    local function words(...)
      return { "get", link, "--state", state, ... }
    end
    local out = { "-o", sender.folder .. "/out" }
    local function run(given, typed)
      local command = { btshare.program, table.unpack(given) }
      if typed then
        local terminal = { "/usr/bin/python3", terminal_program, "Password (not shown): " }
        table.move(typed, 1, #typed, #terminal + 1, terminal)
        terminal[#terminal + 1] = "--"
        command = table.move(command, 1, #command, #terminal + 1, terminal)
      end
      return process.start(command, { home = home, environment = { TERM = "xterm" } })
    end
    local function ends(child, code, said)
      assert.equal(code, child:wait(30), child.output)
      assert.is_truthy(child.output:find(said, 1, true), child.output)
      assert.is_nil(child.output:find("motus", 1, true), child.output)
    end
    local function file(content)
      helper.write(sender.folder .. "/secret", content)
      return sender.folder .. "/secret"
    end
    ends(run(words(table.unpack(out))), 5, "--password-file FILE")
    ends(run(words("--password-file", file "wrong\n", table.unpack(out))), 5, "that is not the password")
    ends(run(words("--password-file", file "\n", table.unpack(out))), 1, "holds no password")
    ends(run(words("--password-file", "/none/such", table.unpack(out))), 3, "cannot be read")
    ends(run({ "get", "magnet:?xt=urn:btih:" .. ("a"):rep(40), "--password-file", "-" }), 2, "only a link")
    ends(run({ "get", (link:gsub("//", "//:motus@")), "--state", state }), 1, "give it by itself")
    ends(run(words(table.unpack(out)), { "no", "wrong", "nothing" }), 5, "that is not the password")
    ends(run(words(table.unpack(out)), { "wrong", password }), 0, "film.bin")
    assert.is_true(film == helper.read(sender.folder .. "/out/film.bin"))
    local piped = run { "get", album, "--state", state, "--password-file", "-", table.unpack(out) }
    piped:write(password .. "\n")
    ends(piped, 0, "Album")
    assert.is_true(one == helper.read(sender.folder .. "/out/Album/one.bin"))
    run_receiver()
    ends(run(words()), 5, "--password-file FILE")
    ends(run(words(), { "\3" }), 130, "asks for a password")
    for _, more in ipairs { {}, out } do
      local child = run(words(table.unpack(more)), {})
      child:wait_for(function() return child.output:find("Password (not shown): ", 1, true) end, 20, "the question")
      child:kill "sigterm"
      ends(child, 130, "asks for a password") -- and the terminal is as it was
    end
    ends(run(words(), { "wrong", password }), 0, "film.bin")
    assert.is_true(film == helper.read(home .. "/downloads/film.bin"))
  end)

  -- Answers everything with what `answer` makes of its path.
  local function serve(answer)
    local server = uv.new_tcp()
    servers[#servers + 1] = assert(server:bind("127.0.0.1", 0)) and server
    server:listen(8, function()
      local connection = uv.new_tcp()
      server:accept(connection)
      connection:read_start(function(_, data)
        if not data then return connection:is_closing() or connection:close() end
        local path = data:match("^%u+ (%S+)")
        server_heads[#server_heads + 1] = data
        connection:write(answer(path, server), function()
          if not connection:is_closing() then connection:close() end
        end)
      end)
    end)
    return ("http://127.0.0.1:%d"):format(server:getsockname().port)
  end

  -- Answers everything by sending the asker elsewhere.
  local function redirect(to)
    return serve(function(...)
      return ("HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"):format(to(...))
    end)
  end

  local function get(url, ...)
    return btshare.run({ "get", url, "-o", sender.folder .. "/out", "--state", state, ... },
      { home = home, seconds = 30 })
  end

  it("gives its password to nobody but the server that it names", function()
    helper.write(sender.folder .. "/secret", password)
    local other = redirect(function(path) return path end)
    for _, elsewhere in ipairs { other, (other:gsub("127.0.0.1", "localhost")), (other:gsub("http:", "https:")) } do
      server_heads = {}
      local child = get(redirect(function() return elsewhere .. "/s/x" end) .. "/s/x", "--password-file",
        sender.folder .. "/secret")
      assert.equal(5, child.code, child.output)
      assert.matches("redirects to another", child.errors)
      assert.equal(1, #server_heads, "the other one was asked")
      assert.is_truthy(server_heads[1]:find("Authorization: Basic ", 1, true))
    end
    local child = get(redirect(function(path) return path .. "x" end) .. "/s/x", "--password-file",
      sender.folder .. "/secret")
    assert.matches("redirects too often", child.errors)
    for _, head in ipairs(server_heads) do assert.is_truthy(head:find("Authorization: Basic ", 1, true), head) end
  end)

  it("follows a redirect to the same host, a few of them", function()
    local share, content = share_film("link", 300000)
    local moved = redirect(function(path) return share.link .. path:sub(#"/s/old" + 1) end)
    local child = get(moved .. "/s/old")
    assert.are.equal(0, child.code, child.output)
    assert.is_true(content == helper.read(sender.folder .. "/out/film.bin"))
    local around = redirect(function(path, server)
      return ("http://127.0.0.1:%d%sx"):format(server:getsockname().port, path)
    end)
    child = get(around .. "/s/x")
    assert.are_not.equal(0, child.code)
    assert.matches("redirects too often", child.errors)
  end)

  it("that failed says so in each language, and is tried again when somebody asks for it again", function()
    local share = share_film("link", 300000)
    local is_there = false
    local moved = redirect(function(path)
      return is_there and share.link .. path:sub(#"/s/old" + 1) or share.link:match("^http://[^/]+") .. "/s/none"
    end)
    run_receiver()
    local asked = { source = moved .. "/s/old" }
    local download = mine("POST", "", asked)
    local failed = wait_for_state(download.id, "failed")
    assert.matches("^le lien ne mène nulle part", failed.reason.said.fr)
    assert.same({ "127.0.0.1/…/old", moved .. "/s/old" }, { failed.name, failed.address })
    local happened
    helper.wait_for(function() -- the history is stored a little later
      happened = ask(state .. "/control.sock", "GET", "/activity/events?kind=download-failed", nil, "fr").events
      return happened[1]
    end, 10, "the history")
    assert.matches("^le lien ne mène nulle part", happened[1].values.reason)
    is_there = true
    assert.equal(download.id, mine("POST", "", asked).id)
    wait_for_state(download.id, "sharing")
  end)

  it("that lists too much is given up in words", function()
    local child = get(serve(function()
      return ("HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\nConnection: close\r\n\r\n") .. ("x"):rep(5000000)
    end) .. "/s/x")
    assert.equal(5, child.code)
    assert.matches("lists more files than BTshare takes from others", child.errors)
  end)

  it("follows none to another host: who answers does not choose whom we ask (S28)", function()
    local asked = 0
    local inside = redirect(function()
      asked = asked + 1
      return "http://127.0.0.1/"
    end)
    local port = inside:match(":(%d+)$")
    for _, target in ipairs { "http://localhost:" .. port, "http://127.0.0.2:" .. port, "http://[::1]:" .. port,
      "file:///etc/passwd", "ftp://127.0.0.1:" .. port } do
      local child = get(redirect(function() return target .. "/secret" end) .. "/s/x")
      assert.are_not.equal(0, child.code, target)
      assert.matches("redirects to another place", child.errors, target)
    end
    assert.are.equal(0, asked)
  end)
end)
