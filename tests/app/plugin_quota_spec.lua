-- The plugin "quota" in the real program: what counts, what closes, and that a restart forgets nothing.
local client = require "http_client"
local helper = require "helper"
local places = require "download_place"
local support = require "support.btshare"

describe("the plugin quota", function()
  local place, daemon, film, other

  local function start(options)
    daemon = place:start()
    film, other = daemon:ready "film.bin", daemon:ready "other.bin"
    return options
  end

  local function open(options)
    place = places.open(('plugin "quota" { %s }\n'):format(options))
    place:noise("film.bin", 200000, 1)
    place:noise("other.bin", 100000, 2)
    start()
  end

  after_each(function()
    daemon:stop()
    assert.is_nil(daemon.process.errors:find("traceback"))
    place:close()
  end)

  local function path_of(share) return (share.link or share):match("/s/.*$") end
  local function get(path, more, from) return client.get({ port = place.port, from = from }, path, more) end
  local function fetch(share, more, from) return get(path_of(share) .. "/f/1/x", more, from) end
  local function status(share) return get(path_of(share)).status end

  local function wait_for_status(wanted, share)
    helper.wait_for(function() return status(share) == wanted end, 8, "status " .. wanted)
  end

  local function stays_open(share)
    local looks = 0
    helper.wait_for(function()
      assert.equal(200, status(share))
      looks = looks + 1
      return looks > 20
    end, 10)
  end

  it("closes a share after so many downloads; previews, ranges and what was cut burn none", function()
    open 'share = { downloads = 2 }'
    for _ = 1, 20 do fetch(film, "Range: bytes=0-99\r\n") end
    get(path_of(film))
    get(path_of(film) .. "/torrent")
    client.exchange({ port = place.port }, ("HEAD %s/f/1/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
      :format(path_of(film)))
    stays_open(film)
    assert.equal(200, fetch(film).status)
    stays_open(film)
    assert.equal(200, fetch(film).status) -- the same person again
    wait_for_status(404, film)
    assert.equal(200, status(other))
    local unknown = "/s/" .. ("A"):rep(27)
    for _, accept in ipairs { "text/html", "application/json", "text/plain" } do -- it never was (S17)
      local headers = ("Accept: %s\r\nAccept-Language: fr\r\n"):format(accept)
      assert.equal(get(unknown, headers).body, get(path_of(film), headers).body)
    end
    daemon:stop()
    start()
    wait_for_status(404, film)
  end)

  it("closes a share after so many bytes, as many as went out", function()
    open 'share = { bytes = "250k" }'
    for _ = 1, 10 do fetch(film, "Range: bytes=0-9999\r\n") end -- 100 kB
    stays_open(film)
    assert.equal(200, fetch(film).status)
    wait_for_status(404, film)
    assert.equal(200, status(other))
  end)

  it("closes one link, and no other to the same share", function()
    open 'link = { downloads = 1, bytes = "1G" }'
    local function link(name)
      return (daemon:command { "link", "film.bin", "--to", name }:match("/s/[%w_-]+"))
    end
    local marie, paul = link "Marie", link "Paul"
    assert.equal(200, get(marie .. "/f/1/x").status)
    wait_for_status(404, marie)
    stays_open(paul)
    assert.equal(200, status(film))
  end)

  it("closes everything for the rest of the day, says when to come back, and remembers that after a restart", function()
    open 'day = { bytes = "250k" }'
    assert.equal(200, fetch(film).status)
    stays_open(other)
    assert.equal(200, fetch(other).status)
    wait_for_status(503, film)
    local closed = get(path_of(other), "Accept: text/html\r\n")
    assert.equal(503, closed.status)
    assert.is_truthy(closed.headers["retry-after"])
    assert.is_truthy(closed.body:find("Try again tomorrow.", 1, true))
    daemon:stop()
    start()
    wait_for_status(503, film)
    local shown = support.run({ "--state", place.folder .. "/state", "quota" }, { home = place.folder .. "/home" })
    assert.matches("today: 2 downloads, 300 kB", shown.output)
    assert.matches("film.bin: 1 download, 200 kB", shown.output)
  end)
end)
