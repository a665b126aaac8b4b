-- The plugin "password" in the real program: the form, curl, guesses, its command, and who forgets what when.
local client = require "http_client"
local helper = require "helper"
local place_module = require "place"
local process = require "support.process"
local uv = require "luv"

describe("the plugin password", function()
  local place, daemon, share, port

  local function start(config)
    daemon = place:start { config = config }
    share, port = daemon:ready "film.txt", place:port()
  end

  before_each(function()
    place = place_module.open()
    place:put("film.txt", "the film\n")
    place:put("other.txt", "another\n")
  end)

  after_each(function()
    daemon:stop()
    assert.is_nil(daemon.process.errors:find("traceback"))
    place:close()
  end)

  local function page(of) return (of or share).link:match("/s/.*$") end
  local function get(target, more) return client.get({ port = port }, target, more or "Accept: text/html\r\n") end

  local function post(target, body, more, from)
    return client.parse(client.exchange({ port = port, from = from }, ("POST %s HTTP/1.1\r\nHost: localhost:%d\r\n" ..
      "Connection: close\r\nAccept: text/html\r\nContent-Length: %d\r\n%s\r\n%s"):format(target, port, #body,
      more or ("Origin: http://localhost:%d\r\n"):format(port), body), 20))
  end

  local function curl(...)
    local asked = process.start { "curl", "-s", "--max-time", "20", ... }
    asked:wait(25)
    return asked.output
  end

  local function command(...)
    local ended = place:run { "--state", place.state, ... }
    return ended.code, (ended.output:gsub("%s+$", "")), ended.errors
  end

  it("asks for it on a page that tells nothing, in the visitor's language, and opens with the right one", function()
    start 'plugin "password" { for_all = "motus et bouche" }\n'
    local locked = get(page())
    assert.equal(401, locked.status)
    assert.is_nil(locked.headers["www-authenticate"]) -- a browser would ask in a window of its own
    assert.is_truthy(locked.body:find("A password, please", 1, true))
    assert.is_truthy(locked.body:find('<input id="password" name="password" type="password"', 1, true))
    assert.is_nil(locked.body:find("film", 1, true))
    assert.is_nil(locked.body:find("<script", 1, true))
    assert.is_truthy(get(page() .. "?lang=fr").body:find("Un mot de passe, s’il vous plaît", 1, true))
    local wrong = post(page() .. "/open", "password=motus")
    assert.equal(401, wrong.status)
    assert.is_truthy(wrong.body:find("That is not the password.", 1, true))
    assert.is_nil(wrong.headers["set-cookie"])
    local right = post(page() .. "/open?lang=fr", "password=motus+et%20bouche")
    assert.equal(303, right.status)
    assert.equal(page() .. "?lang=fr", right.headers.location)
    local cookie = "Cookie: " .. right.headers["set-cookie"]:match("^[^;]*") .. "\r\n"
    assert.equal(200, get(page(), cookie .. "Accept: text/html\r\n").status)
    assert.equal("the film\n", get(page() .. "/f/1/film.txt", cookie).body)
    -- The cookie of one share opens no other, even by another name.
    local other = page(daemon:ready "other.txt")
    assert.equal(401, get(other, cookie).status)
    local name = get(other, "Accept: text/html\r\n") and post(other .. "/open", "password=motus et bouche")
      .headers["set-cookie"]:match("^[^=]*")
    assert.equal(401, get(other, ("Cookie: %s=%s\r\n"):format(name, cookie:match("=([^\r]*)"))).status)
    for _, broken in ipairs { "", "x", ("A"):rep(50), ("A"):rep(5000), cookie:match("=([^\r]*)"):sub(1, -2) .. "!" } do
      assert.equal(401, get(other, ("Cookie: %s=%s\r\n"):format(name, broken)).status)
    end
  end)

  it("takes the form from its own page alone", function()
    start 'plugin "password" { for_all = "motus" }\n'
    for _, header in ipairs {
      "Origin: http://evil.test\r\n", "Origin: null\r\n", "", "Sec-Fetch-Site: cross-site\r\n",
    } do
      local refused = post(page() .. "/open", "password=motus", header)
      assert.equal(403, refused.status)
      assert.is_nil(refused.headers["set-cookie"])
    end
    assert.equal(303, post(page() .. "/open", "password=motus", "Sec-Fetch-Site: same-origin\r\n").status)
    assert.equal(413, post(page() .. "/open", ("x"):rep(5000)).status)
  end)

  it("is given by curl -u, and by programs that wait until they are asked", function()
    start 'plugin "password" { for_all = "motus" }\n'
    assert.is_truthy(curl(share.link):find("curl: -u :PASSWORD", 1, true))
    assert.equal("the film\n", curl("-u", ":motus", share.link .. "/f/1/film.txt"))
    assert.equal("the film\n", curl("--anyauth", "-u", "paul:motus", share.link .. "/f/1/film.txt"))
    assert.is_truthy(curl("-u", ":motus", "-H", "Accept: application/json", share.link):find('"magnet"', 1, true))
    assert.matches("^{.*\"locked\":true", curl("-H", "Accept: application/json", share.link))
  end)

  it("has its place in the commands that are printed, which work once it is filled in", function()
    start(('share { "%s", exposure = "private" }\n'):format(place.share)
      .. 'plugin "password" { shares = { ["film.txt"] = "motus et bouche" } }\n')
    local plain = curl("-u", ":motus et bouche", share.link)
    assert.is_nil(plain:find("motus", 1, true), "the page tells the password")
    assert.is_truthy(plain:find("Write the password in place of PASSWORD.", 1, true))
    assert.is_truthy(curl("-u", ":motus et bouche", share.link .. "?lang=fr"):find("-u ':MOTDEPASSE' -OJ", 1, true))
    assert.is_nil(curl("-u", ":x", daemon:ready("other.txt").link):find("PASSWORD", 1, true), "where none is needed")
    local quiet = { curl = { "-OJ", "-sOJ" }, wget = { "-c", "-qc" }, aria2c = { "=mem", "=false -q" } }
    for program, change in pairs(quiet) do
      local folder, line = helper.folder(), plain:match("\n  (" .. program .. " [^\n]*)\n")
      line = line:gsub("PASSWORD", "motus et bouche"):gsub(change[1], change[2])
      process.start({ "sh", "-c", ("cd '%s' && %s"):format(folder, line) }):wait(25)
      if program == "aria2c" then
        assert.matches("^d.*4:name8:film%.txt", helper.read(folder .. "/film.txt.torrent"))
      else
        assert.equal("the film\n", helper.read(folder .. "/film.txt"), program)
      end
      helper.remove(folder)
    end
  end)

  it("lets nobody guess fast, and does not hold up others", function()
    start 'plugin "password" { for_all = "motus" }\n'
    local counts = {}
    for index = 1, 30 do
      local answer = post(page() .. "/open", "password=guess" .. index)
      counts[answer.status] = (counts[answer.status] or 0) + 1
      if answer.status == 429 then assert.is_truthy(tonumber(answer.headers["retry-after"])) end
    end
    assert.is_true(counts[401] >= 5 and counts[401] <= 9, "wrong passwords that were looked at: " .. counts[401])
    local began = uv.hrtime()
    assert.equal(303, post(page() .. "/open", "password=motus", nil, "127.0.0.2").status)
    assert.is_true(uv.hrtime() - began < 15e9)
  end)

  it("is one for each share, by a command that stores no more than a hash; it holds after a restart", function()
    start 'plugin "password"\n'
    assert.equal(200, get(page()).status)
    daemon:ready "other.txt"
    helper.wait_for(function() -- until it was asked who may come
      local list = daemon:list()
      return not list[1].locked and not list[2].locked
    end, 20, "open shares")
    local code, made = command("password", "film.txt")
    assert.equal(0, code)
    assert.matches("^%w%w%w%w%w%-%w%w%w%w%w%-%w%w%w%w%w%-%w%w%w%w%w$", made)
    assert.equal(401, get(page()).status)
    assert.equal(200, get(page(daemon:ready "other.txt")).status)
    assert.is_true(daemon:list()[1].locked) -- film.txt
    assert.equal(1, select(2, select(2, command "list"):gsub("locked: its page asks first", "")))
    local cookie = "Cookie: " .. post(page() .. "/open", "password=" .. made).headers["set-cookie"]:match("^[^;]*") ..
      "\r\n"
    daemon:stop()
    for _, name in ipairs { "btshare.db", "btshare.db-wal" } do
      if uv.fs_stat(place.state .. "/" .. name) then
        assert.is_nil(helper.read(place.state .. "/" .. name):find(made, 1, true))
      end
    end
    daemon = place:start { config = 'plugin "password"\n' }
    port = place:port()
    helper.wait_for(function() return get(page()).status == 401 end, 10, "the lock")
    assert.equal(200, get(page(), cookie).status)
    assert.equal(0, (command("password", "--off", "film")))
    assert.equal(200, get(page()).status)
    assert.is_nil(daemon:list()[1].locked)
    assert.equal(3, (command("password", "nothing")))
    assert.equal(2, (command("password")))
  end)

  it("is told beside the magnet that lets nobody in; the owner can make one that does, until it is changed", function()
    start 'plugin "password" { shares = { ["film.txt"] = "motus" } }\n'
    local function announce(magnet)
      local path = magnet:match("tr=([^&]*)"):gsub("%%(%x%x)", function(digits)
        return string.char(tonumber(digits, 16))
      end):match("^http://[^/]+(/.*)$")
      return get(("%s?info_hash=%s&peer_id=-XX0001-123456789012&port=2000&uploaded=0&downloaded=0&left=7&compact=1")
        :format(path, (share.info_hash:gsub("%x%x", "%%%0")))).body
    end
    local function described(name)
      for _, one in ipairs(daemon:list()) do
        if one.name == name then return one end
      end
    end
    daemon:ready "other.txt"
    helper.wait_for(function() return described("film.txt").locked and not described("other.txt").locked end, 20,
      "what is locked")
    local _, table_of = command "list"
    assert.equal(1, select(2, table_of:gsub("locked: its page asks first", "")))
    local _, plain = command("link", "film.txt", "--magnet")
    assert.matches("failure reason", announce(plain))
    local code, granted = command("link", "film.txt", "--magnet", "--grant")
    assert.equal(0, code)
    assert.matches("5:peers", announce(granted))
    local _, marie = command("link", "film.txt", "--to", "Marie", "--magnet", "--grant")
    assert.matches("5:peers", announce(marie))
    assert.are_not.equal(granted, marie)
    assert.equal(2, (command("link", "film.txt", "--grant")))
    _, plain = command("link", "other.txt", "--magnet", "--grant")
    local _, same = command("link", "other.txt", "--magnet")
    assert.equal(same, plain)
    command("link", "film.txt", "--revoke", "Marie")
    assert.is_nil(announce(marie):find("5:peers", 1, true))
    command("password", "film.txt", "another one")
    assert.matches("failure reason", announce(granted))
  end)

  it("of config.lua is a share's by its name, or for all; another one ends what the first has opened", function()
    start 'plugin "password" { for_all = "one for all", shares = { ["other.txt"] = "its own" } }\n'
    local function cookie_for(of, password)
      local answer = post(page(of) .. "/open", "password=" .. password)
      return answer.status == 303 and "Cookie: " .. answer.headers["set-cookie"]:match("^[^;]*") .. "\r\n"
    end
    local other = daemon:ready "other.txt"
    assert.is_false(cookie_for(other, "one for all"))
    assert.is_truthy(cookie_for(other, "its own"))
    local cookie = cookie_for(share, "one for all")
    assert.equal(200, get(page(), cookie).status)
    helper.write(place.home .. "/config.lua", 'map_ports = false\nplugin "password" { for_all = "another" }\n')
    daemon:command { "reload" }
    assert.equal(401, get(page(), cookie).status)
    assert.is_truthy(cookie_for(share, "another"))
  end)
end)
