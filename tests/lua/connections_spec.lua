local connections = require "btshare.connections"
local helper = require "helper"

describe("the connections of recipients", function()
  local handlers, told, asked, time, watched

  -- An engine, shares and events with which nothing happens but what the spec does.
  local services = {
    engine = {
      on = function(_, kind, handler) handlers[kind] = handler end,
      post_peers = function(_, info_hash) asked[#asked + 1] = info_hash end,
    },
    shares = {
      by_hash = { aa = { id = "film" }, bb = { id = "book" } },
      describe = function(_, share) return share end,
    },
    events = {
      has = function() return true end,
      tell = function(_, name, event) told[#told + 1] = ("%s %s %s %s"):format(name, event.share.id, event.address,
        tostring(event.client)) end,
    },
  }

  before_each(function()
    handlers, told, asked, time = {}, {}, {}, 1000
    watched = connections.new(services, function() return time end)
  end)
  after_each(function() watched:close() end)

  local function peer(port, client)
    return { address = "192.0.2.1", port = port, client = client }
  end

  local function connect(info_hash, port)
    handlers["peer-connected"] { info_hash = info_hash, address = "192.0.2.1", port = port }
  end

  local function leave(info_hash, port, became_seed, client)
    handlers["peer-disconnected"] {
      info_hash = info_hash, address = "192.0.2.1", port = port, became_seed = became_seed,
      peer = client and peer(port, client),
    }
  end

  local function answer(info_hash, ...)
    handlers.peers { info_hash = info_hash, peers = { ... } }
  end

  it("are told with the client's name, once it is known", function()
    connect("aa", 1)
    assert.same({ "aa" }, asked)
    answer("aa", peer(1, ""))
    assert.same({}, told)
    helper.wait_for(function() return #asked > 1 end)
    answer("aa", peer(1, "Aria 2"), peer(2, "another, of long ago"))
    assert.same({ "recipient-connected film 192.0.2.1 Aria 2" }, told)
    answer("aa", peer(1, "Aria 2"))
    assert.equal(1, #told)
  end)

  it("are told without a name where none comes", function()
    connect("aa", 1)
    time = time + 6
    helper.wait_for(function() return #told > 0 end)
    assert.same({ "recipient-connected film 192.0.2.1 nil" }, told)
  end)

  it("are not told of who was turned away, but of who left because it has it all", function()
    connect("aa", 1)
    leave("aa", 1, false)
    connect("bb", 2)
    leave("bb", 2, true)
    assert.same({ "recipient-connected book 192.0.2.1 nil" }, told)
  end)

  it("have a name also where they leave, with all of it, before anybody has asked for that", function()
    connect("aa", 1)
    leave("aa", 1, true, "Aria 2")
    connect("bb", 2)
    leave("bb", 2, true, "")
    assert.same({ "recipient-connected film 192.0.2.1 Aria 2", "recipient-connected book 192.0.2.1 nil" }, told)
  end)

  it("are told again only of who was away for long, or fetches something else", function()
    for _, info_hash in ipairs { "aa", "aa", "bb" } do
      connect(info_hash, 1)
      answer(info_hash, peer(1, "Aria 2"))
    end
    assert.equal(2, #told)
    time = time + 601
    connect("aa", 2)
    answer("aa", peer(2, "Aria 2"))
    assert.equal(3, #told)
  end)

  it("of a torrent that is no share any more are nobody's", function()
    connect("cc", 1)
    answer("cc", peer(1, "Aria 2"))
    assert.same({}, told)
    assert.same({}, asked)
  end)
end)
