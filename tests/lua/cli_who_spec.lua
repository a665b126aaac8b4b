-- `btshare who NAME`: in words, as JSON, in French, and for names that a terminal would obey.
local cli_helper = require "cli_helper"
local helper = require "helper"
local json = require "core.json"
local uv = require "luv"
local view = require "btshare.recipients.view"

describe("btshare who", function()
  local home, server, recipients

  local function run(...)
    return cli_helper.run(home, { "who", ... })
  end

  local function recipient(more)
    local one = {
      id = "r", link = "a1", way = "torrent", address = "192.0.2.7", where = "internet", up_rate = 0, sent = 0,
      since = 1700000000, last = 1700000000, state = "active",
    }
    for name, value in pairs(more) do one[name] = value end
    return one
  end

  before_each(function()
    home = helper.folder()
    for _, folder in ipairs { "/.local", "/.local/state", "/.local/state/btshare" } do
      assert(uv.fs_mkdir(home .. folder, 448))
    end
    recipients = {}
    local share = { id = "a1", name = "film.mkv" }
    server = cli_helper.serve(home .. "/.local/state/btshare/control.sock", function(connection, request)
      if request.target == "/api/v1/shares/a1/recipients" then
        cli_helper.reply(connection, 200, { recipients = json.array(recipients), complete = 0, copies_elsewhere = 0 })
      else
        local found = request.target == "/api/v1/shares?name=film.mkv" and { share } or {}
        cli_helper.reply(connection, 200, { shares = json.array(found), total = #found })
      end
    end)
  end)

  after_each(function()
    server.close()
    helper.remove(home)
  end)

  it("shows each recipient in a line: who, with what, how far, how much, and now", function()
    recipients = {
      recipient { name = "Marie", client = "qBittorrent/4.5.2", progress = 0.437, sent = 1400000, up_rate = 2000000,
        left_seconds = 90 },
      recipient { address = "10.0.0.2", way = "direct", state = "done", sent = 12, finished = 1700000000,
        progress = 1 },
      recipient { address = "10.0.0.3", state = "gone" },
    }
    local code, out, err = run "film.mkv"
    assert.equal(0, code)
    assert.equal("", err)
    local lines = {}
    for line in out:gmatch("[^\n]+") do lines[#lines + 1] = line end
    assert.equal(3, #lines)
    assert.equal("● Marie (192.0.2.7)  qBittorrent/4.5.2   43%  1.4 MB  2.0 MB/s, 1 min 30 s left", lines[1])
    assert.matches("^● 10%.0%.0%.2           direct download    100%%    12 B  has it all since 2023%-11%-1", lines[2])
    assert.matches("^● 10%.0%.0%.3           torrent app                 0 B  left 2023%-11%-1", lines[3])
  end)

  it("is told that who has it all has 100 %, whatever was seen of it last", function()
    local record = { share = { id = "a1", size = 100 }, total = { version = 1 } }
    local function told(more)
      local one = { id = "r", way = "torrent", address = "192.0.2.7", up_rate = 0, sent = 98, progress = 0.98 }
      for name, value in pairs(more) do one[name] = value end
      local shown = view.recipient(record, one)
      return { shown.state, shown.progress }
    end
    assert.same({ "done", 1 }, told { finished = 1700000000, version = 1 })
    assert.same({ "gone", 0.98 }, told {})
    assert.same({ "active", 0.98 }, told { is_active = true })
  end)

  it("obeys no name and no program that came from outside", function()
    recipients = { recipient { name = "M\27[31m", client = "x\nbtshare: \u{202E}" } }
    local _, out = run "film.mkv"
    assert.is_nil(out:find("\27", 1, true))
    assert.is_truthy(out:find("M\\x1B[31m (192.0.2.7)  x\\x0Abtshare: \\u{202E}", 1, true), out)
    assert.equal(1, select(2, out:gsub("\n", "")))
  end)

  it("says when nobody has come, and prints an empty array for programs", function()
    local code, out, err = run "film.mkv"
    assert.same({ 0, "", "film.mkv: nobody has fetched it yet.\n" }, { code, out, err })
    code, out, err = run("film.mkv", "--json")
    assert.same({ 0, "[]\n", "" }, { code, out, err })
  end)

  it("gives programs what the API says", function()
    recipients = { recipient { name = "Marie", progress = 0.5 } }
    assert.same(recipients, json.decode((select(2, run("film.mkv", "--json")))))
  end)

  it("ends with 3 for a share that is not there", function()
    local code, out, err = run "none"
    assert.equal(3, code)
    assert.equal("", out)
    assert.matches("^btshare: none: no such share", err)
  end)
end)
