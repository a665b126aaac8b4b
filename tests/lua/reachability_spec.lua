local reach = require "btshare.reach"
local reachability = require "btshare.reachability"

-- A BTshare with these addresses, whose router said `change`.
local function reachable(addresses, options)
  options = options or {}
  local place = reach.new(options.bound or { "0.0.0.0", "::" }, options.said_in)
  place.public_port, place.torrent_port = 8702, 6200
  place.addresses = function() return addresses end
  local handlers, announced = {}, {}
  local services = {
    reach = place, config = { map_ports = options.map_ports ~= false }, public = {},
    engine = {
      on = function(_, kind, handler) handlers[kind] = handler end,
      set_announce_port = function(_, port) announced[#announced + 1] = port end,
    },
    events = { tell = function() end, has = function() return false end },
  }
  local self = reachability.new(services)
  self.mapper = options.map_ports ~= false and {} or nil
  if options.change then self:on_mapping(options.change) end
  return self, services, handlers, announced
end

local both = { tcp = 6200, http = 8702, way = "UPnP", external = "203.0.113.9" }
local behind = { "192.168.1.5" }

describe("reachability from the internet", function()
  local function check(state, pattern, ...)
    local self = reachable(...)
    local found, sentence = self:internet()
    assert.equal(state, found)
    assert.matches(pattern, sentence)
  end

  it("is one sentence for each way things can be", function()
    check("asking", "^not known yet", behind)
    check("mapped", "^yes, the router opened ports 8702 %(downloads%) and 6200 %(BitTorrent%)$", behind,
      { change = both })
    check("partly", "^partly, the router opened port 8702 only %(downloads%): the router refuses$", behind,
      { change = { http = 8702, message = "the router refuses", external = "203.0.113.9" } })
    check("shared", "^no, the router's own address %(100%.64%.3%.2%) is not on the internet", behind,
      { change = { tcp = 6200, http = 8702, external = "100.64.3.2" } })
    check("closed", "^no, no router answered; .* let TCP ports 8702 and 6200 through to 192%.168%.1%.5$", behind,
      { change = { message = "no router answered" } })
    check("refused", "map_ports = false .* through to 192%.168%.1%.5$", behind, { map_ports = false })
    check("direct", "%(203%.0%.113%.5%), unless a firewall", { "203.0.113.5" })
    check("off", "^no, this machine has no network$", { "127.0.0.1" })
    for said_in, where in pairs {
      ["config.lua"] = "public in config%.lua", ["command line"] = "%-%-public", console = "public, set in the console",
    } do
      check("off", "^no, BTshare listens on this machine only %(" .. where .. "%)$", { "127.0.0.1" },
        { bound = { "127.0.0.1" }, said_in = said_in })
    end
  end)

  it("may be by IPv6 where the router lets nothing else through", function()
    check("closed", "; by IPv6 %(2001:db8::5%) yes, unless a firewall", { "192.168.1.5", "2001:db8::5" },
      { change = { message = "no router answered" } })
    check("direct", "^yes, by IPv6 %(2001:db8::5%), unless a firewall", { "2001:db8::5" })
  end)

  it("is proven by somebody who comes from there, whom only the router did not send back", function()
    local self, services, handlers = reachable(behind, { change = both })
    handlers["peer-connected"] { address = "192.168.1.9", incoming = true }
    handlers["peer-connected"] { address = "198.51.100.1", incoming = false }
    services.public.on_come "203.0.113.9" -- ourselves
    assert.equal("mapped", (self:internet()))
    services.public.on_come "198.51.100.1"
    assert.equal("reached", (self:internet()))
    assert.is_number(self:describe().internet.reached)
  end)
end)

describe("the owner", function()
  local mapping = require "btshare.mapping"
  local open, opened, asked = mapping.open, nil, nil
  before_each(function()
    opened, asked = 0, 0
    mapping.open = function(options, on_change)
      opened = opened + 1
      return { ask = function() asked = asked + 1 end, close = function() end, options = options, tell = on_change }
    end
  end)
  after_each(function() mapping.open = open end)

  it("may have the router asked where config.lua does not, and then is told what it says", function()
    local self, services = reachable(behind, { map_ports = false })
    self:start()
    assert.equal(0, opened)
    assert.is_true(self:describe().internet.can_ask)
    assert.is_true(self:ask())
    assert.same({ "asking", 1 }, { (self:internet()), opened })
    assert.equal(8702, self.mapper.options.http)
    self.mapper.tell(both)
    assert.equal("mapped", (self:internet()))
    assert.same({ "192.168.1.5:6200", "203.0.113.9:6200" }, services.reach:torrent_endpoints())
    assert.is_false(self:describe().internet.can_ask)
    self:close()
  end)

  it("may have it asked again where it opened nothing, or one port only", function()
    for _, change in ipairs { { message = "no router answered" }, { http = 8702, message = "the router refuses" } } do
      local self = reachable(behind)
      self:start()
      assert.is_false(self:describe().internet.can_ask) -- it is being asked
      self.mapper.tell(change)
      assert.is_true(self:ask())
      assert.equal("asking", (self:internet()))
      assert.same({ nil, "the router: there is nothing to ask it for", "denied", n = 3 }, table.pack(self:ask()))
      self.mapper.tell(both)
      assert.equal("mapped", (self:internet()))
      self:close()
    end
    assert.equal(2, asked)
  end)

  it("is offered none of it where no router stands between, or the network ends here", function()
    for _, case in ipairs {
      { { "203.0.113.5" }, {} }, { { "127.0.0.1" }, {} }, { { "127.0.0.1" }, { bound = { "127.0.0.1" } } },
      { { "fd00::5" }, { bound = { "::" } } },
    } do
      case[2].map_ports = false
      local self = reachable(case[1], case[2])
      assert.is_false(self:describe().internet.can_ask)
      assert.equal("denied", (select(3, self:ask())))
    end
    assert.equal(0, opened)
  end)
end)

describe("the router's ports", function()
  it("are named to others only where the router stands on the internet", function()
    local _, services = reachable(behind, { change = both })
    assert.same({ "192.168.1.5:6200", "203.0.113.9:6200" }, services.reach:torrent_endpoints())
    assert.same({ "http://192.168.1.5:8702/x", "http://203.0.113.9:8702/x" }, services.reach:public_urls("/x"))
    _, services = reachable(behind, { change = { tcp = 6200, http = 8702, external = "10.1.1.1" } })
    assert.same({ "192.168.1.5:6200" }, services.reach:torrent_endpoints())
  end)

  it("are named no more once the router has closed them", function()
    local self, services = reachable(behind, { change = both })
    self:on_mapping { message = "no router answered" }
    assert.same({ "192.168.1.5:6200" }, services.reach:torrent_endpoints())
  end)

  it("are under the address that peers see where the router does not say its own", function()
    local _, services, handlers = reachable(behind, { change = { tcp = 7000, http = 8702 } })
    assert.same({ "192.168.1.5:6200" }, services.reach:torrent_endpoints())
    handlers["external-address"] { address = "203.0.113.77" }
    assert.same({ "192.168.1.5:6200", "203.0.113.77:7000" }, services.reach:torrent_endpoints())
  end)

  it("are told to foreign trackers where they differ from ours", function()
    local _, _, _, announced = reachable(behind, { change = { tcp = 7000, http = 8702, external = "203.0.113.9" } })
    assert.same({ 7000 }, announced)
  end)
end)
