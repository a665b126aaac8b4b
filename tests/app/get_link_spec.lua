-- Downloads from another btshare's link: held and gone on with, after a crash too, and where a redirect may lead.
local btshare = require "support.btshare"
local client = require "btshare.http.client"
local download_place = require "download_place"
local helper = require "helper"
local json = require "dkjson"
local uv = require "luv"

describe("a download from a link", function()
  local sender, home, state, receiver, servers

  before_each(function()
    sender = download_place.open()
    home, state, servers = sender.folder .. "/receiver", sender.folder .. "/receiver-state", {}
    for _, folder in ipairs { home, home .. "/downloads", sender.folder .. "/other" } do
      assert(uv.fs_mkdir(folder, 493))
    end
  end)
  after_each(function()
    for _, server in ipairs(servers) do server:close() end
    sender:close()
  end)

  local function run_receiver()
    receiver = btshare.start({ sender.folder .. "/other" }, { state = state, home = home })
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

  local function share_film(exposure, size)
    sender.config = ("share { %q, exposure = %q }\nlimits { up = \"4M\" }\n"):format(sender.share, exposure)
    local content = sender:noise("film.bin", size, 5)
    sender:start()
    return sender.daemon:ready "film.bin", content
  end

  local function sent(share)
    return ask(sender.folder .. "/state/control.sock", "GET", "/shares/" .. share.id).sent
  end

  for _, exposure in ipairs { "http", "link" } do
    it("can be held while it comes, and goes on from there: " .. exposure, function()
      local share, content = share_film(exposure, 16000000)
      run_receiver()
      local id = mine("POST", "", { source = share.link }).id
      wait_for_done(id, 3000000)
      mine("PATCH", "/" .. id, { paused = true })
      local held = wait_for_state(id, "paused")
      assert.are.equal(0, held.down_rate)
      local function pass(seconds)
        local enough = uv.hrtime() + seconds * 1e9
        helper.wait_for(function() return uv.hrtime() > enough end, seconds + 5)
      end
      pass(2) -- what was sent is counted once a second
      local before = sent(share)
      pass(1) -- four megabytes could go out in it
      assert.is_true(sent(share) - before < 1000000, sent(share) - before .. " bytes went out all the same")
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
      if download.people == 1 and ways["web-seed"] and ways.torrent then looks_in_both_ways = looks_in_both_ways + 1 end
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
    wait_for_done(id, 8000000)
    receiver:crash()
    local part = uv.fs_stat(home .. "/downloads/film.bin.part").size
    assert.is_true(part >= 7000000 and part < 20000000, part .. " bytes")
    run_receiver()
    wait_for_state(id, "finished")
    assert.is_true(content == helper.read(home .. "/downloads/film.bin"))
    assert.is_nil(uv.fs_stat(home .. "/downloads/film.bin.part"))
    assert.is_true(sent(share) < 27000000, sent(share) .. " bytes were sent of 20 MB")
  end)

  it("that changed meanwhile begins anew, and mixes nothing", function()
    local share = share_film("http", 16000000)
    run_receiver()
    local id = mine("POST", "", { source = share.link }).id
    wait_for_done(id, 4000000)
    receiver:crash()
    local from = #sender.daemon.events
    local content = sender:noise("film.bin", 16000000, 6)
    sender.daemon:ready("film.bin", { from = from })
    run_receiver()
    wait_for_state(id, "finished")
    assert.is_true(content == helper.read(home .. "/downloads/film.bin"))
  end)

  -- Answers everything by sending the asker elsewhere.
  local function redirect(to)
    local server = uv.new_tcp()
    servers[#servers + 1] = server
    assert(server:bind("127.0.0.1", 0))
    server:listen(8, function()
      local connection = uv.new_tcp()
      server:accept(connection)
      connection:read_start(function(_, data)
        if not data then return connection:is_closing() or connection:close() end
        local path = data:match("^%u+ (%S+)")
        connection:write(("HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
          :format(to(path, server)), function() if not connection:is_closing() then connection:close() end end)
      end)
    end)
    return ("http://127.0.0.1:%d"):format(server:getsockname().port)
  end

  local function get(url)
    return btshare.run({ "get", url, "-o", sender.folder .. "/out", "--state", state }, { home = home, seconds = 30 })
  end

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
