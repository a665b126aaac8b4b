-- Links of a share, made, used up, expired and revoked while the program runs.
local bencode = require "bencode_reader"
local client = require "http_client"
local control = require "btshare.http.client"
local helper = require "helper"
local json = require "core.json"
local places = require "download_place"
local process = require "support.process"
local uv = require "luv"

local token = "(" .. ("[%w_-]"):rep(27) .. ")"

describe("named links", function()
  local place, daemon, share

  -- Bytes a second, also after a restart.
  local function set_limit(rate)
    local answer = assert(control.fetch(daemon.options.state .. "/control.sock", "PATCH", "/api/v1/settings",
      { ["Content-Type"] = "application/json" }, json.encode { ["limits.up"] = rate }))
    assert.equal(200, answer.status, answer.body)
  end

  before_each(function()
    place = places.open "web_seed = true\n"
    place:noise("film.bin", 8000000, 1)
    daemon = place:start()
    share = daemon:ready "film.bin"
    set_limit(600000)
  end)

  after_each(function()
    daemon:stop()
    assert.is_nil(daemon.process.errors:find("traceback"))
    place:close()
  end)

  local function link(...) return (daemon:command { "link", "film.bin", ... }:gsub("%s+$", "")) end
  local path_of = require("place").path_of
  local function get(path, more) return client.get({ port = place.port }, path, more) end

  local function seconds_until(condition, limit, what)
    local began = uv.hrtime()
    helper.wait_for(condition, limit, what)
    return (uv.hrtime() - began) / 1e9
  end

  local function files_in(folder)
    local count = 0
    for _ in uv.fs_scandir_next, uv.fs_scandir(folder) do count = count + 1 end
    return count
  end

  local function download(url)
    return process.start({
      "curl", "-sf", "--max-time", "30", "-o", place:out(tostring(math.random(1e9))),
      url .. "/f/1/film.bin",
    }, { home = place.folder })
  end

  local function escape(hex) return (hex:gsub("%x%x", "%%%0")) end

  local function announce(name, port, event)
    return get(("/announce/%s?info_hash=%s&peer_id=-XX0001-1234567%05d&port=%d&left=0&event=%s"):format(
      name, escape(share.info_hash), port, port, event))
  end

  local function tokens_of(url)
    local magnet = get(path_of(url), "Accept: application/json\r\n").body:match('"magnet":"([^"]*)"')
    local torrent = get(path_of(url) .. "/torrent").body
    local announces = torrent:match("/announce/" .. token)
    local seeds = torrent:match("/w/" .. token)
    assert.equal(announces, magnet:match("announce%%2[Ff]" .. token))
    assert.equal(seeds, magnet:match("%%2[Ff]w%%2[Ff]" .. token))
    return announces, seeds
  end

  it("have tokens of their own everywhere, and tell who came by them", function()
    local marie = link("--to", "Marie")
    assert.are_not.equal(share.link, marie)
    assert.equal(200, get(path_of(marie)).status)
    local announces, seeds = tokens_of(marie)
    local own_announces, own_seeds = tokens_of(share.link)
    assert.are_not.equal(own_announces, announces)
    assert.are_not.equal(own_seeds, seeds)
    local magnet = link("--to", "Paul", "--magnet")
    assert.is_truthy(magnet:find "^magnet:")
    for _, other in ipairs { announces, own_announces } do assert.is_nil(magnet:find(other, 1, true)) end
    announce(announces, 20001, "started")
    announce(announces, 20001, "completed")
    assert.equal("Marie", daemon:wait("recipient-announced").link)
    local finished = daemon:wait("recipient-finished")
    assert.same({ "Marie", "Marie" }, { finished.who, finished.link })
    local listed = link "--list"
    assert.matches("default +live +0 downloads", listed)
    assert.matches("Marie +live +1 download +used", listed)
    assert.equal(1, daemon:try({ "link", "film.bin", "--to", "Marie" }).code)
    assert.equal(2, daemon:try({ "link", "film.bin", "--for", "2h" }).code)
  end)

  it("die alone when they are revoked, with what is sent through them", function()
    local marie, paul = link("--to", "Marie"), link("--to", "Paul")
    local announces, seeds = tokens_of(marie)
    announce(announces, 20002, "started")
    local hers, his = download(marie), download(paul)
    helper.wait_for(function() return files_in(place.folder .. "/out") == 2 end, 5, "the first bytes")
    local seed_path = "/w/" .. seeds .. "/film.bin"
    assert.equal(206, get(seed_path, "Range: bytes=0-10\r\n").status)
    local cut = seconds_until(function()
      link("--revoke", "Marie")
      return true
    end, 5, "the command") + seconds_until(function() return hers.code end, 5, "her end")
    local unknown = get("/s/" .. ("A"):rep(27))
    local page = get(path_of(marie))
    print(("# a transfer was cut %.3f s after the command to revoke its link began"):format(cut))
    assert.are_not.equal(0, hers.code)
    assert.equal(404, page.status)
    assert.equal(unknown.body, page.body)
    assert.equal((unknown.head:gsub("Date: [^\r]+", "")), (page.head:gsub("Date: [^\r]+", "")))
    assert.equal(404, get(seed_path).status)
    assert.equal(404, get("/announce/" .. announces).status)
    assert.equal(200, get(path_of(paul)).status)
    assert.equal(200, get(path_of(share.link)).status)
    local own = tokens_of(share.link)
    local peers = bencode.decode(announce(own, 20003, "started").body).peers
    assert.equal(6, #peers) -- ourselves only
    set_limit(json.null)
    his:wait(40)
    assert.equal(0, his.code)
    assert.matches("Marie +revoked", link "--list")
    assert.equal(3, daemon:try({ "link", "film.bin", "--revoke", "Marie" }).code)
    assert.are_not.equal(marie, link("--to", "Marie")) -- the name is free again
  end)

  local function wait(seconds)
    local enough = uv.hrtime() + seconds * 1e9
    helper.wait_for(function() return uv.hrtime() > enough end, seconds + 5)
  end

  local function wait_for_silence(recipient)
    helper.wait_for(function() return uv.hrtime() - recipient.at > 4e9 end, 15, "the last byte")
  end

  it("end for torrent clients that came by them, and for no others", function()
    local marie = place:recipient(link("--to", "Marie", "--magnet"), "marie")
    local paul = place:recipient(link("--to", "Paul", "--magnet"), "paul")
    helper.wait_for(function() return marie.received > 100000 and paul.received > 100000 end, 30, "the first bytes")
    link("--revoke", "Marie")
    local began = uv.hrtime()
    wait_for_silence(marie)
    local last = marie.received
    print(("# she got the last bytes %.2f s after her link was revoked"):format((marie.at - began) / 1e9))
    assert.is_true(marie.at - began < 10e9, "she got something for long") -- a second or two on a machine at rest
    assert.is_true(last < 8000000, "she had it all before")
    set_limit(json.null)
    helper.wait_for(function() return paul.has_finished end, 30, "his end")
    assert.is_true(paul.at > marie.at)
    assert.is_true(helper.read(place:out "paul/film.bin") == helper.read(place.share .. "/film.bin"))
  end)

  it("do not let a torrent client in again after a restart, but do when it comes by another link", function()
    local marie = place:recipient(link("--to", "Marie", "--magnet"), "marie")
    marie.process:wait_for(function() return marie.received > 100000 end, 30, "the first bytes")
    wait(6) -- guests are stored every five seconds
    link("--revoke", "Marie")
    wait_for_silence(marie)
    daemon:stop()
    wait(2) -- she says what she still had of it
    local last = marie.received
    assert.is_true(last < 8000000, "she had it all before")
    daemon = place:start()
    daemon:ready "film.bin"
    local function call()
      marie.process:write(("connect 127.0.0.1 %d\n"):format(daemon:find("started").port))
    end
    for _ = 1, 3 do
      call()
      wait(1)
    end
    assert.equal(last, marie.received)
    local tracker = link("--to", "Marie", "--magnet"):match("tr=([^&]+)")
    marie.process:write("announce " .. tracker .. "\n")
    helper.wait_for(function() return marie.received > last end, 10, "more bytes")
  end)

  it("end with their time, and what is sent through them", function()
    local marie = link("--to", "Marie", "--for", "6s") -- time enough for a look at it
    local hers = download(marie)
    assert.equal(200, get(path_of(marie)).status)
    seconds_until(function() return hers.code end, 10, "her end")
    assert.are_not.equal(0, hers.code)
    assert.equal(404, get(path_of(marie)).status)
    assert.matches("Marie +expired", link "--list")
  end)

  it("end after so many downloads to the last byte", function()
    local marie = link("--to", "Marie", "--limit", "1")
    local target = path_of(marie) .. "/f/1/film.bin"
    assert.equal(206, get(target, "Range: bytes=0-99\r\n").status)
    assert.equal(200, client.parse(client.exchange({ port = place.port }, "HEAD " .. target ..
      " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), true).status)
    assert.matches("Marie +live +0 of 1 downloads", link "--list")
    set_limit(json.null)
    local hers = download(marie)
    hers:wait(20)
    assert.equal(0, hers.code)
    helper.wait_for(function() return get(path_of(marie)).status == 404 end, 2, "its end")
    assert.equal("Marie", daemon:wait("recipient-finished").link)
    assert.matches("Marie +used up +1 of 1 downloads", link "--list")
  end)

  it("say how many downloads are left, and the page how many people have it all, also after a restart", function()
    local marie = path_of(link("--to", "Marie", "--limit", "3"))
    local function shown(path, form) return get(path, "Accept: " .. form .. "\r\n").body end
    assert.is_nil(shown(path_of(share.link), "text/html"):find("has it all", 1, true))
    assert.is_truthy(shown(marie, "text/html"):find("3 downloads left with this link", 1, true))
    local left = "2 downloads left with this link"
    set_limit(json.null)
    download("http://127.0.0.1:" .. place.port .. marie):wait(20)
    helper.wait_for(function() return shown(marie, "text/html"):find(left, 1, true) end, 5, left)
    assert.is_truthy(shown(marie, "text/plain"):find("\n" .. left .. "\n", 1, true))
    assert.is_truthy(shown(marie, "application/json"):find('"downloads_left":2', 1, true))
    daemon:stop()
    daemon = place:start()
    daemon:ready "film.bin"
    local own = path_of(share.link)
    assert.is_truthy(shown(own, "text/html"):find('<p class="until">1 person has it all</p>', 1, true))
    assert.is_truthy(shown(own .. "?lang=fr", "text/html"):find("1 personne l’a en entier", 1, true))
    assert.is_truthy(shown(own, "application/json"):find('"complete":1', 1, true))
    assert.is_truthy(shown(marie, "text/html"):find(left, 1, true))
    assert.is_nil(shown(own, "text/html"):find("left with this link", 1, true))
  end)

  it("leave the share a new default link when that is revoked, also after a restart", function()
    local fresh = link("--revoke", "default"):match("http://%S+")
    assert.are_not.equal(share.link, fresh)
    assert.equal(404, get(path_of(share.link)).status)
    assert.equal(200, get(path_of(fresh)).status)
    assert.equal(fresh, link())
    daemon:stop()
    daemon = place:start()
    daemon:ready "film.bin"
    assert.equal(path_of(fresh), path_of(link()))
    assert.equal(200, get(path_of(fresh)).status)
    assert.equal(404, get(path_of(share.link)).status)
  end)
end)
