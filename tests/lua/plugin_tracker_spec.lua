-- The tracker's caps and the age of its peers, with a clock that goes on as the test says. What it answers on a real
-- listener: app/tracker_spec.
local bencode = require "app.bencode_reader"
local crypto = require "core.crypto"
local fakes = require "btshare.harness.fake"
local host = require "core.host"
local task = require "btshare.task"
local uv = require "luv"

local minute = 60

describe("the tracker", function()
  -- Runs `test(announce, fake)` with the plugin loaded; `announce(address, port, more)` gives the decoded answer.
  local function run(options, test)
    local failure
    local job = task.spawn_with({ on_error = function(_, message) failure = message end }, function()
      local fake, world = fakes.open(host.data .. "/plugins/tracker.lua")
      local _ <close> = task.on_close(function() world:close() end)
      assert(fake:load(options))
      local share = fake:share()
      local hash = crypto.from_hex(share.info_hash):gsub(".", function(byte) return ("%%%02x"):format(byte:byte()) end)
      test(function(address, port, more)
        local answer = fake:request(("GET /announce/%s?info_hash=%s&port=%d&left=7&numwant=100%s"):format(
          share.link:match("[^/]+$"), hash, port, more or ""), { address = address })
        assert.equal(200, answer.status)
        local decoded = bencode.decode(answer.body)
        assert.is_nil(decoded["failure reason"])
        return decoded
      end, fake)
    end)
    while not job:has_ended() do uv.run "once" end -- no timer: time stands still
    if failure then error(failure, 0) end
  end

  -- One of many addresses of the wide internet.
  local function address(number)
    return ("203.0.%d.%d"):format(number // 200, number % 200 + 1)
  end

  local function names(answer, wanted, port)
    local bytes = string.pack(">BBBB", wanted:match("(%d+)%.(%d+)%.(%d+)%.(%d+)"))
    for at = 1, #answer.peers, 6 do
      if answer.peers:sub(at, at + 5) == bytes .. string.pack(">I2", port) then return true end
    end
    return false
  end

  it("keeps two hundred peers of a share, and no more", function()
    run({}, function(announce)
      for number = 1, 200 do assert.equal(number, announce(address(number), 6881).incomplete) end
      for number = 201, 210 do assert.equal(200, announce(address(number), 6881).incomplete) end
      assert.equal(200, announce(address(7), 6881).incomplete) -- who is known stays welcome
      announce(address(7), 6881, "&event=stopped")
      assert.equal(200, announce(address(211), 6881).incomplete) -- in the room of the one that left
      assert.equal(200, announce(address(212), 6881).incomplete)
    end)
  end)

  it("answers also whom it does not keep", function()
    run({ peers = 2 }, function(announce)
      announce(address(1), 6881)
      announce(address(2), 6881)
      local answer = announce(address(3), 6881)
      assert.is_true(names(answer, address(1), 6881) and names(answer, address(2), 6881))
      assert.is_false(names(announce(address(1), 6881), address(3), 6881))
    end)
  end)

  it("keeps eight peers of one address, however many ports it has", function()
    run({}, function(announce)
      for port = 1, 20 do announce(address(1), 6000 + port) end
      assert.equal(8, announce(address(1), 6001).incomplete)
      assert.equal(9, announce(address(2), 6001).incomplete)
    end)
  end)

  it("forgets who does not announce itself again, and keeps who does", function()
    run({}, function(announce, fake)
      announce(address(1), 6881)
      announce(address(2), 6881)
      for _ = 1, 2 do -- as often as they are told to
        fake:advance(10 * minute)
        assert.equal(10 * minute, announce(address(2), 6881).interval)
      end
      local answer = announce(address(3), 6881) -- an announce may be late
      assert.is_true(names(answer, address(1), 6881))
      fake:advance(10 * minute)
      answer = announce(address(2), 6881)
      assert.is_false(names(answer, address(1), 6881))
      assert.is_true(names(answer, address(3), 6881))
      assert.equal(2, answer.incomplete)
      fake:advance "1h"
      assert.equal(1, announce(address(4), 6881).incomplete)
    end)
  end)

  it("gives the room of who is gone to who comes, at once", function()
    run({ peers = 2, interval = "1m" }, function(announce, fake)
      announce(address(1), 6881)
      announce(address(2), 6881)
      fake:advance "121s" -- long before it looks through all of them
      local answer = announce(address(3), 6881)
      assert.equal(1, answer.incomplete)
      assert.is_true(names(announce(address(4), 6881), address(3), 6881))
    end)
  end)
end)
