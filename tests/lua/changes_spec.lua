-- What an owner chooses for one share, in a whole btshare inside this process.
local btshare = require "btshare"
local client = require "http_client"
local helper = require "helper"
local json = require "dkjson"
local paths = require "btshare.paths"
local process = require "support.process"
local seeding = require "btshare.shares.seeding"
local task = require "btshare.task"
local torrents = require "btshare.shares.torrent"
local uv = require "luv"

describe("a choice for one share", function()
  local folder, instance, told, shares, share

  local function start()
    local started, failed
    told = {}
    btshare.start({
      folders = { folder .. "/share" }, paths = paths.find { state = folder .. "/state" },
      config_file = folder .. "/config.lua", public = "127.0.0.1:0", console = "127.0.0.1:0", port = 0,
    }, function(made)
      instance = made
      for _, fact in ipairs { "started", "share-ready", "share-changed", "share-updated" } do
        made.events:on(fact, function(event)
          told[#told + 1] = { fact = fact, share = event.share, bytes = event.bytes }
          started = started or fact == "started"
        end)
      end
    end, function(message) failed = message end)
    helper.wait_for(function() return started or failed end, 10, "the start")
    assert(not failed, failed)
    shares = instance.services.shares
  end

  local function find(fact, from)
    for index = from or 1, #told do
      if told[index].fact == fact then return told[index] end
    end
  end

  local function ready(from)
    helper.wait_for(function() return find("share-ready", from) end, 60, "share-ready")
    share = shares:list()[1]
    return find("share-ready", from)
  end

  local function stop()
    local is_closed = false
    local close = instance.services.engine.close
    instance.services.engine.close = function(self, on_closed)
      close(self, function()
        is_closed = true
        if on_closed then on_closed() end
      end)
    end
    instance:stop("test")
    helper.wait_for(function() return is_closed end, 20, "the end")
    uv.fs_unlink(folder .. "/state/lock") -- a process holds it to its end
  end

  before_each(function()
    folder = helper.folder()
    uv.fs_mkdir(folder .. "/share", 448)
    helper.write(folder .. "/share/film.bin", ("x"):rep(300000))
    uv.fs_utime(folder .. "/share/film.bin", os.time() - 3600, os.time() - 3600)
    helper.write(folder .. "/config.lua", "map_ports = false\nsandbox = false\n")
    start()
    ready()
  end)
  after_each(function()
    stop()
    helper.remove(folder)
  end)

  local function choose(method, ...)
    local arguments, result = table.pack(...), nil
    task.spawn(function()
      result = table.pack(shares[method](shares, share, table.unpack(arguments, 1, arguments.n)))
    end)
    helper.wait_for(function() return result end, 5, method)
    return table.unpack(result, 1, result.n)
  end

  local function get()
    local url = shares:describe(share).link
    local port, path = url:match(":(%d+)(/.*)$")
    return client.get({ port = tonumber(port) }, path .. "/f/1/film.bin").status
  end

  it("counts, is told, and outlives a restart", function()
    local ends = os.time() + 1000
    assert.is_true(choose("set_expires", ends))
    assert.is_true(choose("set_expires", ends)) -- changes nothing
    assert.is_true(choose("set_up_limit", 500000))
    assert.is_true(choose("set_paused", true))
    assert.is_true(choose("set_listed", true))
    assert.equal(4, share.revision)
    local last = told[#told]
    assert.equal("share-updated", last.fact)
    assert.same({ 4, "paused", 500000, ends }, {
      last.share.revision, last.share.state, last.share.limits.up, last.share.expires,
    })
    stop()
    start()
    ready()
    assert.same({ 4, true, 500000, ends, true }, {
      share.revision, share.is_paused, share.up_limit, share.expires, shares:is_listed(share),
    })
    assert.is_false(share.is_seeding)
    assert.is_true(choose("set_expires", nil))
    assert.is_nil(shares:describe(share).expires)
    assert.same({ nil, "up_limit: must be a whole number of bytes a second, from 1 to 2147483647", "invalid" },
      { choose("set_up_limit", 0) })
    assert.equal(5, share.revision)
  end)

  it("whether lists name it holds over what config.lua says of its folder", function()
    assert.is_false(shares:is_listed(share))
    assert.is_nil(shares:describe(share).listed)
    share.root.options.listed = true
    assert.is_true(shares:is_listed(share))
    assert.is_true(shares:describe(share).listed)
    assert.is_true(choose("set_listed", false))
    assert.is_false(shares:is_listed(share))
    assert.is_true(choose("set_listed", nil))
    assert.is_true(shares:is_listed(share))
    stop()
    helper.write(folder .. "/config.lua",
      ('map_ports = false\nsandbox = false\nshare { "%s/share", listed = true }\n'):format(folder))
    start()
    ready()
    assert.is_true(shares:is_listed(share))
  end)

  it("to pause it takes it out of the swarm and off its page, until it goes on", function()
    assert.equal(200, get())
    assert.is_true(share.is_seeding)
    choose("set_paused", true)
    assert.is_false(share.is_seeding)
    assert.equal(503, get())
    choose("set_paused", false)
    assert.equal("ready", shares:describe(share).state)
    helper.wait_for(function() return share.is_seeding end, 5, "its return")
    assert.equal(200, get())
  end)

  it("is not touched while all shares are held back, and holds when they are let go", function()
    local first, second = shares:hold(), shares:hold()
    helper.wait_for(function() return not share.is_seeding end, 5, "its leave")
    assert.same({ "paused", 503, 0 }, { shares:describe(share).state, get(), share.revision })
    first()
    first()
    assert.is_false(share.is_seeding)
    assert.equal(503, get())
    second()
    helper.wait_for(function() return share.is_seeding end, 5, "its return")
    assert.equal(200, get())
    choose("set_paused", true)
    shares:hold()()
    assert.same({ false, 503 }, { share.is_seeding, get() })
    local hold = shares:hold()
    choose("set_paused", false)
    assert.same({ false, 503 }, { share.is_seeding, get() })
    hold()
    helper.wait_for(function() return share.is_seeding end, 5, "its return")
  end)

  it("of its exposure makes another torrent where that is needed, of the hashes that there are", function()
    local first = share.info_hash
    local from = #told + 1
    assert.is_true(choose("set_exposure", "private"))
    assert.is_nil(shares:describe(share).magnet)
    assert.equal(0, ready(from).bytes) -- nothing was read
    assert.are_not.equal(first, share.info_hash)
    assert.equal("private", shares:describe(share).exposure)
    from = #told + 1
    assert.is_true(choose("set_exposure", "http"))
    assert.is_false(share.is_seeding)
    ready(from)
    assert.is_nil(share.info_hash)
    assert.equal(200, get())
    from = #told + 1
    assert.is_true(choose("set_exposure", "link"))
    ready(from)
    assert.equal(first, share.info_hash)
    assert.is_true(share.is_seeding)
    assert.same({ nil, "exposure: must be link, private, public or http", "invalid" },
      { choose("set_exposure", "all") })
  end)

  it("of its format gives another torrent of the same files under the same link, and outlives a restart", function()
    local first, link = share.info_hash, shares:describe(share).link
    local from = #told + 1
    assert.is_true(choose("set_format", "v2"))
    assert.is_true(choose("set_format", "v2")) -- changes nothing
    ready(from)
    assert.are_not.equal(first, share.info_hash)
    assert.is_truthy(shares:describe(share).magnet:find("urn:btmh:", 1, true))
    assert.same({ link, true, 200 }, { shares:describe(share).link, share.is_seeding, get() })
    local second = share.info_hash
    stop()
    start()
    assert.equal(0, ready().bytes)
    assert.same({ second, 1 }, { share.info_hash, share.revision })
    from = #told + 1
    assert.is_true(choose("set_format", nil))
    ready(from)
    assert.equal(first, share.info_hash)
  end)

  it("of the format gives a folder that grew the order that the format wants", function()
    local function write(name, path)
      helper.write(folder .. "/" .. name, name:rep(20000))
      uv.fs_utime(folder .. "/" .. name, os.time() - 3600, os.time() - 3600)
      assert(uv.fs_rename(folder .. "/" .. name, path))
    end
    local function ready_with(files, format)
      helper.wait_for(function()
        share = shares:find("album")[1]
        if share and share.state == "failed" then error(share.reason) end
        if not share or share.files ~= files or share.state ~= "ready" or not share.is_seeding then return false end
        local version = instance.services.store:query("SELECT format FROM versions WHERE share = ?", share.id)[1]
        return version.format == format
      end, 60, "the album as " .. format)
    end
    uv.fs_mkdir(folder .. "/new", 448)
    write("m", folder .. "/new/m")
    assert(uv.fs_rename(folder .. "/new", folder .. "/share/album"))
    ready_with(1, "v1")
    write("a", folder .. "/share/album/a") -- comes after "m" in a v1 torrent, to keep its pieces
    ready_with(2, "v1")
    for _, format in ipairs { "v2", "hybrid", "v1" } do
      assert.is_true(choose("set_format", format))
      ready_with(2, format)
    end
  end)

  it("of web seeds holds over what config.lua says, in what is handed out", function()
    local torrent_file, magnet = torrents.file, function() return shares:describe(share).magnet end
    local function offered()
      local bytes = torrent_file(instance.services, share, instance.services.reach)
      return bytes:find("8:url-list", 1, true) ~= nil, magnet():find("&ws=", 1, true) ~= nil
    end
    assert.same({ true, false }, { offered() })
    assert.is_true(choose("set_web_seed", "on"))
    assert.same({ true, true }, { offered() })
    assert.is_true(choose("set_web_seed", "off"))
    assert.same({ false, false }, { offered() })
    stop()
    start()
    ready()
    assert.same({ false, false }, { offered() })
    assert.is_true(choose("set_web_seed", nil))
    assert.same({ true, false }, { offered() })
  end)

  it("of trackers is kept for when it is public, and takes addresses of the internet alone", function()
    local wanted = { "udp://tracker.example:1337/announce", "https://other.example/announce?key=1" }
    assert.is_true(choose("set_trackers", { wanted[1], wanted[2], wanted[1] }))
    assert.is_true(choose("set_trackers", wanted)) -- changes nothing
    assert.equal(1, share.revision)
    assert.is_nil(shares:describe(share).magnet:find("tracker.example", 1, true)) -- only its link is known
    stop()
    start()
    ready()
    assert.same(wanted, share.trackers)
    share.exposure = "public" -- in words alone: nobody is told
    assert.is_truthy(shares:describe(share).magnet:find("tracker.example", 1, true))
    share.exposure = "link"
    for _, url in ipairs {
      "ftp://tracker.example/announce", "javascript:alert(1)", "http://127.0.0.1/announce", "http://127.1/announce",
      "udp://192.168.1.1:80", "http://[::1]/announce", "http://[::ffff:127.0.0.1]/announce", "http://0x7f000001/",
      "http://2130706433/announce", "http://localhost:8701/announce", "http://a.localhost./", "http://169.254.1.1/",
      "http://user@tracker.example/announce", "http://[fd00::1]/announce", "http://0177.0.0.1/", "http://x/\1y",
    } do
      local done, message, code = choose("set_trackers", { url })
      assert.same({ nil, "invalid" }, { done, code }, url)
      assert.is_truthy(message:find("^trackers: "), message)
    end
    assert.is_true(choose("set_trackers", { "http://[2001:db8::1]:80/announce", "udp://198.51.100.4:1337" }))
    assert.is_true(choose("set_trackers", {}))
    assert.is_nil(share.trackers)
  end)

  it("of its upload limit holds for its torrent and its transfers together", function()
    local from = #told + 1
    helper.write(folder .. "/share/film.bin", assert(uv.random(8000000, 0)))
    ready(from)
    choose("set_up_limit", 600000)
    local here = debug.getinfo(1, "S").source:match("^@(.*)/")
    local described, received = shares:describe(share), 0
    process.start({
      "/usr/bin/python3", here .. "/../clients/recipient.py", described.magnet, folder, "--port", "0", "--stay",
      "--trackers", "off",
    }, { home = folder, on_line = function(line)
      for _, peer in ipairs((json.decode(line) or {}).peers or {}) do received = math.max(received, peer.received) end
    end })
    process.start({ "curl", "-s", "-o", folder .. "/out", described.link .. "/f/1/film.bin" }, { home = folder })
    local function wait(seconds)
      local enough = uv.hrtime() + seconds * 1e9
      helper.wait_for(function() return uv.hrtime() > enough end, seconds + 5)
    end
    local function size() return (uv.fs_stat(folder .. "/out") or { size = 0 }).size end
    helper.wait_for(function() return received > 0 and size() > 0 end, 15, "the first bytes")
    wait(2)
    local is_kept, swarm, http
    for _ = 1, 4 do -- the machine may hold one of them up
      local began, by_swarm, by_http = uv.hrtime(), received, size()
      wait(4)
      local seconds = (uv.hrtime() - began) / 1e9
      swarm, http = (received - by_swarm) / seconds, (size() - by_http) / seconds
      print(("# %.0f kB/s by BitTorrent, %.0f by HTTP"):format(swarm / 1e3, http / 1e3))
      is_kept = math.abs(swarm + http - 600000) < 0.2 * 600000 and swarm > 100000 and http > 100000
      if is_kept then break end
    end
    process.stop_all()
    assert.is_true(is_kept, ("%.0f and %.0f bytes a second"):format(swarm, http))
  end)

  it("of its exposure stays over config.lua and a restart", function()
    local from = #told + 1
    choose("set_exposure", "private")
    ready(from)
    local hash = share.info_hash
    stop()
    start()
    ready()
    assert.same({ "private", hash }, { share.exposure, share.info_hash })
    assert.is_true(share.has_own_exposure)
  end)

  it("is nothing to nobody once its folder is not shared any more, also while plugins are asked", function()
    local services = instance.services
    local token, opened = shares:describe(share).link:match("/s/([^/]+)"), nil
    local function open()
      opened = nil
      task.spawn(function()
        opened = table.pack(services.entrance:open(token, "file", { address = "127.0.0.1" }))
      end)
      helper.wait_for(function() return opened end, 5, "the answer")
      return opened[1], opened[2], opened[3]
    end
    local found, _, pass = open()
    assert.equal(share, found)
    assert.is_true(services.entrance:is_valid(share, pass))
    instance.events:on("share-open", function() services.library:remove_root(share.root) end)
    local _, trouble = open()
    assert.equal("missing", trouble)
    assert.is_false(services.entrance:is_valid(share, pass)) -- what is being sent by it is cut
  end)

  it("steps in where another had its torrent until now", function()
    local hash = share.info_hash
    seeding.leave(shares, share)
    shares.heirs[hash] = { [share] = true }
    helper.wait_for(function() return share.is_seeding end, 10, "its way in")
    assert.is_nil(shares.heirs[hash])
  end)

  it("loses none of those for all of BTshare that are made at once", function()
    local jobs = {}
    for _, limits in ipairs { { ["limits.up"] = 700000 }, { ["limits.down"] = 800000 } } do
      jobs[#jobs + 1] = task.spawn(instance.change_settings, instance, limits)
    end
    for _, job in ipairs(jobs) do
      helper.wait_for(function() return job:has_ended() end, 5, "a change of settings")
      assert.is_true((select(2, job:wait())))
    end
    local limits = instance.services.config.limits
    assert.same({ 700000, 800000 }, { limits.up, limits.down })
  end)
end)
