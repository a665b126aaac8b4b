-- What a service manager is told (sd_notify(3)), and what btshare does where there is none.
local place_module = require "place"
local process = require "support.process"

describe("a service manager", function()
  local place

  before_each(function() place = place_module.open() end)

  after_each(function() place:close() end)

  local function listen(name)
    local told = {}
    local here = debug.getinfo(1, "S").source:match("^@(.*)/")
    local receiver = process.start({ "python3", here .. "/notify_socket.py", name }, {
      on_line = function(line) told[#told + 1] = line end,
    })
    receiver:wait_for(function() return told[1] == "listening" end, 10, "the socket")
    return told, receiver
  end

  local function count(told, wanted)
    local found = 0
    for _, line in ipairs(told) do
      if line == wanted then found = found + 1 end
    end
    return found
  end

  it("is told when it is ready, that it lives, and when it ends", function()
    for _, name in ipairs { place.folder .. "/notify", "@btshare-spec-" .. require("luv").os_getpid() } do
      local told, receiver = listen(name)
      local daemon = place:start { environment = { NOTIFY_SOCKET = name, WATCHDOG_USEC = "200000" } }
      receiver:wait_for(function() return count(told, "WATCHDOG=1") >= 3 end, 5, "signs of life")
      assert.equal("READY=1", told[2])
      assert.equal(1, count(told, "READY=1"))
      assert.equal(0, count(told, "STOPPING=1"))
      daemon:stop()
      receiver:wait_for(function() return count(told, "STOPPING=1") == 1 end, 5, "the end")
      assert.equal("", daemon:complaints())
      receiver:stop()
    end
  end)

  it("gets no signs of life unless it watches this process", function()
    local name = place.folder .. "/notify"
    local told, receiver = listen(name)
    local daemon = place:start {
      environment = { NOTIFY_SOCKET = name, WATCHDOG_USEC = "2000", WATCHDOG_PID = "1" },
    }
    daemon:stop()
    receiver:wait_for(function() return count(told, "STOPPING=1") == 1 end, 5, "the end")
    assert.same({ "listening", "READY=1", "STOPPING=1" }, told)
    receiver:stop()
  end)

  it("that does not listen changes nothing", function()
    local daemon = place:start { environment = { NOTIFY_SOCKET = place.folder .. "/nobody" } }
    daemon:stop()
  end)

  it("is not told of a start that fails", function()
    local name = place.folder .. "/notify"
    local told, receiver = listen(name)
    assert.equal(78, place:refused({ config = "nonsense = 1", environment = { NOTIFY_SOCKET = name } }).code)
    assert.same({ "listening" }, told)
    receiver:stop()
  end)
end)
