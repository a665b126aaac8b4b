-- The plugin archive: what ended, listed and shared again, by the command line and the console's API.
local client = require "http_client"
local console = require "console"
local helper = require "helper"

describe("the archive", function()
  local place
  before_each(function()
    place = console.start { config = 'plugin "archive" { again = "2d" }\n' }
  end)
  after_each(function()
    place.daemon:stop()
    place.place:close()
  end)

  local function status_of(link)
    return client.get({ port = place.public }, link:match("^http://[^/]+(/.*)$")).status
  end

  local function try(...) return place.place:run { "--state", place.place.state, ... } end

  local function command(...)
    local ended = try(...)
    assert.equal(0, ended.code, ended.output .. ended.errors)
    return ended.output
  end

  it("lists what was removed and shares it again by the same link", function()
    local link = place.daemon:ready("film.txt").link
    assert.equal("nothing has ended\n", command("archive"))
    command("stop", "film.txt")
    assert.equal(404, status_of(link))
    assert.matches("^%d%d%d%d%-%d%d%-%d%d %d%d:%d%d  removed  /.*/film%.txt\n$", command("archive", "list"))
    local mark = place.daemon:mark()
    assert.equal("film.txt: is shared again\n" .. link .. "\n", command("archive", "revive", "film.txt"))
    place.daemon:ready("film.txt", { from = mark })
    assert.equal(200, status_of(link))
    assert.equal("nothing has ended\n", command("archive"))
  end)

  it("is there after a restart, and gives what expired a new end", function()
    place.daemon:ready("film.txt")
    local path = place.place:put("short.txt", "short")
    command("add", "--for", "1s", path)
    place.daemon:wait("share-expired")
    helper.wait_for(function() return command("archive"):find("expired", 1, true) end, 5, "the entry")
    place:restart()
    assert.matches("expired  /.*/short%.txt\n$", command("archive"))
    assert.matches("^short.txt: is shared again, until %d%d%d%d%-", command("archive", "revive", "short.txt"))
    local expires
    for _, share in ipairs(place.daemon:list()) do
      if share.name == "short.txt" then expires = share.expires end
    end
    assert.is_true(math.abs(expires - os.time() - 2 * 86400) < 60)
  end)

  it("says what is wrong", function()
    place.daemon:ready("film.txt")
    local none = try("archive", "revive", "nothing")
    assert.equal(3, none.code)
    assert.matches("nothing: is not in the archive", none.output .. none.errors)
    local misused = try("archive", "burn")
    assert.is_true(misused.code ~= 0)
    assert.matches("archive: list, or revive NAME", misused.output .. misused.errors)
    command("stop", "film.txt")
    assert.matches("the time ", try("archive", "revive", "film.txt", "soon").errors)
    os.remove(place.place.share .. "/film.txt")
    local gone = try("archive", "revive", "film.txt")
    assert.equal(3, gone.code)
    assert.matches("btshare add shares ", gone.output .. gone.errors)
  end)

  it("has panels in the console, whose action and form share again", function()
    place.daemon:ready "film.txt"
    local token = place:token("panels", "--scope", "read,admin")
    local function api(method, path, body)
      return place:ask(method, "/api/v1" .. path, { Authorization = "Bearer " .. token }, body)
    end
    assert.same({}, api("GET", "/plugins/archive/panels/archive").json.rows)
    assert.is_true(api("GET", "/plugins/archive/panels/share-again").json.hidden)
    command("stop", "film.txt")
    local table_panel = api("GET", "/plugins/archive/panels/archive").json
    assert.same({ "film.txt", "removed" }, { table_panel.rows[1][1], table_panel.rows[1][2] })
    assert.equal("retiré", api("GET", "/plugins/archive/panels/archive?language=fr").json.rows[1][2])
    assert.same({ true }, { table_panel.actions[1].each })
    local form = api("GET", "/plugins/archive/panels/share-again").json
    assert.same({ "film.txt" }, form.fields[1].choices)
    assert.equal("Share again", form.button)
    local refused = api("POST", "/plugins/archive/panels/share-again",
      { values = { name = "film.txt", period = "x" } })
    assert.equal(400, refused.status)
    local done = api("POST", "/plugins/archive/panels/share-again",
      { values = { name = "film.txt", period = "" } })
    assert.equal(200, done.status, done.body)
    assert.equal("film.txt: is shared again", done.json.message)
    command("stop", "film.txt")
    local again = "/plugins/archive/panels/archive/actions/again?language=fr&row=" .. table_panel.keys[1]
    done = api("POST", again)
    assert.equal("film.txt\u{A0}: de nouveau partagé", done.json.message)
    done = api("POST", again)
    assert.equal(404, done.status)
  end)
end)
