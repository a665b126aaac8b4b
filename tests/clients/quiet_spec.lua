-- What BTshare sends while nothing is asked of it: nothing (security S12).
local helper = require "helper"
local process = require "support.process"
local stage = require "support.stage"
local uv = require "luv"

local seconds = 12 -- of idleness

stage.describe("an idle btshare, on a network with a way out", function()
  local scene

  setup(function()
    scene = stage.open()
    process.run({ "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1" }, { namespace = scene.net.sender })
    process.run({ "ip", "route", "add", "default", "via", "10.66.0.2" }, { namespace = scene.net.sender })
  end)
  teardown(function() scene:close() end)

  -- Frames that have left, of whatever protocol: to look for somebody (ARP) is one, too.
  local function sent()
    local look = process.run({ "ip", "-j", "-s", "link", "show", "veth0" }, { namespace = scene.net.sender })
    return tonumber(look:match('"tx":{.-"packets":(%d+)'))
  end

  it("sends not one packet: no telemetry, no look for a newer version, no name looked up", function()
    local before = sent()
    local root = scene:root()
    helper.write(root .. "/film.bin", ("x"):rep(100000))
    local daemon = scene:share(root, "")
    daemon:ready "film.bin"
    local until_then = uv.hrtime() + seconds * 1e9
    helper.wait_for(function() return uv.hrtime() > until_then end, seconds + 5)
    assert.equal(before, sent())
    -- That a packet would have been counted.
    local send = "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))"
    process.run({ "python3", "-c", send }, { namespace = scene.net.sender })
    assert.is_true(sent() > before)
  end)
end)
