-- The plugin "expiry" in the real program: each of the ways in which a share can end by itself.
local client = require "http_client"
local helper = require "helper"
local places = require "download_place"
local process = require "support.process"
local uv = require "luv"

local recipient_program = debug.getinfo(1, "S").source:match("^@(.*)/app/") .. "/clients/recipient.py"

describe("the plugin expiry", function()
  local place, daemon

  local function start(options)
    place = places.open(('plugin "expiry" { %s }\n'):format(options))
    place:noise("film.bin", 300000, 1)
    place:noise("other.bin", 1000, 2)
    daemon = place:start()
    return daemon:ready "film.bin", daemon:ready "other.bin"
  end

  after_each(function()
    daemon:stop()
    assert.is_nil(daemon.process.errors:find("traceback"))
    place:close()
  end)

  local function status(share) return client.get({ port = place.port }, share.link:match("/s/.*$")).status end
  local function fetch(share, from)
    return client.get({ port = place.port, from = from }, share.link:match("/s/.*$") .. "/f/1/x").status
  end

  local function wait_for_end(share, seconds, from)
    daemon:wait("share-expired", function(event) return event.share.id == share.id end,
      { seconds = seconds, from = from })
    assert.equal(404, status(share))
  end

  it("ends shares after a time, but not one that has its own; added again, they have the whole time", function()
    local film, other = start 'after = "8s"'
    daemon:command { "add", "--for", "1h", place.share .. "/other.bin" }
    wait_for_end(film, 15)
    assert.equal(200, status(other))
    assert.is_truthy(uv.fs_stat(place.share .. "/film.bin")) -- the file stays
    local now, mark = os.time(), daemon:mark()
    assert.equal(film.link .. "\n", daemon:command { "add", place.share .. "/film.bin" })
    for _, share in ipairs(daemon:list()) do
      if share.id == film.id then assert.is_true(share.created >= now) end
    end
    -- A share that ends while somebody waits for it: a file that is being written.
    wait_for_end(film, 20, mark)
    assert.equal("its time is over", daemon:find("share-expired").reason)
    assert.equal("", daemon:complaints()) -- told once
    local writer = assert(io.open(place.share .. "/film.bin", "a"))
    local refused = daemon:try { "add", "--for", "1s", place.share .. "/film.bin" }
    writer:close()
    assert.equal(5, refused.code)
    assert.equal("btshare: film.bin: ended before it was shared, since its time is over\n", refused.output)
  end)

  it("ends at a date what was shared before, and nothing that came later", function()
    local film, other = start(('at = "%s"'):format(os.date("%Y-%m-%d %H:%M:%S", os.time() + 8)))
    assert.equal(200, status(film))
    wait_for_end(film, 20)
    wait_for_end(other, 5)
    place:noise("later.bin", 1000, 3)
    local later = daemon:ready "later.bin"
    local enough = uv.hrtime() + 4e9 -- longer than it takes to look
    helper.wait_for(function()
      assert.equal(200, status(later))
      return uv.hrtime() > enough
    end)
  end)

  it("ends a share that enough people have, and no other", function()
    local film, other = start "copies = 2"
    fetch(film)
    fetch(other)
    assert.equal(200, status(film))
    fetch(film, "127.0.0.2")
    wait_for_end(film, 10)
    assert.equal(200, status(other))
  end)

  it("ends a share that nobody has wanted for a while, and not one that is looked at", function()
    local film, other = start 'idle = "6s"'
    helper.wait_for(function()
      assert.equal(200, status(other))
      return daemon:find("share-expired") ~= nil
    end, 20, "the end of the film")
    assert.equal(film.id, daemon:find("share-expired").share.id)
    assert.equal(404, status(film))
    assert.equal(200, status(other))
  end)

  it("ends a share when somebody else has all of it, who was there by torrent", function()
    local film, other = start "elsewhere = true"
    fetch(film)
    fetch(other)
    local client_folder = place:out "marie"
    uv.fs_mkdir(client_folder, 493)
    process.start({
      "/usr/bin/python3", recipient_program, film.magnet, client_folder, "--bind", "127.0.0.1", "--port", "0", "--stay",
    }, { home = place.folder })
    wait_for_end(film, 40)
    assert.equal(200, status(other)) -- fetched by HTTP: nobody passes it on
  end)
end)
