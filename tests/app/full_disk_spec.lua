-- A full disk under the state: what is shared stays shared, what cannot be stored says so, room heals it.
local client = require "http_client"
local helper = require "helper"
local net = require "support.net"
local place_module = require "place"
local process = require "support.process"
local btshare = require "support.btshare"
local skip = require "support.skip"

if not net.possible() then
  return skip.tests("a full disk", "needs root to mount a small one")
end

describe("with a full disk under its state", function()
  local place

  before_each(function()
    place = place_module.open()
    place:put("early.txt", "early")
  end)

  after_each(function() place:close() end)

  -- Runs btshare where its state is a disk of its own of `size`, seen by nobody else.
  local function with_disk(size, prepare)
    local mount = [[mkdir -p "$0" && mount -t tmpfs -o size=%s tmpfs "$0" && %s exec "$@"]]
    local script = mount:format(size, prepare or "")
    return { through = { "unshare", "--mount", "sh", "-c", script, place.state } }
  end

  local function inside(daemon, command)
    local of = "/proc/" .. daemon.process.pid
    local words = { "nsenter", "--mount=" .. of .. "/ns/mnt", "--root=" .. of .. "/root", "--", table.unpack(command) }
    local child = process.start(words, { home = place.home })
    child:wait(15)
    return child
  end

  local function fill(daemon)
    inside(daemon, { "sh", "-c", 'cat /dev/zero > "$0/ballast"', place.state })
  end

  local function ask(daemon, command, name)
    return inside(daemon, { btshare.program, command, "--state", place.state, name })
  end

  it("says so at the start", function()
    local ended = place:refused(with_disk("64k", [[(cat /dev/zero > "$0/ballast" 2>/dev/null; true) &&]]))
    assert.equal(1, ended.code, ended.output)
    assert.is_truthy(ended.errors:find("^btshare: [^\n]+ full[^\n]*\n$"), ended.errors)
    assert.equal("early", helper.read(place.share .. "/early.txt"))
  end)

  it("goes on with what it has, says what it cannot do, and recovers", function()
    local daemon = place:start(with_disk("2m"))
    local early = daemon:ready("early.txt")
    fill(daemon)
    local mark = daemon:mark()
    place:put("late.txt", "late")
    local notice = daemon:wait("notice", function(event) return event.level == "error" end, { from = mark })
    assert.is_truthy(notice.message:find("full", 1, true), notice.message)
    assert.is_nil(daemon:find("share-ready", nil, mark))
    assert.is_nil(daemon:find("share-created", nil, mark))

    local path = early.magnet:match("announce%%2F([%w_-]+)")
    local port = tonumber(early.link:match(":(%d+)/"))
    assert.equal(200, client.get({ port = port }, "/announce/" .. path .. "?port=1").status)
    assert.equal(0, ask(daemon, "list").code)

    local stopped = ask(daemon, "stop", "early.txt")
    assert.equal(1, stopped.code, stopped.output)
    assert.is_truthy(stopped.errors:find("full", 1, true), stopped.errors)
    assert.is_truthy(stopped.errors:find("^btshare: [^\n]+\n$"), stopped.errors)

    inside(daemon, { "rm", place.state .. "/ballast" })
    daemon:ready("late.txt", { from = mark, seconds = 10 })
    assert.equal(1, daemon:count("notice", function(event) return event.level == "error" end))
    daemon:wait("notice", function(event) return event.level == "info" end)
    assert.equal(0, ask(daemon, "stop", "late.txt").code)
    daemon:stop()
    assert.equal("", daemon:complaints())
  end)

  it("keeps the hashes of an edited file until there is room", function()
    local daemon = place:start(with_disk("2m"))
    local before = daemon:ready("early.txt")
    fill(daemon)
    place:put("early.txt", "edited")
    daemon:wait("share-changed")
    daemon:wait("notice", function(event) return event.level == "error" end)
    inside(daemon, { "rm", place.state .. "/ballast" })
    local after = daemon:renewed(before, 10)
    assert.equal(before.id, after.id)
    fill(daemon)
    daemon:stop() -- where there is no room for a copy of the database either
    assert.matches("^[^\n]*: no room for a copy of the state database\n$", daemon:complaints())
  end)
end)
