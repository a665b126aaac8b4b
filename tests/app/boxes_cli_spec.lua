-- Drop boxes on the command line.
local box_module = require "box"
local helper = require "helper"
local json = require "dkjson"

describe("drop boxes on the command line", function()
  local here

  before_each(function() here = box_module.start() end)
  after_each(function() here:close() end)

  local function run(...)
    local words = { ... }
    table.move({ "--state", here.console.place.state }, 1, 2, #words + 1, words)
    return here.console.place:run(words)
  end

  it("are made, listed and closed, and what was sent is accepted", function()
    local made = run("drop", "--title", "Party", "--for", "never", "--max-file", "2G", "--max-files", "7",
      "--max-all", "3GiB")
    assert.equal(0, made.code, made.errors)
    local link = made.output:match("^(http%S+)\n$")
    local boxes = json.decode(run("drops", "--json").output)
    local box = boxes[1].title == "Party" and boxes[1] or boxes[2]
    assert.same({ link, 7, 2000000000, 3 << 30, nil },
      { box.link, box.limits.files, box.limits.file_bytes, box.limits.bytes, box.expires })
    here.token, here.id = box.token, box.id
    local _, response = here:send("a.txt", "hello", { sender = "Ann" })
    here:send("b.txt", "more")
    local listed = run("drops").output
    assert.matches(response.headers["x-receipt"] .. "  waiting  5 B  a.txt  from Ann", listed, 1, true)
    local accepted = run("accept", response.headers["x-receipt"]:lower())
    assert.equal(here.inbox .. "/a.txt\n", accepted.output, accepted.errors)
    assert.equal("hello", helper.read(here.inbox .. "/a.txt"))
    assert.equal(here.inbox .. "/b.txt\n", run("accept", box.id).output)
    assert.equal(3, run("accept", "nothing").code)
    here:create("coming.bin", 10)
    local _, sent = here:send("waits.txt", "no more")
    assert.equal("Stopped: coming.bin\n", run("drop", "--delete", here:uploads()[2].id).errors)
    assert.equal("Deleted: waits.txt\n", run("drop", "--delete", sent.headers["x-receipt"]).errors)
    assert.same({ "a.txt", "b.txt" }, here:files())
    assert.equal(3, run("drop", "--delete", box.id).code)
    assert.equal(0, run("drop", "--close", box.id).code)
    assert.equal(404, here:create("c.txt", 1).status)
    assert.equal("--max-all: much", run("drop", "--max-all", "much").errors:match("%-%-max%-all: %w+"))
    assert.equal(2, run("drop", "--max-file", "much").code)
    assert.equal(2, run("drop", "--for", "long").code)
  end)
end)
