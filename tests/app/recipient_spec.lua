-- What is told of a recipient, from the real program and a real torrent client on this machine.
local libtorrent = require "clients.support.recipients.libtorrent"
local place_module = require "place"
local tree = require "support.tree"
local uv = require "luv"

describe("a recipient", function()
  local place, fetch

  before_each(function() place = place_module.open() end)
  after_each(function()
    if fetch then fetch:stop() end
    place:close()
  end)

  local function receive(magnet, options)
    local folder = place.folder .. "/recipient"
    for _, path in ipairs { folder, folder .. "/out" } do assert(uv.fs_mkdir(path, 448)) end
    options.port, options.trackers = 0, "off"
    fetch = libtorrent.fetch({ address = "127.0.0.1", folder = folder, out = folder .. "/out" }, magnet, options)
    return fetch
  end

  it("that connects is told of once, by what it calls itself", function()
    place:put("film.bin", tree.bytes(3000000, 1))
    local daemon = place:start()
    local share = daemon:ready "film.bin"
    receive(share.magnet, { stay = true }):wait(20)
    local told = daemon:wait "recipient-connected"
    assert.equal(share.id, told.share.id)
    assert.equal("127.0.0.1", told.address)
    assert.matches("^libtorrent[ /]2%.", told.client) -- by its peer id, or as it says later
    daemon:command { "status" }
    assert.equal(1, daemon:count("recipient-connected", function(event) return event.client == told.client end))
    daemon:stop()
  end)
end)
