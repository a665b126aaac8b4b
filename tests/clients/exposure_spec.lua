-- What of a share goes over the wire: nothing public unless the share is.
local btshare = require "support.btshare"
local helper = require "helper"
local json = require "dkjson"
local libtorrent = require "support.recipients.libtorrent"
local process = require "support.process"
local stage = require "support.stage"
local tree = require "support.tree"
local wire = require "support.wire"

local kinds = wire.kinds
local plain_peer_program = debug.getinfo(1, "S").source:match("^@(.*)/clients/") .. "/support/plain_peer.py"

-- Whoever is looked for could be found: a DHT node and a foreign tracker are there.
local config = [[
torrent { dht_bootstrap_nodes = "10.66.0.20:6881" }
trackers { "http://10.66.0.19:8000/announce" }
]]

local function open_scene(more)
  local scene = stage.open()
  local root = scene:root()
  helper.write(root .. "/film.bin", tree.bytes(300000, 2))
  process.run({ "ip", "route", "add", "default", "via", "10.66.0.2" }, { namespace = scene.net.sender })
  process.start({ "python3", "-m", "http.server", "8000", "--bind", "10.66.0.19" }, {
    namespace = scene.net.recipients,
  })
  local seen = wire.open(scene.net.sender)
  local daemon = scene:share(root, config .. (more or ""):gsub("ROOT", root))
  return scene, seen, daemon, (daemon:ready("film.bin"))
end

local function port_of(daemon)
  return daemon:find("started").port
end

local function plain_peer(scene, daemon, share)
  return process.run({
    "python3", plain_peer_program, scene.net.sender_address, tostring(port_of(daemon)),
    share.info_hash, "extensions",
  }, { namespace = scene.net.recipients })
end

-- A DHT ping, the start of a uTP connection and noise, to both ports.
local function probe(scene, daemon)
  process.run({ "python3", "-c", [[
import os, socket, sys
probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for port in map(int, sys.argv[2:]):
    for content in b"d1:ad2:id20:" + b"x" * 20 + b"e1:q4:ping1:t2:aa1:y1:qe", b"\x41" + bytes(19), os.urandom(64):
        probe.sendto(content, (sys.argv[1], port))
probe.settimeout(2)
try:
    print(probe.recv(2000))
    sys.exit(1)
except TimeoutError:
    pass
]], scene.net.sender_address, tostring(port_of(daemon)), "8702" }, { namespace = scene.net.recipients })
end

local function fetch_all(scene, share, folder)
  local place = scene:place()
  local fetch = libtorrent.fetch(place, share.magnet, { encryption = "on" })
  fetch:wait(15)
  fetch:stop()
  assert.is_nil(tree.difference(folder .. "/film.bin", place.out .. "/film.bin"))
end

stage.describe("a share with exposure = \"link\"", function()
  local scene, seen, daemon, share

  setup(function()
    scene, seen, daemon, share = open_scene 'obfuscation = "off"\n'
    fetch_all(scene, share, scene.folder .. "/share")
    probe(scene, daemon)
  end)
  teardown(function() scene:close() end)

  it("is fetched without one UDP packet from us: no DHT, no local discovery, no search for a router, no answer to "
    .. "probes", function()
    assert.is_true(#seen:all(function(packet) return packet.protocol == "udp" end) >= 6, "the probes were not seen")
    assert.same({}, seen:all(kinds.udp))
    assert.same({}, seen:all(kinds.igmp))
  end)

  it("is announced to nobody, and names no foreign tracker", function()
    assert.is_true(#seen:all(function(packet)
      return packet.protocol == "tcp" and not packet.is_ours and packet.content:find("^GET /announce/")
    end) > 0, "the recipient's announce to us was not seen")
    assert.same({}, seen:all(kinds.announce))
    assert.is_nil(share.magnet:find("10.66.0.19", 1, true))
  end)

  it("offers no peer exchange", function()
    local names = plain_peer(scene, daemon, share)
    assert.matches("ut_metadata", names)
    assert.is_nil(names:find "ut_pex")
  end)
end)

stage.describe("a share with exposure = \"public\"", function()
  local scene, seen, daemon, share

  setup(function()
    scene, seen, daemon, share = open_scene 'share { "ROOT", exposure = "public" }\n'
  end)
  teardown(function() scene:close() end)

  it("is looked up in the DHT and told to the local network", function()
    seen:wait("a DHT packet to the bootstrap node", function(packet)
      return kinds.dht(packet) and packet.destination == "10.66.0.20"
    end)
    seen:wait("local discovery", function(packet)
      return kinds.lsd(packet) and packet.content:lower():find(share.info_hash, 1, true)
    end)
  end)

  it("is announced to the owner's trackers, which its magnet names", function()
    seen:wait("an announce", function(packet)
      return kinds.announce(packet) and packet.destination == "10.66.0.19"
    end)
    assert.matches("tr=http%%3[aA]%%2[fF]%%2[fF]10%.66%.0%.19%%3[aA]8000%%2[fF]announce", share.magnet)
  end)

  it("lets plain calls in, and offers peer exchange", function()
    assert.matches("ut_pex", plain_peer(scene, daemon, share))
  end)

  it("takes all that away when it is the last one and is stopped", function()
    daemon:command { "stop", "film.bin" }
    -- What was under way may still come; then nothing does, for longer than the DHT is ever silent.
    local quiet_since, packets = os.time(), #seen.packets
    helper.wait_for(function()
      if #seen:all(kinds.udp, packets) > 0 then quiet_since, packets = os.time(), #seen.packets end
      return os.time() - quiet_since > 6
    end, 20)
    assert.equal("refused\n", plain_peer(scene, daemon, share))
  end)
end)

stage.describe("what an exposure means", function()
  it("is said where the link is", function()
    local scene, _, daemon = open_scene()
    local said = process.run({
      "script", "-qec", ("'%s' link film.bin --state '%s'"):format(btshare.program, daemon.options.state), "/dev/null",
    }, { namespace = scene.net.sender, home = daemon.options.home })
    assert.matches("/s/[%w_-]+\r?\nBTshare announces this nowhere public%.", said)
    local status = json.decode(daemon:command { "status", "--json" })
    assert.equal("refused", status.reachability.internet.state)
    scene:close()
  end)
end)
