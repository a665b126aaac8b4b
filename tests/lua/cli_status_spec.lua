local status = require "btshare.cli.status"

describe("the status", function()
  local function answer(more)
    local full = {
      version = "0.1.0", libtorrent = "2.0.8.0", pid = 4242, uptime = 3725, console = "http://127.0.0.1:8701/",
      public = "http://192.0.2.1:8702/", port = 6203, addresses = { "192.0.2.1", "2001:db8::1" },
      reachability = { addresses = {}, lan = { sentence = "yes" }, internet = { sentence = "no, the router refuses" } },
      shares = { ready = 4, failed = 1, preparing = 1200 },
      roots = {
        { path = "/home/ann/Public", exposure = "link", skipped = 0, watched = true },
        { path = "/films", exposure = "public", skipped = 1, watched = false, lost = true },
        { path = "/home/ann", only = "one.iso", exposure = "link", skipped = 0, watched = true },
      },
      traffic = { up_rate = 2500000, down_rate = 0, uploaded = 1400000000, downloaded = 0, peers = 3 },
      uploaded = 1400000000, memory = 21900000, sandbox = "Landlock, ABI 4",
      plugins = {
        { name = "expiry", state = "running", strikes = 0, path = "/x", memory = 21400 },
        { name = "mine", state = "set aside", strikes = 10, path = "/y", reason = "mine.lua:3: no" },
        { name = "other", state = "running", strikes = 1, path = "/z", memory = 1900000,
          held = { count = 2, longest = 1.3219, place = "other.lua:8 in 'find'" } },
      },
      directories = { state = "/home/ann/.local/state/btshare", cache = "/home/ann/.cache/btshare" },
    }
    for name, value in pairs(more or {}) do full[name] = value end
    return full
  end

  it("is a line for each thing that a person may want to know", function()
    assert.equal([[
running            1 h 2 min, BTshare 0.1.0, process 4242
console            http://127.0.0.1:8701/
public             http://192.0.2.1:8702/
BitTorrent         port 6203, libtorrent 2.0.8.0
addresses          192.0.2.1
                   2001:db8::1
on your network    yes
from the internet  no, the router refuses
shares             4 ready, 1,200 preparing, 1 failed
folders            /home/ann/Public
                   /films (public, 1 entry left out, looked at once a minute, not there now)
                   /home/ann/one.iso
sent               1.4 GB by BitTorrent, now 2.5 MB/s to 3 recipients
plugins            expiry (21.4 kB)
                   mine (set aside: mine.lua:3: no)
                   other (1 error, held everything up for up to 1,321 ms at other.lua:8 in 'find', 1.9 MB)
protection         Landlock, ABI 4
memory             21.9 MB
state              /home/ann/.local/state/btshare
cache              /home/ann/.cache/btshare]], table.concat(status.format(answer(), false), "\n"))
  end)

  it("leaves out what is not known, and what a later version adds", function()
    assert.equal("running  5 s\nshares   none yet", table.concat(status.format({
      uptime = 5, shares = {}, counts = { all = 3 }, number = 17,
    }, false), "\n"))
  end)

  it("is harmless whatever it is about", function()
    local lines = status.format(answer { roots = { { path = "/a\27[31m\n", exposure = "link" } } }, false)
    assert.is_nil(table.concat(lines):find("[\27\n]"))
  end)

  it("is painted where colour is taken, and aligned all the same", function()
    local lines = status.format(answer(), true)
    assert.equal("\27[2mconsole          \27[0m  http://127.0.0.1:8701/", lines[2])
  end)
end)
