local reach = require "btshare.reach"

describe("reach", function()
  it("knows what kind of address it sees", function()
    local expected = {
      ["127.0.0.1"] = "loopback", ["::1"] = "loopback", ["0.0.0.0"] = "unspecified", ["::"] = "unspecified",
      ["169.254.3.4"] = "link-local", ["fe80::1"] = "link-local", ["10.1.2.3"] = "lan", ["172.31.0.1"] = "lan",
      ["172.32.0.1"] = "global", ["192.168.1.1"] = "lan", ["100.64.0.1"] = "lan", ["fd00::2"] = "lan",
      ["8.8.8.8"] = "global", ["2001:db8::1"] = "global",
    }
    for address, scope in pairs(expected) do
      assert.equal(scope, reach.scope(address), address)
    end
  end)

  it("names only the address it is bound to", function()
    local place = reach.new { "127.0.0.1" }
    place.public_port, place.torrent_port = 8702, 50000
    assert.is_true(place:is_loopback_only())
    assert.same({ "http://127.0.0.1:8702/announce/x" }, place:public_urls("/announce/x"))
    assert.same({ "127.0.0.1:50000" }, place:torrent_endpoints())
  end)

  it("never names an unspecified or link-local address", function()
    local place = reach.new { "0.0.0.0", "::" }
    assert.is_false(place:is_loopback_only())
    for _, address in ipairs(place:addresses()) do
      local scope = reach.scope(address)
      assert.is_true(scope == "lan" or scope == "global" or address == "127.0.0.1", address)
    end
  end)

  it("writes IPv6 addresses in brackets, and adds what the router mapped", function()
    local place = reach.new { "::1" }
    place.torrent_port = 5
    place:set_mapped("tcp", 6)
    assert.same({ "[::1]:5" }, place:torrent_endpoints())
    place:set_external("192.168.1.9") -- behind another router: of no use to others
    assert.same({ "[::1]:5" }, place:torrent_endpoints())
    place:set_external("203.0.113.9")
    assert.same({ "[::1]:5", "203.0.113.9:6" }, place:torrent_endpoints())
  end)
end)

describe("how we are reached", function()
  local place

  before_each(function()
    place = reach.new { "0.0.0.0" }
    place.public_port, place.torrent_port = 8702, 50000
    function place.addresses() return { "192.168.1.5", "2001:db8::5" } end
    place:set_external "203.0.113.9"
    place:set_mapped("tcp", 50001)
    place:set_mapped("http", 8703)
  end)

  it("from this machine is by loopback and by all that others may use", function()
    local from = place:for_asker("127.0.0.1", "localhost:8702")
    assert.same({
      "http://localhost:8702/x", "http://127.0.0.1:8702/x", "http://192.168.1.5:8702/x", "http://[2001:db8::5]:8702/x",
      "http://203.0.113.9:8703/x",
    }, from:public_urls "/x")
    assert.same({ "127.0.0.1:50000", "192.168.1.5:50000", "[2001:db8::5]:50000", "203.0.113.9:50001" },
      from:torrent_endpoints())
  end)

  it("from the network around us is by its addresses, the one that was used first", function()
    local from = place:for_asker("192.168.1.77", "[2001:db8::5]:8702")
    assert.same({ "http://[2001:db8::5]:8702/x", "http://192.168.1.5:8702/x", "http://203.0.113.9:8703/x" },
      from:public_urls "/x")
    assert.same({ "192.168.1.5:50000", "[2001:db8::5]:50000", "203.0.113.9:50001" }, from:torrent_endpoints())
  end)

  it("from elsewhere is by addresses that mean the same everywhere", function()
    local from = place:for_asker("198.51.100.7", "paul.example:8702")
    assert.same({ "http://paul.example:8702/x", "http://[2001:db8::5]:8702/x", "http://203.0.113.9:8703/x" },
      from:public_urls "/x")
    assert.same({ "[2001:db8::5]:50000", "203.0.113.9:50001" }, from:torrent_endpoints())
  end)

  it("for another device is never by loopback, where there is another way", function()
    assert.equal("http://192.168.1.5:8702/x", place:for_asker("127.0.0.1", "localhost:8702"):url "/x")
    assert.equal("http://nas.local:8702/x", place:for_asker("192.168.1.7", "nas.local:8702"):url "/x")
    local own = reach.new { "127.0.0.1" }
    own.public_port = 1
    assert.equal("http://localhost:1/x", own:for_asker("127.0.0.1", "localhost:1"):url "/x")
  end)

  it("takes no strange host for an address", function()
    for _, host in ipairs { "a/b", "a@b", "a b", "<x>", "", "[::1]x" } do
      assert.equal("http://192.168.1.5:8702/x", place:for_asker("192.168.1.7", host):public_urls("/x")[1])
    end
  end)
end)
