local btshare = require "support.btshare"
local client = require "btshare.http.client"
local crypto = require "core.crypto"
local download_place = require "download_place"
local helper = require "helper"
local json = require "dkjson"
local process = require "support.process"
local uv = require "luv"

local function list(folder)
  local names = {}
  local entries = assert(uv.fs_scandir(folder))
  for name in function() return uv.fs_scandir_next(entries) end do names[#names + 1] = name end
  table.sort(names)
  return names
end

describe("btshare get", function()
  local sender, target, home, state, receiver

  before_each(function()
    sender = download_place.open()
    target, home, state = sender.folder .. "/target", sender.folder .. "/receiver", sender.folder .. "/receiver-state"
    receiver = nil
    for _, folder in ipairs { target, home, home .. "/downloads", sender.folder .. "/other" } do
      assert(uv.fs_mkdir(folder, 493))
    end
  end)
  after_each(function() sender:close() end)

  local function words(given)
    table.insert(given, 1, "get")
    table.insert(given, "--state")
    table.insert(given, state)
    return given
  end

  local function get(given, seconds)
    return btshare.run(words(given), { home = home, seconds = seconds or 30 })
  end

  -- One that goes on while the spec does.
  local function start_get(given)
    local command = { btshare.program, table.unpack(words(given)) }
    return process.start(command, { home = home })
  end

  -- The instance that receives.
  local function run_receiver(config, environment)
    receiver = btshare.start({ sender.folder .. "/other" }, {
      state = state, home = home, config = config, environment = environment,
    })
    return receiver
  end

  local function ask(method, target_path, body)
    local headers = { Accept = "application/json", ["Content-Type"] = body and "application/json" or nil }
    local answer
    client.request(state .. "/control.sock", method, "/api/v1/downloads" .. target_path, headers,
      body and json.encode(body), function(...) answer = table.pack(...) end)
    helper.wait_for(function() return answer end, 20, method)
    local response = assert(answer[1], answer[2])
    return response.status, response.body ~= "" and json.decode(response.body) or nil
  end

  local function wait_for_state(id, wanted, seconds)
    local download
    local came, message = pcall(helper.wait_for, function()
      local status
      status, download = ask("GET", "/" .. id)
      assert.are.equal(200, status)
      return download.state == wanted
    end, seconds or 20, wanted)
    if not came then error(message .. ": " .. json.encode(download), 2) end
    return download
  end

  local function share_album(size)
    local one = sender:noise("Album/one.bin", 300000, 1)
    local two = sender:noise("Album/sub/two.bin", size or 2000000, 2)
    sender:start()
    return sender.daemon:ready("Album"), one, two
  end

  describe("in a process of its own", function()
    it("receives a folder from a magnet, and leaves nothing else behind", function()
      local share, one, two = share_album()
      local child = get { share.magnet, "-o", target }
      assert.are.equal(0, child.code, child.output)
      assert.are.equal(target .. "/Album\n", child.output)
      assert.is_true(one == helper.read(target .. "/Album/one.bin"))
      assert.is_true(two == helper.read(target .. "/Album/sub/two.bin"))
      assert.are.same({ "Album" }, list(target))
      child = get { share.magnet, "-o", target } -- it is all there
      assert.are.equal(0, child.code, child.output)
      helper.write(target .. "/Album/one.bin", "mine")
      child = get { share.magnet, "-o", target } -- something else is
      assert.are.equal(5, child.code, child.output)
      assert.matches("is there already", child.errors)
      assert.are.equal("mine", helper.read(target .. "/Album/one.bin"))
    end)

    it("receives a .torrent, only the chosen files of it, and says how far it is in JSON", function()
      local share = share_album()
      process.run { "curl", "-sSo", target .. "/a.torrent", share.link .. "/torrent" }
      local child = get { target .. "/a.torrent", "-o", target, "--files", "2", "--json" }
      assert.are.equal(0, child.code, child.output)
      assert.is_nil(uv.fs_stat(target .. "/Album/one.bin"))
      assert.are.equal(2000000, uv.fs_stat(target .. "/Album/sub/two.bin").size)
      local last
      for line in child.output:gmatch("[^\n]+") do last = assert(json.decode(line), line) end
      assert.are.equal("download-finished", last.event)
      assert.are.equal(1, last.download.progress)
    end)

    it("goes on after kill -9 and after Ctrl-C", function()
      local share, _, two = share_album(40000000)
      process.run { "curl", "-sSo", sender.folder .. "/a.torrent", share.link .. "/torrent" }
      local child = start_get { share.magnet, "-o", target }
      child:wait_for(function()
        local status = uv.fs_stat(target .. "/Album/sub/two.bin")
        return status and status.blocks > 0
      end, 20, "a part")
      child:stop()
      child = start_get { share.magnet, "-o", target, "--json" }
      child:wait_for(function() -- the first one may have been quicker, too
        return child.output:find("download-progress", 1, true) or child.output:find("download-finished", 1, true)
      end, 10, "its start")
      child:kill("sigint")
      if child:wait(20) ~= 0 then -- or it was quicker
        assert.are.equal(130, child.code, child.output)
        child = get { sender.folder .. "/a.torrent", "-o", target } -- the same thing
        assert.are.equal(0, child.code, child.output)
      end
      assert.are.equal(0, child.signal)
      assert.is_true(two == helper.read(target .. "/Album/sub/two.bin"))
      assert.are.same({ "Album" }, list(target))
    end)

    it("receives another btshare's link: by its torrent", function()
      local share, one, two = share_album()
      local child = get { share.link .. "/?from=mail", "-o", target }
      assert.are.equal(0, child.code, child.output)
      assert.is_true(one == helper.read(target .. "/Album/one.bin"))
      assert.is_true(two == helper.read(target .. "/Album/sub/two.bin"))
      assert.are.same({ "Album" }, list(target))
    end)

    it("receives another btshare's link: by HTTP where there is no torrent", function()
      sender.config = ("share { %q, exposure = \"http\" }\n"):format(sender.share)
      local one = sender:noise("Album/one.bin", 300000, 1)
      local two = sender:noise("Album/sub/two.bin", 5000000, 2)
      sender:put("Album/empty", "")
      sender:noise("alone.bin", 5000, 3)
      sender:start()
      local function link_of(name)
        return sender.daemon:wait("share-created", function(event) return event.share.name == name end).share.link
      end
      local link = link_of("Album")
      local child = get { link, "-o", target }
      assert.are.equal(0, child.code, child.output)
      assert.are.equal(target .. "/Album\n", child.output)
      assert.is_true(one == helper.read(target .. "/Album/one.bin"))
      assert.is_true(two == helper.read(target .. "/Album/sub/two.bin"))
      assert.are.equal("", helper.read(target .. "/Album/empty"))
      assert.are.same({ "empty", "one.bin", "sub" }, list(target .. "/Album"))
      assert.are.same({ "Album" }, list(target))
      link = link_of("alone.bin")
      child = get { link, "-o", target }
      assert.are.equal(0, child.code, child.output)
      assert.are.same({ "Album", "alone.bin" }, list(target))
      child = get { link, "-o", target }
      assert.are.equal(5, child.code, child.output)
      child = get { link .. "x", "-o", target }
      assert.are.equal(3, child.code, child.output)
      assert.matches("leads nowhere", child.errors)
    end)

    it("refuses what it cannot do, and says why", function()
      local child = get { "nothing.torrent", "-o", target }
      assert.are.equal(3, child.code)
      helper.write(target .. "/film.txt", "no torrent")
      child = get { target .. "/film.txt", "-o", target }
      assert.are.equal(1, child.code)
      assert.matches("film.txt: is no .torrent file; to share it", child.errors, 1, true)
      child = get { "magnet:?dn=x", "-o", target }
      assert.are.equal(1, child.code)
      assert.matches("names no torrent", child.errors)
      helper.write(target .. "/evil.torrent", "d4:infod5:filesld6:lengthi1e4:pathl2:..1:xeee4:name1:n"
        .. "12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaaee")
      child = get { target .. "/evil.torrent", "-o", target }
      assert.are.equal(1, child.code)
      assert.matches("a name leads elsewhere", child.errors)
      child = get { "magnet:?xt=urn:btih:" .. ("0a"):rep(20), "-o", target, "--files", "x" }
      assert.are.equal(2, child.code)
    end)

    it("never saves where the running btshare shares", function()
      local share = share_album()
      state = sender.folder .. "/state"
      for _, folder in ipairs { sender.share, sender.share .. "/Album", sender.folder } do
        local child = get { share.magnet, "-o", folder }
        assert.are.equal(5, child.code, child.output)
        assert.matches("never writes where it shares", child.errors)
      end
    end)
  end)

  describe("through the running instance", function()
    it("receives and passes on", function()
      local share, one = share_album()
      run_receiver()
      local child = get { share.magnet }
      assert.are.equal(0, child.code, child.output)
      assert.are.equal(home .. "/downloads/Album\n", child.output)
      assert.is_true(one == helper.read(home .. "/downloads/Album/one.bin"))
      local _, answer = ask("GET", "")
      assert.are.equal(1, answer.total)
      assert.are.equal("sharing", answer.downloads[1].state)
      assert.are.equal("magnet", answer.downloads[1].source)
      -- passed on to a third
      sender.daemon:stop()
      local port = receiver:find("started").port
      child = btshare.run({
        "get", ("magnet:?xt=urn:btih:%s&x.pe=127.0.0.1:%d"):format(share.info_hash, port), "-o", target,
        "--state", sender.folder .. "/third",
      }, { home = home, seconds = 30 })
      assert.are.equal(0, child.code, child.output)
      assert.is_true(one == helper.read(target .. "/Album/one.bin"))
    end)

    it("lets files be chosen, paused, resumed and removed, with the data or without", function()
      local share, one = share_album()
      run_receiver()
      local status, download = ask("POST", "", { source = share.magnet, start = false, share_after = false })
      assert.are.equal(201, status)
      download = wait_for_state(download.id, "choosing")
      assert.are.equal("Album", download.name)
      assert.are.equal(2300000, download.size)
      assert.are.same({}, list(home .. "/downloads"))
      local _, files = ask("GET", "/" .. download.id .. "/files")
      assert.are.equal("Album/one.bin", files.files[1].path)
      local id = "/" .. download.id
      assert.are.equal(200, (ask("PATCH", id, { paused = true })))
      assert.are.equal(200, (ask("PATCH", id, { files = { 1 }, start = true })))
      assert.are.equal("paused", select(2, ask("GET", id)).state)
      assert.are.equal(422, (ask("PATCH", id, { files = { 3 } })))
      assert.are.equal(200, (ask("PATCH", id, { paused = false })))
      wait_for_state(download.id, "finished")
      assert.is_true(one == helper.read(home .. "/downloads/Album/one.bin"))
      assert.is_nil(uv.fs_stat(home .. "/downloads/Album/sub/two.bin"))
      -- more was wanted after all
      assert.are.equal(200, (ask("PATCH", id, { files = { 1, 2 } })))
      helper.wait_for(function() return uv.fs_stat(home .. "/downloads/Album/sub/two.bin") end, 10)
      wait_for_state(download.id, "finished")

      helper.write(home .. "/downloads/mine", "mine")
      assert.are.equal(400, (ask("DELETE", id)))
      assert.are.equal(204, (ask("DELETE", id .. "?data=true")))
      assert.are.same({ "mine" }, list(home .. "/downloads"))
      assert.are.equal(404, (ask("GET", id)))

      _, download = ask("POST", "", { source = share.magnet })
      wait_for_state(download.id, "sharing")
      assert.are.equal(204, (ask("DELETE", "/" .. download.id .. "?data=false")))
      assert.is_true(one == helper.read(home .. "/downloads/Album/one.bin"))
    end)

    it("takes up again what was under way, after a stop and after kill -9", function()
      local share, _, two = share_album(30000000)
      local limits = "limits { down = \"4M\" }\n"
      run_receiver(limits)
      local _, download = ask("POST", "", { source = share.magnet })
      helper.wait_for(function() return select(2, ask("GET", "/" .. download.id)).done > 1000000 end, 20, "a part")
      receiver:stop()
      run_receiver(limits)
      local before = select(2, ask("GET", "/" .. download.id))
      assert.are.equal("Album", before.name)
      helper.wait_for(function() return select(2, ask("GET", "/" .. download.id)).done > 4000000 end, 20, "more")
      receiver:crash()
      run_receiver()
      wait_for_state(download.id, "sharing", 40)
      assert.is_true(two == helper.read(home .. "/downloads/Album/sub/two.bin"))
    end)

    it("refuses hostile torrents and folders", function()
      local share = share_album()
      run_receiver()
      local hostile = "d4:infod6:lengthi16384e4:name5:../xy12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaaee"
      local status, problem = ask("POST", "", { torrent = crypto.base64url(hostile) })
      assert.are.equal(422, status)
      assert.matches("leads elsewhere", problem.detail)
      assert.are.equal(422, (ask("POST", "", { torrent = crypto.base64url("d4:info") })))
      assert.are.equal(422, (ask("POST", "", { source = "ftp://x/" })))
      assert.are.equal(403, (ask("POST", "", { source = share.magnet, folder = target })))
      assert.are.equal(403, (ask("POST", "", { source = share.magnet, folder = "/etc" })))
      local _, download = ask("POST", "", { source = share.magnet })
      local again
      status, again = ask("POST", "", { source = share.magnet })
      assert.are.equal(200, status)
      assert.are.equal(download.id, again.id)
      wait_for_state(download.id, "sharing")
      for _, wrong in ipairs {
        { source = share.magnet, password = "x" }, { source = share.link, password = "x\n" },
        { source = share.link, password = ("x"):rep(1025) }, { source = share.link, password = "" },
      } do
        assert.are.equal(422, (ask("POST", "", wrong)))
      end
      status, problem = ask("PATCH", "/" .. download.id, { password = "x" })
      assert.are.equal(422, status)
      assert.matches("needs no password", problem.detail)
    end)

    it("says that there is no folder for downloads, or that it is shared", function()
      local share = share_album()
      run_receiver(nil, { XDG_DOWNLOAD_DIR = sender.folder .. "/other/sub" })
      local child = get { share.magnet }
      assert.are.equal(5, child.code, child.output)
      assert.matches("never writes where it shares", child.errors)
      assert.matches("btshare get %-o DIR", child.errors)
    end)
  end)
end)
