-- Policy holds everywhere: each public way in is tried before and after password, expiry and quota close a share.
local bencode = require "bencode_reader"
local client = require "http_client"
local crypto = require "core.crypto"
local helper = require "helper"
local place_module = require "place"
local public_routes = require "public_routes"
local uv = require "luv"

local content = ("of the album, as it is on disk\n"):rep(2000)
local forms = {
  "Accept: text/html\r\n", "Accept: */*\r\n", "Accept: application/json\r\n", "Accept: application/x-bittorrent\r\n",
}
local secrets = { "as it is on disk", "album", "a.txt", "magnet:", "/announce/", "/w/", "d10:created" }
local token = "(" .. ("[%w_-]"):rep(27) .. "[.%w_-]*)"

local function base64(text)
  local padded = crypto.base64url(text):gsub("-", "+"):gsub("_", "/")
  return padded .. ("="):rep(-#padded % 4)
end

describe("a share that is closed", function()
  local place, daemon, share, port

  local function start(config)
    place = place_module.open()
    uv.fs_mkdir(place.share .. "/album", 493)
    place:put("album/a.txt", content)
    place:put("album/b.txt", "another\n")
    place:age(place.share .. "/album")
    daemon = place:start { config = "web_seed = true\n" .. (config or "") }
    share = daemon:ready "album"
    port = place:port()
  end

  after_each(function()
    daemon:stop()
    assert.is_nil(daemon.process.errors:find("traceback"))
    place:close()
  end)

  local function get(target, more) return client.get({ port = port }, target, more) end

  local function command(...)
    local ended = place:run { "--state", place.state, ... }
    assert.equal(0, ended.code, ended.errors)
    return ended.output
  end

  local function unescape(text)
    return (text:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
  end

  -- The tokens that a magnet has: with a grant behind them, if one was given.
  local function tokens_of(magnet)
    magnet = unescape(magnet)
    local announce = assert(magnet:match("/announce/" .. token))
    local page, seed = share.link:match("/s/(.*)$"), assert(magnet:match("/w/" .. token))
    return { s = page, w = seed, announce = announce, scrape = announce }
  end

  local function targets(tokens)
    local hash = share.info_hash:gsub("%x%x", "%%%0")
    return public_routes.targets(public_routes.list(), tokens, {
      entry = "album", path = "a.txt",
      query = ("info_hash=%s&peer_id=-XX0001-123456789012&port=20001&left=7&compact=1"):format(hash),
    })
  end

  local function cookie_name(page)
    return "btshare_grant_" .. crypto.hex(crypto.sha256(page)):sub(1, 12)
  end

  -- What the form gives for the right password.
  local function page_grant()
    local body = "password=open+sesame"
    local answer = client.exchange({ port = port }, ("POST %s/open HTTP/1.1\r\nHost: localhost:%d\r\n" ..
      "Origin: http://localhost:%d\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"):format(
      share.link:match("/s/.*$"), port, port, #body, body))
    assert.matches("^HTTP/1.1 303", answer)
    return assert(answer:match("btshare_grant_%x+=([%w_-]+); Path=/s/[%w_-]+; Max%-Age=43200; HttpOnly; SameSite=Lax"))
  end

  local function is_tracker(target) return target.purpose == "announce" or target.purpose == "scrape" end

  local function assert_open(tokens, more)
    for _, target in ipairs(targets(tokens)) do
      local response = public_routes.ask(port, target, more)
      if is_tracker(target) then
        assert.is_nil(bencode.decode(response.body)["failure reason"], target.pattern)
      elseif target.method == "GET" and not target.pattern:find("/open$") then
        assert.equal(200, response.status, target.pattern)
      end
    end
  end

  -- No byte of the share, no name, no address of tracker or web seed in any form, and the status that is due.
  local function assert_closed(tokens, expected, more)
    local count = 0
    for _, target in ipairs(targets(tokens)) do
      for _, form in ipairs(forms) do
        local response = public_routes.ask(port, target, form .. (more or ""))
        local what = ("%s as %s: %d"):format(target.pattern, form, response.status)
        if is_tracker(target) then
          local said = expected == 404 and {} or bencode.decode(response.body)
          assert.is_true(response.status == 404 or said["failure reason"] ~= nil and said.peers == nil
            and said.files == nil, what)
        elseif target.method == "GET" then
          -- 429: too many wrong passwords, of which this itself may be one.
          assert.is_true(response.status == expected or expected == 401 and response.status == 429, what)
        else
          assert.is_true(response.status >= 400, what)
        end
        for _, secret in ipairs(secrets) do
          assert.is_nil(response.body:find(secret, 1, true), what .. " says " .. secret)
        end
        count = count + 1
      end
    end
    assert.is_true(count >= 4 * 14, "too few ways in were found: " .. count)
  end

  it("by a password opens by none of them, and by all of them to whoever gives it", function()
    start 'plugin "password"\n'
    local before = tokens_of(share.magnet)
    assert_open(before)
    command("password", "album", "open sesame")
    assert_closed(before, 401)
    assert_closed(before, 401, "Authorization: Basic " .. base64 ":open Sesame" .. "\r\n")
    local basic = "Authorization: Basic " .. base64 ":open sesame" .. "\r\n"
    local page = "/s/" .. before.s
    local described = helper.wait_for(function()
      local response = get(page, "Accept: application/json\r\n" .. basic)
      return response.status == 200 and response.body
    end, 30, "the end of the wait that wrong passwords cost")
    local granted = tokens_of(described:match('"magnet":"([^"]*)"'))
    assert.are_not.equal(before.announce, granted.announce)
    assert_open(granted, basic)
    local torrent = get(page .. "/torrent", basic).body
    assert.is_truthy(torrent:find("/announce/" .. granted.announce, 1, true))
    assert.is_truthy(torrent:find("/w/" .. granted.w .. "/", 1, true))
    -- What leads to the swarm does not lead to the page, nor the other way round.
    local grant = granted.announce:match("%.(.*)$")
    assert.equal(404, get(page .. "." .. grant).status)
    assert.equal(401, get(page, "Cookie: " .. cookie_name(before.s) .. "=" .. grant .. "\r\n").status)
    assert.equal(401, get("/w/" .. before.w .. "." .. page_grant() .. "/album/a.txt").status)
    -- Another password, and what the first one opened is closed.
    command("password", "album", "another one")
    assert_closed(granted, 401, basic)
    command("password", "--off", "album")
    assert_open(before)
  end)

  it("when its time has come, is none", function()
    start()
    local before = tokens_of(share.magnet)
    assert_open(before)
    command("add", "--for", "1s", place.share .. "/album")
    daemon:wait("share-expired")
    assert_closed(before, 404)
  end)

  it("because it was fetched often enough, is none", function()
    start 'plugin "quota" { share = { downloads = 12 } }\n'
    local before = tokens_of(share.magnet)
    assert.equal(206, get("/s/" .. before.s .. "/f/1/x", "Range: bytes=0-99\r\n").status)
    assert_open(before) -- each of its ZIPs, TARs and single files to the last byte is one
    helper.wait_for(function()
      client.get({ port = port, from = "127.0.0.2" }, "/s/" .. before.s .. "/zip")
      return get("/s/" .. before.s).status == 404
    end, 10, "the end")
    assert_closed(before, 404)
  end)
end)
