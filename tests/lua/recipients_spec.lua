-- Who fetches a share: told by the engine, the tracker and HTTP, and weighed in one place.
local client = require "btshare.recipients.client"
local helper = require "helper"
local place_module = require "live_place"
local recipients_module = require "btshare.recipients"

describe("the recipients", function()
  local place, services, recipients, share, finished

  local function open()
    finished = {}
    services.events:on("recipient-finished", function(event) finished[#finished + 1] = event end)
    recipients = recipients_module.new(services)
  end

  before_each(function()
    place = place_module.open()
    services, share = place.services, place.share
    open()
  end)

  after_each(function()
    recipients:close()
    place:close()
  end)

  -- It is told when it has been stored.
  local function wait_for_the_first()
    helper.wait_for(function() return finished[1] end, 5, "who has finished")
  end

  local function peer(more)
    local row = {
      address = "203.0.113.7", port = 40000, client = "Transmission 4.0", progress = 0, up_rate = 0, uploaded = 0,
      downloaded = 0, incoming = true,
    }
    for name, value in pairs(more or {}) do row[name] = value end
    return row
  end

  local function connect(more) place:tell("peer-connected", peer(more)) end
  local function see(...) place:tell("peers", { peers = { ... } }) end

  local function leave(row, became_seed, more)
    local event = { address = row.address, port = row.port, became_seed = became_seed or false, peer = row }
    for name, value in pairs(more or {}) do event[name] = value end
    place:tell("peer-disconnected", event)
  end

  -- As who hangs up: it had been given blocks that it did not say it has, and lacks some (nil: many) others.
  local function hang_up(row, given, lacking)
    leave(row, false, { hung_up = true, given = given, lacking = lacking })
  end

  local function announce(more, is_finished, link)
    local what = { address = "203.0.113.7", port = 51413, action = "started", left = 1000000 }
    for name, value in pairs(more or {}) do what[name] = value end
    recipients:announced(share, what, link or { id = "s1" }, is_finished or false)
  end

  local function list() return recipients:watch(share).recipients end

  local function summary()
    local of = recipients:summary(share)
    return { of.recipients, of.complete, of.downloads }
  end

  local function transfer(purpose, more)
    local made = {
      id = 1, socket = { sent = function() return more and more.bytes or 0 end }, share = share, sent = 0,
      pass = { link = "l1", name = "Marie", purpose = purpose or "page" }, address = "203.0.113.7",
      agent = "curl/7.88.1", length = 1000000, first = 0, is_all = purpose ~= "web-seed",
    }
    for name, value in pairs(more or {}) do made[name] = value end
    return made
  end

  local function begin(made) place.followers[1].begin(made) end
  local function finish(made, bytes) place.followers[1].finish(made, bytes) end

  it("follow a torrent client to its end", function()
    connect()
    see(peer { progress = 0.5, uploaded = 500000, up_rate = 1000, pieces = "\255\0" })
    local one = list()[1]
    assert.same({ 0.5, "active", 500000, 1000, "internet", "/wA=" },
      { one.progress, one.state, one.sent, one.up_rate, one.where, one.pieces })
    assert.same({ 1, 0, 0 }, summary())
    leave(peer { progress = 1, uploaded = 1000000 }, true)
    assert.same({ 0, 1, 1 }, summary())
    assert.equal("done", list()[1].state)
    wait_for_the_first()
    assert.same({ "203.0.113.7" }, { finished[1].who })
    assert.same({ "s1" }, place.counted)
  end)

  it("see who came and went between two looks", function()
    connect()
    leave(peer { progress = 1, uploaded = 1000000 }, true)
    assert.same({ 0, 1, 1 }, summary())
  end)

  it("know who hung up before its last pieces were told, by what we gave it", function()
    connect()
    leave(peer { progress = 0.99, uploaded = 1000000 })
    assert.same({ 0, 1, 1 }, summary())
    connect { address = "203.0.113.8" }
    leave(peer { address = "203.0.113.8", progress = 0.99, uploaded = 900000 })
    assert.same({ 0, 1, 1 }, summary())
  end)

  it("know who was given all that it did not say it has, however little it said", function()
    connect()
    see(peer { progress = 0.1, uploaded = 200000 })
    hang_up(peer { progress = 0.1, uploaded = 900000 }, { 7, 8, 9 }, {})
    assert.same({ 0, 1, 1 }, summary())
  end)

  it("do not count who was sent all, of which the last did not arrive", function()
    connect()
    hang_up(peer { progress = 0.95, uploaded = 1000000 }, { 7, 8 }, { 9 })
    connect { port = 40001 }
    hang_up(peer { port = 40001, progress = 0.95, uploaded = 1000000 }, { 7, 8 }, nil)
    assert.same({ 0, 0, 0 }, summary())
  end)

  it("put together what several connections of one gave", function()
    connect()
    hang_up(peer { uploaded = 500000 }, { 1, 2 }, { 3, 4 })
    connect { port = 40001 }
    hang_up(peer { port = 40001, uploaded = 200000 }, { 3 }, { 1, 2, 4 })
    assert.same({ 0, 0, 0 }, summary())
    connect { port = 40002 }
    hang_up(peer { port = 40002, uploaded = 200000 }, { 4 }, { 1, 2, 3 })
    assert.same({ 0, 1, 1 }, summary())
    assert.same({ 1, 900000 }, { #list(), list()[1].sent })
  end)

  it("count one once that comes back with all of it before its first connection has ended", function()
    connect()
    see(peer { progress = 0.98, uploaded = 900000 })
    connect { port = 51413, incoming = false }
    see(peer { progress = 0.98, uploaded = 1000000 }, peer { port = 51413, incoming = false })
    leave(peer { port = 51413, incoming = false }, true)
    hang_up(peer { progress = 0.98, uploaded = 1000000 }, { 9 }, {})
    assert.same({ 0, 1, 1 }, summary())
    assert.equal(1, #list())
    connect { port = 40002 }
    see(peer { port = 40002, progress = 1 })
    connect { port = 40003 }
    leave(peer { port = 40003 }, true)
    assert.same({ 0, 1, 1 }, summary())
    assert.same({ 1, "s1" }, { #list(), table.concat(place.counted, " ") })
  end)

  it("do not take a copy elsewhere for a recipient", function()
    connect()
    leave(peer { progress = 1 }, true)
    connect { port = 40001 }
    leave(peer { port = 40001 }, true)
    assert.same({ 0, 0, 0 }, summary())
    assert.equal(0, #list())
    assert.equal(1, recipients:watch(share).copies_elsewhere)
  end)

  it("count a client once that calls, is called and announces itself, with another peer id each time", function()
    announce({ peer = ("11"):rep(20) }, false, { id = "l1", name = "Marie" })
    connect { incoming = false, port = 51413 }
    see(peer { id = ("22"):rep(20), port = 51413, incoming = false, progress = 0.4, uploaded = 400000 })
    leave(peer { id = ("22"):rep(20), port = 51413, incoming = false, progress = 0.4, uploaded = 400000 })
    connect { port = 40005 }
    see(peer { id = ("33"):rep(20), port = 40005, progress = 0.9, uploaded = 100000 })
    assert.equal(1, #list())
    assert.same({ "Marie", 500000 }, { list()[1].name, list()[1].sent })
    leave(peer { id = ("33"):rep(20), port = 40005, progress = 1, uploaded = 600000 }, true)
    announce({ peer = ("11"):rep(20), action = "completed", left = 0 }, true, { id = "l1", name = "Marie" })
    connect { incoming = false, port = 51413 }
    leave(peer { id = ("44"):rep(20), port = 51413, incoming = false }, true)
    wait_for_the_first()
    assert.equal(1, #finished)
    assert.equal("Marie", finished[1].who)
    assert.same({ 0, 1, 1 }, summary())
    assert.same({ 1, 1000000 }, { #list(), list()[1].sent })
    assert.same({ "l1" }, place.counted)
  end)

  it("tell two apart that are there at once from one address", function()
    connect()
    connect { port = 40001 }
    see(peer { progress = 0.3, uploaded = 1 }, peer { port = 40001, progress = 0.6, uploaded = 1 })
    assert.same({ 2, 0, 0 }, summary())
    assert.equal(2, #list())
  end)

  it("know a client again that says only later what it is called", function()
    connect()
    leave(peer { client = "libtorrent/2.0.8.0", progress = 1, uploaded = 1000000 }, true)
    connect { port = 40001 }
    see(peer { port = 40001, client = "libtorrent 2.0.8" })
    leave(peer { port = 40001, client = "libtorrent 2.0.8" }, true)
    assert.same({ 0, 1, 1 }, summary())
    assert.equal(1, #list())
    wait_for_the_first()
    assert.equal(1, #finished)
  end)

  it("see one client where both sides have called, and the tracker knows of one", function()
    announce { peer = ("11"):rep(20) }
    connect { incoming = false, port = 51413 }
    connect { port = 40001 }
    see(peer { port = 40001, id = ("22"):rep(20), progress = 0.3, uploaded = 5 },
      peer { port = 51413, incoming = false, id = ("33"):rep(20), progress = 0.3, uploaded = 7 })
    assert.same({ 1, 0, 0 }, summary())
    assert.same({ 1, 12 }, { #list(), list()[1].sent })
    leave(peer { port = 40001, id = ("22"):rep(20), progress = 1, uploaded = 5 }, true)
    leave(peer { port = 51413, incoming = false, id = ("33"):rep(20), progress = 0.9, uploaded = 7 })
    assert.same({ 0, 1, 1 }, summary())
  end)

  it("do not believe a client that says before it has the metadata that nothing is left", function()
    announce { left = 0 }
    connect()
    see(peer { progress = 0 }) -- what it has may not have been told yet
    see(peer { progress = 0 })
    assert.same({ 0, 0, 0 }, summary())
    local now = os.time
    finally(function() rawset(os, "time", now) end)
    rawset(os, "time", function() return now() + 6 end)
    see(peer { progress = 0 })
    assert.same({ 1, 0, 0 }, summary())
    assert.equal(0, #finished)
  end)

  it("count whoever has got it elsewhere, where the tracker says so", function()
    announce {}
    announce({ left = 0, action = "completed" }, true)
    announce({ left = 0, action = "completed" }, true)
    assert.same({ 0, 1, 1 }, summary())
    wait_for_the_first()
    assert.equal(1, #finished)
  end)

  it("notice ends that nobody told, and a torrent that is taken out", function()
    connect()
    see(peer { progress = 0.1, uploaded = 50000 })
    see()
    assert.same({ 0, 0, 0 }, summary())
    connect { port = 40009 }
    see(peer { port = 40009, progress = 0.2, uploaded = 7 })
    assert.equal(1, summary()[1])
    place:tell("removed", {})
    assert.same({ 0, 0, 0 }, summary())
    assert.equal(1, #list())
    assert.equal(50007, list()[1].sent)
  end)

  it("add up what the engine sent, also when the torrent was added anew", function()
    local function progress(uploaded, up_rate)
      place.handlers.progress { torrents = { { info_hash = share.info_hash, uploaded = uploaded, up_rate = up_rate } } }
    end
    connect()
    see(peer { progress = 0.1 })
    progress(1000, 500)
    progress(3000, 700)
    progress(200, 100)
    assert.equal(3200, recipients:summary(share).sent)
    assert.equal(100, recipients:summary(share).up_rate)
    leave(peer())
    assert.equal(0, recipients:summary(share).up_rate)
    progress(200, 80) -- it dies away in the engine
    assert.equal(0, recipients:summary(share).up_rate)
  end)

  it("look at the peers of watched shares with their pieces, at others without, at idle ones not at all", function()
    recipients:tick()
    assert.same({}, services.engine.asked)
    connect()
    recipients:tick()
    assert.same({ [share.info_hash] = "peers" }, services.engine.asked)
    recipients:watch(share)
    assert.same({ [share.info_hash] = "pieces" }, services.engine.asked)
  end)

  it("put the replies of one address through one link together", function()
    local first, second = transfer("page", { bytes = 300000 }), transfer("page", { first = 500000, bytes = 200000 })
    begin(first)
    begin(second)
    recipients:tick()
    local one = list()[1]
    assert.same({ 1, 0.5, 500000, "Marie", "direct", "curl/7.88.1", "active" },
      { #list(), one.progress, one.sent, one.name, one.way, one.client, one.state })
    assert.is_true(one.up_rate > 0)
    finish(first, 500000)
    finish(second, 500000)
    recipients:delivered(second)
    assert.same({ 0, 1, 1 }, summary())
    assert.equal(1000000, recipients:summary(share).sent)
    wait_for_the_first()
    assert.equal("http", finished[1].way)
    recipients:delivered(second) -- the same once more
    assert.same({ 0, 1, 2 }, summary())
    wait_for_the_first()
    assert.equal(1, #finished)
  end)

  it("give a torrent client's web seed requests to it, where it alone can be meant", function()
    connect()
    see(peer { progress = 0.2, uploaded = 1000 })
    local seed = transfer("web-seed")
    begin(seed)
    finish(seed, 5000)
    assert.equal(1, #list())
    assert.equal(6000, list()[1].sent)
    see(peer { progress = 0.3, uploaded = 2000 })
    assert.equal(7000, list()[1].sent)
    local other = transfer("web-seed", { address = "203.0.113.99" })
    begin(other)
    assert.equal("web-seed", list()[2].way)
  end)

  it("know the person whose link it is, by whatever way", function()
    local made, told = transfer(), {}
    recipients.on_finished = function(is_news) told[#told + 1] = is_news end
    begin(made)
    finish(made, 1000000)
    recipients:delivered(made)
    announce({ peer = ("11"):rep(20) }, false, { id = "l1", name = "Marie" })
    connect()
    see(peer { id = ("11"):rep(20), progress = 0.5, uploaded = 500000 })
    leave(peer { id = ("11"):rep(20), progress = 1, uploaded = 1000000 }, true)
    assert.same({ 0, 1, 1 }, summary())
    assert.same({ "done", "done" }, { list()[1].state, list()[2].state })
    assert.same({ "l1" }, place.counted)
    announce({ address = "203.0.113.8", peer = ("22"):rep(20) }, false, { id = "l2", name = "Jonas" })
    announce({ address = "203.0.113.8", peer = ("22"):rep(20), left = 0 }, true, { id = "l2", name = "Jonas" })
    assert.same({ 0, 2, 2 }, summary())
    helper.wait_for(function() return #finished == 2 end, 5, "Jonas's end")
    assert.same({ true, true }, told)
  end)

  it("know a client that announces itself by IPv4 and IPv6, and connects by one of them", function()
    local id = ("11"):rep(20)
    announce { peer = id }
    announce { peer = id, address = "2001:db8::7" }
    connect { address = "2001:db8::7" }
    see(peer { address = "2001:db8::7", id = ("22"):rep(20), progress = 0.5, uploaded = 500000 })
    leave(peer { address = "2001:db8::7", id = ("22"):rep(20), progress = 1, uploaded = 1000000 }, true)
    announce({ peer = id, action = "completed", left = 0 }, true)
    assert.same({ 0, 1, 1 }, summary())
    assert.equal(1, #list())
  end)

  it("are kept over a restart, and begin anew with a new version", function()
    connect()
    leave(peer { progress = 1, uploaded = 1000000 }, true)
    local made = transfer()
    begin(made)
    finish(made, 1000000)
    recipients:delivered(made)
    recipients:close()
    services = place:reopen()
    open()
    assert.same({ 0, 2, 2 }, summary())
    assert.equal(2, #list())
    local names = { list()[1].client, list()[2].client }
    table.sort(names)
    assert.same({ "Transmission 4.0", "curl/7.88.1" }, names)
    begin(made)
    recipients:delivered(made)
    assert.equal(0, #finished)
    finish(made, 1000000)
    share.number = 2
    assert.equal(0, recipients:complete(share))
    assert.equal(3, recipients:summary(share).downloads)
    assert.equal("gone", list()[1].state)
    connect()
    leave(peer { progress = 1, uploaded = 2000000 }, true)
    assert.equal(1, recipients:complete(share))
  end)

  it("show the names of programs cut short and without anything that acts", function()
    assert.equal("Firefox 128", client.of_agent "Mozilla/5.0 (X11; Linux) Gecko/20100101 Firefox/128.0")
    assert.equal("Safari 17", client.of_agent "Mozilla/5.0 (Mac) Version/17.4 Safari/605.1")
    assert.equal("curl/7.88.1", client.of_agent "curl/7.88.1")
    assert.is_nil(client.of_agent(nil))
    assert.is_nil(client.of_agent "")
    assert.equal("\\x1B[2J\\xFF", client.of_peer "\27[2J\255")
    assert.equal(48, utf8.len(client.of_peer(("é"):rep(64))))
  end)
end)
