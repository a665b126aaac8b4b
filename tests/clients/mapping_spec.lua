-- The router's ports, with a real router: opened, named in links, kept, closed; and what is said where they are not.
local btshare = require "support.btshare"
local helper = require "helper"
local json = require "dkjson"
local process = require "support.process"
local router = require "support.router"
local stage = require "support.stage"
local uv = require "luv"
local wire = require "support.wire"

local here = debug.getinfo(1, "S").source:match("^@(.*)/clients/")

local function open_scene(options)
  local scene = stage.open()
  local root = scene:root()
  helper.write(root .. "/note.txt", "hello")
  return scene, root, router.open(scene.net, scene.folder, options)
end

local function share(scene, root, more)
  local daemon = scene:share(root, "map_ports = true\n" .. (more or ""))
  return daemon, daemon:find("started").port
end

-- The second notice: the first says what is asked.
local function wait_outcome(daemon)
  return daemon:wait("notice", function(event) return event.message:find("^From the internet: ") end,
    { seconds = 20 }).message
end

local function internet(daemon)
  return json.decode(daemon:command { "status", "--json" }).reachability.internet
end

for _, way in ipairs { "upnp", "natpmp" } do
  stage.describe("a router that knows only " .. way, function()
    local scene, root, gate, daemon, port

    setup(function()
      scene, root, gate = open_scene { upnp = way == "upnp", natpmp = way == "natpmp" }
      daemon, port = share(scene, root)
    end)
    teardown(function() scene:close() end)

    it("opens both ports, and the owner is told what is asked and what comes of it", function()
      assert.matches("yes, the router opened ports 8702 %(downloads%) and " .. port .. " %(BitTorrent%)",
        wait_outcome(daemon))
      assert.is_truthy(daemon:find("notice", function(event) return event.message:find("^asks the router") end))
      assert.same({ [8702] = "10.66.0.1:8702", [port] = "10.66.0.1:" .. port }, gate:mappings())
      assert.equal("mapped", internet(daemon).state)
    end)

    it("is named in magnets", function()
      daemon:ready("note.txt")
      local magnet
      helper.wait_for(function()
        magnet = daemon:command({ "link", "--magnet", "note.txt" }):gsub("%%3[aA]", ":"):gsub("%%2[fF]", "/")
        return magnet:find("x%.pe=5%.45%.100%.7:" .. port)
      end, 5, "the router's address in the magnet")
      assert.matches("tr=http://5%.45%.100%.7:8702/announce/", magnet)
    end)

    it("lets people in from the internet, which is noticed", function()
      local answer = process.run({ "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "http://5.45.100.7:8702/" },
        { namespace = gate.internet })
      assert.matches("^%d%d%d$", answer)
      assert.equal("reached", internet(daemon).state)
      assert.matches("from the internet%s+yes, somebody came from there", daemon:command { "status" })
    end)

    it("has its ports closed when btshare is told to end, soon", function()
      local began = uv.hrtime()
      daemon:stop()
      assert.is_true((uv.hrtime() - began) / 1e9 < 10)
      assert.same({}, gate:mappings())
    end)
  end)
end

stage.describe("a router", function()
  local scene, root, gate
  local options

  before_each(function() options = {} end)
  after_each(function() scene:close() end)

  local function open()
    scene, root, gate = open_scene(options)
  end

  it("that was restarted has the port again", function()
    open()
    local heard = 0
    local asker = process.start({ uv.exepath(), here .. "/support/map.lua", "7000", "1" }, {
      namespace = scene.net.sender, on_line = function() heard = heard + 1 end,
    })
    asker:wait_for(function() return heard >= 1 end, 10, "the first answer")
    assert.same({ [7000] = "10.66.0.1:7000" }, gate:mappings())
    gate:stop()
    assert.same({}, gate:mappings())
    gate:start()
    asker:wait_for(function() return next(gate:mappings()) end, 20, "the mapping")
    asker.input:shutdown()
    asker:wait(5)
    assert.same({}, gate:mappings())
  end)

  it("whose port another machine has gives another one, which the links name, now and the next time", function()
    options.natpmp = true
    open()
    process.run({ "ip", "addr", "add", "10.66.0.30/24", "dev", "veth0" }, { namespace = scene.net.sender })
    process.run({ "python3", "-c", [[
import socket, struct
wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
wire.bind(("10.66.0.30", 0))
wire.settimeout(5)
wire.sendto(struct.pack(">BBHHHI", 0, 2, 0, 8702, 8702, 3600), ("10.66.0.2", 5351))
wire.recv(100)
]] }, { namespace = scene.net.sender })
    assert.same({ [8702] = "10.66.0.30:8702" }, gate:mappings())
    local daemon = share(scene, root)
    local outer = wait_outcome(daemon):match("opened ports (%d+) ")
    assert.not_equal("8702", outer)
    assert.equal("10.66.0.1:8702", gate:mappings()[math.tointeger(tonumber(outer))])
    daemon:ready("note.txt")
    assert.matches("5%.45%.100%.7%%3[aA]" .. outer, (daemon:command { "link", "--magnet", "note.txt" }))
    daemon:stop()
    assert.same({ [8702] = "10.66.0.30:8702" }, gate:mappings())
    assert.equal(outer, wait_outcome(share(scene, root)):match("opened ports (%d+) "))
  end)

  it("that refuses is quoted, with what the owner can do", function()
    options.rules, options.natpmp = "", false -- by NAT-PMP, miniupnpd goes through all ports before it refuses
    open()
    local daemon, port = share(scene, root)
    assert.matches("no, the router refuses .*let TCP ports 8702 and " .. port .. " through to 10%.66%.0%.1%.",
      wait_outcome(daemon))
    assert.equal("closed", internet(daemon).state)
    daemon:stop()
  end)

  it("that has no address of its own on the internet is of no use, and said so", function()
    options.external = "100.64.3.2"
    open()
    local daemon = share(scene, root)
    -- The router's own word, or its address, whichever its version gives.
    assert.matches("no, the router.* on the internet", wait_outcome(daemon))
    daemon:ready("note.txt")
    assert.is_nil((daemon:command { "link", "--magnet", "note.txt" }):find("100.64", 1, true))
  end)

  it("is not there: said so, and nothing holds the end up", function()
    open()
    gate:stop()
    local seen = wire.open(scene.net.sender)
    local daemon = share(scene, root)
    assert.matches("no, no router answered; in the router's settings", wait_outcome(daemon))
    assert.is_true(#seen:all(wire.kinds.ssdp) > 0 and #seen:all(wire.kinds.natpmp) > 0, "the questions were not seen")
    local began = uv.hrtime()
    daemon:stop()
    assert.is_true((uv.hrtime() - began) / 1e9 < 5)
  end)

  it("is not asked where map_ports = false, nor where only this machine is served", function()
    open()
    local seen = wire.open(scene.net.sender)
    local daemon = scene:share(root, "map_ports = false\n")
    daemon:ready("note.txt")
    assert.equal("refused", internet(daemon).state)
    daemon:stop()
    local alone = scene:options "map_ports = true\n"
    alone.address = "127.0.0.1"
    daemon = btshare.start({ root }, alone)
    daemon:ready("note.txt")
    daemon:stop()
    assert.same({}, gate:mappings())
    assert.same({}, seen:all(wire.kinds.udp))
  end)
end)
