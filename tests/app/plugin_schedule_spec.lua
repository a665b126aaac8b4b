-- The schedule in a running btshare: what it sets holds beside the owner's own, and leaves nothing behind.
local client = require "http_client"
local helper = require "helper"
local json = require "dkjson"
local site_module = require "site"
local uv = require "luv"

local size = 800000

describe("the plugin schedule", function()
  local site

  local function start(config)
    site = site_module.start(function(share) helper.write(share .. "/film.bin", ("x"):rep(size)) end, config)
    site:wait("share-ready", "film.bin")
  end

  after_each(function()
    site.daemon:stop()
    site.place:close()
  end)

  local function configure(text)
    helper.write(site.daemon.options.home .. "/config.lua", "map_ports = false\n" .. text)
    site.daemon:command { "reload" }
  end

  -- Seconds that a download takes.
  local function fetch()
    local began = uv.hrtime()
    local answer = client.get(site.public, site:page("film.bin") .. "/f/1/film.bin")
    assert.equal(size, #answer.body)
    return (uv.hrtime() - began) / 1e9
  end

  local function share() return json.decode(site.daemon:command { "list", "--json" })[1] end
  local function status() return client.get(site.public, site:page("film.bin") .. "/f/1/film.bin").status end

  it("limits what goes out as long as it is loaded", function()
    start 'plugin "schedule" { { up = "200k" } }\n'
    local slow = fetch()
    assert.is_true(slow > size / 200000 * 0.7, slow .. " s")
    configure ""
    helper.wait_for(function() return fetch() < 2.5 end, 10, "a quick one") -- the machine may hold up one or two
  end)

  it("never makes a limit of the owner's looser, nor forgets it", function()
    start 'limits { up = "200k" }\nplugin "schedule" { { up = "50M" } }\n'
    local seconds = fetch()
    assert.is_true(seconds > size / 200000 * 0.7, seconds .. " s")
    configure 'limits { up = "200k" }\n'
    seconds = fetch()
    assert.is_true(seconds > size / 200000 * 0.7, seconds .. " s")
  end)

  it("holds all back while it pauses, and lets go when it is unloaded", function()
    start 'plugin "schedule" { { pause = true } }\n'
    assert.equal(503, status())
    assert.equal("paused", share().state)
    helper.write(site.share .. "/late.bin", "late")
    site:wait("share-ready", "late.bin")
    assert.equal(503, client.get(site.public, site:page("late.bin") .. "/f/1/late.bin").status)
    configure ""
    assert.equal(200, status())
    assert.equal("ready", share().state)
    assert.equal(200, client.get(site.public, site:page("late.bin") .. "/f/1/late.bin").status)
    configure 'plugin "schedule" { { pause = true } }\n'
    assert.equal(503, status())
  end)

  it("leaves no share paused when it is killed, and resumes none that the owner has paused", function()
    start 'plugin "schedule" { { pause = true } }\n'
    site.daemon.process:kill "sigkill"
    site.daemon.process:wait(5)
    site.daemon = site.place:start { config = "" }
    site.public.port = site.place:port()
    site:wait("share-ready", "film.bin")
    assert.equal("ready", share().state)
    local control = { path = site.place.state .. "/control.sock" }
    local curl = require("support.process").run({ "curl", "-s", "-X", "PATCH", "--unix-socket", control.path,
      "-H", "Content-Type: application/json", "-d", '{"paused":true}',
      "http://localhost/api/v1/shares/" .. share().id }, {})
    assert.equal("paused", json.decode(curl).state)
    configure 'plugin "schedule" { { pause = true } }\n'
    configure ""
    assert.equal("paused", share().state)
  end)
end)
