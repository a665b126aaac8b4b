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
