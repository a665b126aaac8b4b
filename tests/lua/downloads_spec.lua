-- The parts of downloads that need no engine: sources, numbers, places, room, and what is said.
local numbers = require "btshare.cli.numbers"
local place = require "btshare.downloads.place"
local source = require "btshare.downloads.source"
local space = require "btshare.downloads.space"
local state = require "btshare.downloads.state"
local view = require "btshare.cli.get_view"

local hash = ("0123456789abcdef"):rep(3):sub(1, 40)

describe("the source of a download", function()
  it("is a magnet, by either hash and either way to write it", function()
    local found = assert(source.parse(" magnet:?xt=urn:btih:" .. hash:upper() .. "&dn=A+b%20c&tr=http%3A%2F%2Fx%2F "))
    assert.same({ "magnet", hash, "A b c", true }, { found.kind, found.info_hash, found.name, found.is_findable })
    found = assert(source.parse("magnet:?xt=urn:btih:AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQT"))
    assert.equal("000102030405060708090a0b0c0d0e0f10111213", found.info_hash)
    assert.is_false(found.is_findable)
    found = assert(source.parse("magnet:?xt=urn:btmh:1220" .. hash .. ("a"):rep(24) .. "&x.pe=127.0.0.1:1"))
    assert.equal(hash, found.info_hash)
    assert.is_true(found.is_findable)
    found = assert(source.parse("magnet:?xt.1=urn:btmh:1220" .. ("b"):rep(64) .. "&xt.2=urn:btih:" .. hash))
    assert.equal(hash, found.info_hash)
  end)

  it("is a link, and nothing else", function()
    assert.equal("link", source.parse("HTTP://host:1/s/token").kind)
    for _, wrong in ipairs { "", "x", "ftp://x/", "file:///etc/passwd", "http://x", "http://x/a b", "magnet:?dn=x",
      "magnet:?xt=urn:btih:12", "magnet:?xt=urn:btih:" .. ("g"):rep(40), "http://x/" .. ("a"):rep(20000),
      "http://:motus@x/s/token", "https://marie:motus@x/s/token" } do
      local found, message, code = source.parse(wrong)
      assert.is_nil(found, wrong)
      assert.is_string(message)
      assert.equal("invalid", code)
    end
  end)

  it("of which no name is known is called by its host and what it ends with", function()
    for link, wanted in pairs {
      ["http://192.168.1.20:8702/s/Xk3v"] = "192.168.1.20/…/Xk3v",
      ["https://paul:secret@nas.example/s/films/%C3%89t%C3%A9%202024/?x=/y#/z"] = "nas.example/…/Été 2024",
      ["http://[::1]:8702/Film.mkv"] = "[::1]/Film.mkv", ["http://nas.example//"] = "nas.example",
      ["http://nas.example/a%2Fb%0A"] = "nas.example/a%2Fb%0A", ["http://nas.example/%FF"] = "nas.example/%FF",
    } do
      assert.equal(wanted, source.name { kind = "link", uri = link, is_findable = true })
    end
  end)
end)

describe("numbers of files", function()
  it("are written as people do", function()
    assert.same({ 1, 3, 4, 5 }, numbers.parse("1,3-5"))
    assert.same({ 2 }, numbers.parse(" 2 "))
    for _, wrong in ipairs { "", "x", "0", "5-3", "1,,2", "1-2-3", "99999999999999999999", "1-50001" } do
      assert.is_nil((numbers.parse(wrong)), wrong)
    end
  end)
end)

describe("the place of downloads", function()
  it("is apart from what is shared", function()
    local roots = { { path = "/srv/share" }, { path = "/srv/mixed", only = "film" } }
    for _, wrong in ipairs { "/srv/share", "/srv/share/in", "/srv", "/", "/srv/mixed/film", "/srv/mixed/film/in" } do
      local possible, message, code = place.check_apart(wrong, roots)
      assert.is_nil(possible, wrong)
      assert.matches("never writes", message)
      assert.equal("denied", code)
    end
    for _, right in ipairs { "/srv/shared", "/srv/mixed", "/srv/mixed/other", "/home" } do
      assert.is_true(place.check_apart(right, roots), right)
    end
  end)
end)

describe("room on the disk", function()
  local function status(free) return { bavail = free, bsize = 1, blocks = 1000000 } end

  it("is needed for all that is missing, and a little more before it goes on", function()
    local download = { row = { wanted = 200000, done = 100000 } }
    assert.is_true((space.has_room(download, status(120000)))) -- 2 % of the disk stay free
    assert.is_false((space.has_room(download, status(119999))))
    download.is_full = true
    assert.is_false((space.has_room(download, status(124999))))
    assert.is_true((space.has_room(download, status(125000))))
  end)
end)

describe("what is said of a download", function()
  local function download(more)
    local made = { id = "d", name = "Album", source = { kind = "magnet" }, is_started = true, has_metadata = true,
      moved_at = 0, created = 1, revision = 0, folder = "/d",
      row = { state = "downloading", wanted = 100, done = 25, down_rate = 10, up_rate = 0, peers = 2, seeds = 1,
        known_peers = 2 } }
    for name, value in pairs(more) do made[name] = value end
    return made
  end

  it("is its state, and why it does not move", function()
    local described = state.describe(download {}, 1000)
    assert.same({ "downloading", 0.25, 8, 2 },
      { described.state, described.progress, described.left_seconds, described.people })
    assert.is_nil(described.reason)
    described = state.describe(download {}, 60000)
    assert.same({ "stalled", "downloads.waiting" }, { described.state, described.reason.key })
    local nobody = { state = "downloading", wanted = 100, done = 0, down_rate = 0, up_rate = 0, peers = 0, seeds = 0,
      known_peers = 0 }
    described = state.describe(download { row = nobody }, 180000)
    assert.equal("Nobody who has the files is known yet. Trying for 3 min.", described.reason.text)
    local failure = { code = "missing", message = "the link leads nowhere (any more)" }
    described = state.describe(download { failure = failure }, 1)
    assert.equal("le lien ne mène nulle part, ou plus", described.reason.said.fr)
    for wanted, more in pairs {
      fetching = { has_metadata = false }, choosing = { is_started = false }, paused = { is_paused = true },
      ["no-space"] = { is_full = true }, failed = { failure = { code = "exists", message = "x" } },
      sharing = { finished = 5, is_seeding = true }, finished = { finished = 5 },
    } do
      assert.equal(wanted, state.describe(download(more), 1000).state)
    end
  end)

  it("has the whole address of a link", function()
    local link = "http://nas.example:8702/s/Xk3v"
    assert.equal(link, state.describe(download { source = { kind = "link", uri = link } }, 1000).address)
    assert.is_nil(state.describe(download { source = { kind = "magnet", uri = "magnet:?x" } }, 1000).address)
  end)

  it("fits into a line of the terminal", function()
    local described = state.describe(download { name = ("Ä\27"):rep(60) }, 1000)
    for columns = 1, 200 do
      local line = view.line(described, columns)
      assert.is_nil(line:find("\27", 1, true))
    end
    assert.matches("25%%  10 B/s  8 s left  from 2 people", view.line(described, 80))
  end)
end)
