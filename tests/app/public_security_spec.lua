-- What strangers may try against the public listener: guesses, floods, ranges and cookies.
local client = require "http_client"
local crypto = require "core.crypto"
local helper = require "helper"
local place = require "place"
local process = require "support.process"
local uv = require "luv"

local flood_program = debug.getinfo(1, "S").source:match("^@(.*)/app/") .. "/support/flood.py"

-- Says all that a request of the public carries, and all that is told of one who comes in by a link.
local nosy_plugin = [[
local plugin = ...
local function say(value, name)
  if type(value) ~= "table" then
    plugin:log("info", "%s = %s", name, tostring(value))
    return
  end
  for key, item in pairs(value) do say(item, name .. "." .. tostring(key)) end
end
plugin:route("GET /nosy", function(request)
  say(request, "request")
  return { status = 200, body = request.headers.cookie or "none" }
end)
plugin:on("share-open", function(event) say(event, "open") end)
]]

local function text_of(size)
  local parts = {}
  for index = 1, size // 8 + 1 do parts[index] = ("%07d\n"):format(index) end
  return table.concat(parts):sub(1, size)
end

describe("the public listener", function()
  local here, daemon, public, film, album
  local film_text = text_of(20011)

  setup(function()
    here = place.open()
    uv.fs_mkdir(here.share .. "/album", 493)
    here:put("film.txt", film_text)
    here:put("album/a.txt", "of the album\n")
    here:put("album/b.txt", text_of(5000))
    daemon = here:spawn { config = "web_seed = true\n" }
    public = { port = tonumber(daemon:wait("started").public:match(":(%d+)/")) }
    film, album = daemon:ready "film.txt", daemon:ready "album"
  end)

  teardown(function()
    local clean, message = pcall(daemon.stop, daemon)
    here:close()
    assert(clean, message)
  end)

  local function path_of(share) return share.link:match("/s/.*$") end
  local function get(target, more) return client.get(public, target, more) end

  local function line(target, more)
    return ("GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n"):format(target, more or "")
  end

  local function bare(response)
    return (response.head:gsub("\nDate: [^\n]*", "")) .. "\n" .. response.body
  end

  local function seed_of(share)
    return (share.magnet:match("ws=([^&]+)"):gsub("%%(%x%x)", function(digits)
      return string.char(tonumber(digits, 16))
    end):match("^http://[^/]+(/w/[^/]+/)"))
  end

  local function link(...)
    return (daemon:command { "link", "film.txt", ... }:match("/s/[%w_-]+"))
  end

  describe("says of a link that is not, or no longer, one", function()
    local ended

    setup(function()
      ended = { unknown = "/s/" .. ("A"):rep(27) }
      ended.revoked = link("--to", "Revoked")
      daemon:command { "link", "film.txt", "--revoke", "Revoked" }
      ended.exhausted = link("--to", "Exhausted", "--limit", "1")
      assert.equal(200, get(ended.exhausted .. "/f/1/film.txt").status)
      ended.expired = link("--to", "Expired", "--for", "1s")
      helper.wait_for(function()
        return get(ended.expired).status == 404 and get(ended.exhausted).status == 404
      end, 10, "their end")
    end)

    it("the same, byte for byte", function()
      for _, below in ipairs { "", "/torrent", "/qr.svg", "/zip", "/tar", "/f/1/film.txt", "?lang=fr" } do
        for _, form in ipairs { "text/html", "*/*", "application/json", "application/x-bittorrent" } do
          local unknown = get(ended.unknown .. below, "Accept: " .. form .. "\r\n")
          assert.equal(404, unknown.status)
          for kind, path in pairs(ended) do
            local answer = get(path .. below, "Accept: " .. form .. "\r\n")
            assert.equal(bare(unknown), bare(answer), kind .. below .. " as " .. form)
          end
        end
      end
    end)

    it("takes as long to say, whichever it is: within 5 ms over 1,000 requests each", function()
      local times, connections = {}, {}
      for kind in pairs(ended) do
        times[kind], connections[kind] = {}, client.connect(public)
      end
      for turn = 1, 1000 do
        for kind, path in pairs(ended) do
          local begun = uv.hrtime()
          assert.equal(404, connections[kind]:send(line(path)):response().status)
          times[kind][turn] = (uv.hrtime() - begun) / 1e6
        end
      end
      local fastest, slowest = math.huge, 0
      for kind, list in pairs(times) do
        connections[kind]:close()
        table.sort(list)
        fastest, slowest = math.min(fastest, list[500]), math.max(slowest, list[500])
      end
      print(("# medians from %.3f to %.3f ms"):format(fastest, slowest))
      assert.is_true(slowest - fastest < 5)
    end)
  end)

  it("gives no byte for 100,000 guesses", function()
    local first = client.connect(public):send(line("/s/" .. ("A"):rep(27), "Accept: */*\r\n"))
    local response = first:response()
    first:close()
    assert.equal(404, response.status)
    local unknown = response.head .. "\r\n" .. response.body
    local undated = unknown:gsub("\nDate: [^\n]*", "")
    local seed = seed_of(album)
    local makers = {
      function() return "/s/" .. crypto.base64url(crypto.random(20)) end,
      function() return "/s/" .. crypto.base64url(crypto.random(20)) .. "/f/1/film.txt" end,
      function() return "/s/" .. crypto.base64url(crypto.random(20)) .. "/zip" end,
      function() return "/w/" .. crypto.base64url(crypto.random(20)) .. "/film.txt" end,
      function() return path_of(album) .. "/f/" .. math.random(3, 1 << 40) end, -- it has two files
      function() return seed .. "film.txt" end,
      function() return seed .. "album/" .. crypto.base64url(crypto.random(6)) end,
      function() return "/w/" .. path_of(album):match("[^/]+$") .. "/album/a.txt" end,
    }
    local begun, batch, connections = uv.hrtime(), 25, {}
    for index = 1, 20 do connections[index] = client.connect(public) end
    for _ = 1, 100000 // (batch * #connections) do
      for _, connection in ipairs(connections) do
        local requests = {}
        for index = 1, batch do requests[index] = line(makers[index % #makers + 1](), "Accept: */*\r\n") end
        connection.count, connection.chunks = 0, {}
        connection:send(table.concat(requests))
      end
      for _, connection in ipairs(connections) do
        helper.wait_for(function() return connection.count >= batch * #unknown end, 20, "the responses")
        assert.is_true(connection:received():gsub("\nDate: [^\n]*", "") == undated:rep(batch))
      end
    end
    for _, connection in ipairs(connections) do connection:close() end
    local seconds = (uv.hrtime() - begun) / 1e9
    print(("# %.0f guesses a second"):format(100000 / seconds))
    assert.equal(200, get(path_of(album)).status)
  end)

  -- Slices of `whole` that a Range header may ask for, wild ones among them.
  local function wild_ranges()
    local huge = { "18446744073709551615", "18446744073709551616", "9223372036854775807", "9223372036854775808",
      ("9"):rep(400) }
    local list = {
      "bytes=0-0" .. (",0-0"):rep(400), "bytes=" .. ("0-,"):rep(400), "bytes=" .. ("-1,"):rep(300) .. "0-0",
      "bytes=9-5", "bytes=5-1,0-0", "bytes=--5", "bytes=-0", "bytes=-", "bytes=", "bytes", "bytes 0-1", "items=0-1",
      "bytes=0x0-0x5", "bytes=1e3-", "bytes=+1-5", "bytes=-1--1", "bytes=0-4, 6-9 ,\t11-12", "bytes=0-1,bytes=2-3",
      "bytes=0-9999,1-9998,2-9997,3-9996,4-9995", "bytes=4-,3-,2-,1-,0-", "bytes=0-,-5000,100-,200-300",
      "bytes=0-1,3-4,6-7,9-10,12-13,15-16,18-19,21-22", "bytes=0-1,3-4,6-7,9-10,12-13,15-16,18-19,21-22,24-25",
      "none", "bytes=*", "bytes=0-\"", "bytes=0-1;2-3", "bytes=\u{661}-\u{662}",
    }
    for _, number in ipairs(huge) do
      for _, form in ipairs { "%s-", "-%s", "0-%s", "%s-%s", "5-%s,%s-6", "0-0,-%s" } do
        list[#list + 1] = "bytes=" .. form:gsub("%%s", number)
      end
    end
    math.randomseed(1)
    for _ = 1, 150 do
      local parts = {}
      for index = 1, math.random(1, 12) do
        local first = math.random(0, 25000)
        parts[index] = ("%s-%s"):format(math.random(6) > 1 and first or "", math.random(6) > 1
          and first + math.random(-3, 4000) or "")
      end
      list[#list + 1] = "bytes=" .. table.concat(parts, ",")
    end
    return list
  end

  -- That a multipart body holds at most 8 slices of `whole`, in order and apart.
  local function check_parts(whole, response, header)
    local boundary = response.headers["content-type"]:match("^multipart/byteranges; boundary=(%x+)$")
    local at, count, last = 1, 0, -2
    while true do
      local first, stop, start = response.body:match(
        "^\r\n%-%-" .. boundary .. "\r\n[^\n]+\r\nContent%-Range: bytes (%d+)%-(%d+)/" .. #whole .. "\r\n\r\n()", at)
      if not first then break end
      first, stop = math.tointeger(tonumber(first)), math.tointeger(tonumber(stop))
      assert.is_true(first > last + 1 and stop >= first and stop < #whole, header)
      assert.is_true(response.body:sub(start, start + stop - first) == whole:sub(first + 1, stop + 1), header)
      at, count, last = start + stop - first + 1, count + 1, stop
    end
    assert.is_true(count >= 2 and count <= 8, header)
    assert.equal("\r\n--" .. boundary .. "--\r\n", response.body:sub(at), header)
  end

  it("never gives more than the file, the ZIP or the TAR, whatever ranges are asked for", function()
    local counts = {}
    for _, target in ipairs {
      path_of(film) .. "/f/1/film.txt", path_of(album) .. "/zip", path_of(album) .. "/tar", seed_of(film) .. "film.txt",
    } do
      local whole = get(target).body
      local connection = client.connect(public)
      for _, header in ipairs(wild_ranges()) do
        local response = connection:send(line(target, "Range: " .. header .. "\r\n")):response()
        counts[response.status] = (counts[response.status] or 0) + 1
        if response.status == 200 then
          assert.is_true(response.body == whole, header)
        elseif response.status == 416 then
          assert.equal("bytes */" .. #whole, response.headers["content-range"], header)
          assert.equal("", response.body)
        else
          assert.equal(206, response.status, header)
          local first, last = (response.headers["content-range"] or ""):match("^bytes (%d+)%-(%d+)/" .. #whole .. "$")
          if first then
            assert.is_true(response.body == whole:sub(first + 1, last + 1), header)
          else
            check_parts(whole, response, header)
          end
        end
        if (response.headers.connection or ""):lower() == "close" then
          connection:close()
          connection = client.connect(public)
        end
      end
      connection:close()
    end
    assert.is_true(counts[200] > 100 and counts[206] > 100 and counts[416] > 10)
  end)

  for _, kind in ipairs { "idle", "slow" } do
    it(("still answers while 1,000 %s connections are open, and ends those within 12 s"):format(kind), function()
      local said = {}
      local flood = process.start({ "python3", flood_program, tostring(public.port), "1000", kind }, {
        on_line = function(text) said[text:match("^%a+")] = text:match("%S+$") end,
      })
      flood:wait_for(function() return said.ready end, 10, "the connections")
      assert.equal("1000", said.ready)
      local times = {}
      for turn = 1, 300 do
        local begun = uv.hrtime()
        assert.equal(200, get(path_of(film)).status)
        times[turn] = (uv.hrtime() - begun) / 1e6
      end
      table.sort(times)
      assert.is_nil(flood.code)
      flood:wait_for(function() return said.closed end, 15, "their end")
      print(("# %s: a page takes %.1f ms, at the 99th percentile %.1f; the last was closed after %s s"):format(
        kind, times[150], times[297], said.closed))
      assert.is_true(times[297] <= 1000)
      assert.is_true(tonumber(said.closed) <= 12)
    end)
  end
end)

describe("a cookie that is not the public side's own", function()
  local here, daemon

  setup(function()
    here = place.open()
    for _, path in ipairs { "/config", "/config/btshare", "/config/btshare/plugins" } do
      uv.fs_mkdir(here.home .. path, 448)
    end
    helper.write(here.home .. "/config/btshare/plugins/nosy.lua", nosy_plugin)
    here:put("film.txt", "film\n")
    daemon = here:spawn { config = 'plugin "nosy"\n' }
  end)

  teardown(function() here:close() end)

  it("is seen by no handler, plugin or log", function()
    local public = { port = tonumber(daemon:wait("started").public:match(":(%d+)/")) }
    local film = daemon:ready("film.txt").link:match("/s/.*$")
    local function get(target, more) return client.get(public, target, more) end
    local secret = "btshare_8701=" .. crypto.hex(crypto.random(16))
    local cookies = "Cookie: " .. secret .. "; btshare_grant_x=own; __Host-btshare_8701=" .. secret .. "\r\n"
    for _, form in ipairs { "text/html", "application/json" } do
      for _, target in ipairs {
        "/", film, film .. "/f/1/film.txt", film .. "/tar", film .. "/torrent", "/s/unknown", "/nosy", "/announce/x",
      } do
        local answer = get(target, cookies .. "Accept: " .. form .. "\r\n")
        assert.is_nil((answer.head .. answer.body):find(secret, 1, true), target)
      end
    end
    assert.equal("btshare_grant_x=own", get("/nosy", cookies).body)
    assert.equal("none", get("/nosy", "Cookie: " .. secret .. "\r\n").body)
    assert.is_truthy(daemon.process.output:find("request.headers.cookie = btshare_grant_x=own", 1, true))
    assert.is_truthy(daemon.process.output:find("open.address = 127.0.0.1", 1, true))
    assert.is_nil(daemon.process.output:find(secret, 1, true))
  end)
end)
