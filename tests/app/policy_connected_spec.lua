-- Who is connected when a share closes loses access within five seconds: torrent clients, and transfers under way.
local client = require "http_client"
local helper = require "helper"
local json = require "dkjson"
local places = require "download_place"
local process = require "support.process"
local support = require "support.btshare"
local uv = require "luv"

local size, rate = 24000000, 900000 -- bytes; a second, for all together

describe("somebody who is connected", function()
  local place, daemon, share

  local function start(config)
    place = places.open(('limits { up = "%dk" }\nweb_seed = true\n'):format(rate // 1000) .. config)
    place:noise("film.bin", size, 1)
    daemon = place:start()
    share = daemon:ready "film.bin"
  end

  after_each(function()
    daemon:stop()
    assert.is_nil(daemon.process.errors:find("traceback"))
    place:close()
  end)

  local function command(...)
    local ended = support.run({ "--state", place.folder .. "/state", ... }, { home = place.folder .. "/home" })
    assert.equal(0, ended.code, ended.errors)
    return ended.output
  end

  -- A transfer under way: `received`, and `at` when that grew last.
  local function start_transfer(name, password)
    local transfer = { path = place:out(name), received = 0, at = uv.hrtime() }
    transfer.process = process.start({
      "curl", "-sf", "--max-time", "60", "-u", ":" .. (password or ""), "-o", transfer.path,
      share.link .. "/f/1/film.bin",
    }, { home = place.folder })
    function transfer.look()
      local status = uv.fs_stat(transfer.path)
      if status and status.size > transfer.received then transfer.received, transfer.at = status.size, uv.hrtime() end
      return transfer.received
    end
    return transfer
  end

  local function wait(seconds, look)
    local enough = uv.hrtime() + seconds * 1e9
    helper.wait_for(function()
      if look then look() end
      return uv.hrtime() > enough
    end, seconds + 5)
  end

  -- That both end within five seconds of `began`, and that neither has it all.
  local function assert_ended(began, transfer, recipient)
    wait(8, transfer.look)
    local by_http, by_torrent = (transfer.at - began) / 1e9, (recipient.at - began) / 1e9
    print(("# last bytes after %.2f s by HTTP, %.2f s by torrent"):format(by_http, by_torrent))
    assert.is_true(by_http < 5, "the transfer goes on")
    assert.is_true(by_torrent < 5, "the torrent client still gets something")
    assert.is_truthy(transfer.process.code, "curl still waits")
    assert.are_not.equal(0, transfer.process.code)
    assert.is_true(transfer.received < size and recipient.received < size)
  end

  local function magnet_with(password)
    local asked = process.start { "curl", "-sf", "-u", ":" .. password, "-H", "Accept: application/json", share.link }
    asked:wait(10)
    return assert(json.decode(asked.output).magnet)
  end

  local function flowing(transfer, recipient)
    helper.wait_for(function()
      return transfer.look() > 100000 and recipient.received > 100000
    end, 30, "the first bytes")
  end

  it("by a password that is changed loses access, and lets in nobody who never had one", function()
    start 'plugin "password" { for_all = "open sesame" }\n'
    -- Without our tracker, straight to where the magnet says that we are.
    local stranger = place:recipient(share.magnet:gsub("&tr=[^&]*", ""), "stranger", "127.0.0.3")
    local transfer = start_transfer("curl", "open sesame")
    local recipient = place:recipient(magnet_with "open sesame", "marie")
    flowing(transfer, recipient)
    command("password", "film.bin", "another one")
    assert_ended(uv.hrtime(), transfer, recipient)
    assert.equal(0, stranger.received)
    local before = recipient.received
    recipient.process:write("announce " .. (share.magnet:match("tr=([^&]*)")) .. "\n")
    wait(2)
    assert.equal(before, recipient.received, "it came in again")
  end)

  it("loses access when the share's time is over", function()
    start 'plugin "expiry"\n'
    -- One that our tracker has never heard of.
    local recipient = place:recipient(share.magnet:gsub("&tr=[^&]*", ""), "stranger", "127.0.0.3")
    local transfer = start_transfer "curl"
    flowing(transfer, recipient)
    command("add", "--for", "1s", place.share .. "/film.bin")
    assert_ended(uv.hrtime() + 1e9, transfer, recipient)
  end)

  it("loses access when its sender's quota is used up", function()
    start 'plugin "quota" { share = { bytes = "4M" } }\n'
    local transfer = start_transfer "curl"
    local recipient = place:recipient(share.magnet:gsub("&tr=[^&]*", ""), "stranger", "127.0.0.3")
    flowing(transfer, recipient)
    helper.wait_for(function() return transfer.process.code end, 40, "the end")
    wait(4)
    local sent = transfer.look() + recipient.received
    print(("# %.1f MB went out of 4 MB"):format(sent / 1e6))
    assert.is_true(sent > 3500000 and sent < 4000000 + 5 * rate)
    assert.equal(404, client.get({ port = place.port }, share.link:match("/s/.*$"), "Accept: text/html\r\n").status)
  end)
end)
