-- Many who send one header line now and then, at both doors: they are cut in time, and keep nobody waiting (R21).
local client = require "http_client"
local console_module = require "console"
local helper = require "helper"
local uv = require "luv"

local limits = { console = 0.2, public = 0.5 } -- seconds, at the 99th percentile
local counts = { console = 100, public = 200 }
local longest = 12 -- seconds until a slow one is cut

describe("slow clients", function()
  local console, slow, timer

  before_each(function()
    console, slow = console_module.start(), {}
    console.daemon:ready "film.txt"
    timer = uv.new_timer()
  end)

  after_each(function()
    timer:close()
    for _, one in ipairs(slow) do one:close() end
    console:close()
  end)

  -- Each begins a request that never ends; `timer` has all of them say one more line a second.
  local function open(port)
    for index = 1, counts[port] do
      local one = client.connect { port = console[port == "console" and "port" or "public"],
        from = "127.0.0." .. 2 + index % 8 }
      one.began = uv.hrtime()
      one:send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
      slow[#slow + 1] = one
    end
  end

  local function drip()
    for _, one in ipairs(slow) do
      if one.ended then
        one.seconds = one.seconds or (uv.hrtime() - one.began) / 1e9
      else
        one:send("X: y\r\n")
      end
    end
  end

  local function all_ended()
    for _, one in ipairs(slow) do
      if not one.ended then return false end
    end
    return true
  end

  it("are cut within 12 seconds, and others are answered as if there were none (R21)", function()
    open "console"
    open "public"
    timer:start(1000, 1000, drip)
    local link = console.daemon:ready("film.txt").link:match("^http://[^/]+(/.*)$")
    local targets = {
      console = { { port = console.port }, "/healthz" }, public = { { port = console.public }, link },
    }
    local latencies, deadline = { console = {}, public = {} }, uv.hrtime() + 20e9
    while not all_ended() and uv.hrtime() < deadline do
      for door, to in pairs(targets) do
        local before = uv.hrtime()
        assert.equal(200, client.get(to[1], to[2]).status)
        table.insert(latencies[door], (uv.hrtime() - before) / 1e9)
      end
      local rest = uv.hrtime() + 20e6
      helper.wait_for(function() return uv.hrtime() > rest end)
    end
    drip()
    local last = 0
    for index, one in ipairs(slow) do last = math.max(last, (assert(one.seconds, index .. " was never cut"))) end
    assert.is_true(last <= longest, ("the last one was cut after %.1f s"):format(last))
    for door, list in pairs(latencies) do
      table.sort(list)
      local p99 = list[math.ceil(#list * 0.99)]
      print(("# %s: %d slow clients, %d others, p50 %.1f ms, p99 %.1f ms"):format(door, counts[door], #list,
        list[math.ceil(#list / 2)] * 1000, p99 * 1000))
      assert.is_true(p99 <= limits[door], ("%s: %.0f ms"):format(door, p99 * 1000))
    end
    print(("# the last slow one was cut after %.1f s"):format(last))
  end)
end)
