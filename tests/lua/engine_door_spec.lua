-- Peers that the engine turns away: by their id, and by where they listen.
local bench = require "engine_helper"
local client = require "http_client"
local helper = require "helper"
local uv = require "luv"

local function id_of(letter) return "-XX0001-" .. letter:rep(12) end

describe("the engine's door", function()
  local folder, seeder, share

  before_each(function()
    folder = helper.folder()
    helper.write(folder .. "/file", assert(uv.random(100000, 0)))
    share = bench.share { root = folder, base = "", paths = { "file" } }
    seeder = bench.open { obfuscation = "off" }
    seeder:add(share)
  end)
  after_each(function()
    seeder:close()
    helper.remove(folder)
  end)

  local function from_hex(text)
    return (text:gsub("..", function(pair) return string.char(tonumber(pair, 16)) end))
  end

  -- Shakes hands (BEP 3) and says where it listens (BEP 10).
  local function visit(id, port, from)
    local peer = client.connect { port = seeder:port(), from = from }
    local told = port and ("d1:md1:xi1ee1:pi%dee"):format(port) or "d1:md1:xi1eee"
    peer:send("\19BitTorrent protocol" .. "\0\0\0\0\0\16\0\0" .. from_hex(share.info_hash) .. id)
    peer:send(string.pack(">I4BB", #told + 2, 20, 0) .. told)
    return peer
  end

  -- What the peer gets first is 68 bytes of a handshake; a message says that it is let in.
  local function is_let_in(peer)
    helper.wait_for(function() return peer.ended or peer.count > 68 end, 5, "an answer")
    -- The door looks at connections each second, too.
    local enough = uv.hrtime() + 1.5e9
    helper.wait_for(function() return peer.ended or uv.hrtime() > enough end, 5)
    local is_in = not peer.ended
    peer:close()
    return is_in
  end

  it("hangs up on who is connected, by its id alone, and lets others in", function()
    local marie, paul = visit(id_of "m"), visit(id_of "p")
    helper.wait_for(function() return marie.count > 68 and paul.count > 68 end, 5, "the handshakes")
    local began = uv.hrtime()
    assert(seeder.engine:refuse(share.info_hash, { { id = id_of "m" } }))
    helper.wait_for(function() return marie.ended end, 3, "her end")
    print(("# hung up on after %.2f s"):format((uv.hrtime() - began) / 1e9))
    assert.is_false(paul.ended)
    marie:close()
    assert.is_false(is_let_in(visit(id_of "m")))
    assert.is_true(is_let_in(visit(id_of "q")))
    assert.is_true(is_let_in(paul))
    assert(seeder.engine:refuse(share.info_hash, {}))
    assert.is_true(is_let_in(visit(id_of "m")))
  end)

  it("knows who called by where it listens", function()
    assert(seeder.engine:refuse(share.info_hash, { { address = "127.0.0.1", port = 20001 } }))
    assert.is_false(is_let_in(visit(id_of "n", 20001)))
    assert.is_true(is_let_in(visit(id_of "n", 20002)))
    assert.is_true(is_let_in(visit(id_of "n")))
  end)

  it("knows who is called by its address", function()
    local server, greeted, ended = uv.new_tcp(), nil, nil
    server:bind("127.0.0.1", 0)
    server:listen(4, function()
      local connection = uv.new_tcp()
      server:accept(connection)
      connection:write("\19BitTorrent protocol" .. ("\0"):rep(8) .. from_hex(share.info_hash) .. id_of "c")
      connection:read_start(function(problem, data)
        if data then greeted = true return end
        ended = problem or true
        connection:close()
      end)
    end)
    local port = server:getsockname().port
    assert(seeder.engine:connect_peer(share.info_hash, "127.0.0.1", port))
    helper.wait_for(function() return greeted end, 5, "its call")
    assert.is_nil(ended)
    assert(seeder.engine:refuse(share.info_hash, { { address = "127.0.0.1", port = port } }))
    helper.wait_for(function() return ended end, 3, "its end")
    server:close()
  end)

  it("lets in those at some addresses alone, and nobody where there are none", function()
    local here, there = visit(id_of "m"), visit(id_of "o", nil, "127.0.0.2")
    helper.wait_for(function() return here.count > 68 and there.count > 68 end, 5, "the handshakes")
    assert(seeder.engine:refuse(share.info_hash, {}, { "127.0.0.1" }))
    helper.wait_for(function() return there.ended end, 3, "its end")
    there:close()
    assert.is_true(is_let_in(here))
    assert.is_false(is_let_in(visit(id_of "n", nil, "127.0.0.2")))
    assert(seeder.engine:refuse(share.info_hash, { { id = id_of "p" } }, { "127.0.0.1" }))
    assert.is_false(is_let_in(visit(id_of "p")))
    assert(seeder.engine:refuse(share.info_hash, {}, {}))
    assert.is_false(is_let_in(visit(id_of "n")))
    assert(seeder.engine:refuse(share.info_hash, {}))
    assert.is_true(is_let_in(visit(id_of "n", nil, "127.0.0.2")))
  end)

  it("says what is wrong", function()
    assert.same({ nil, ("0"):rep(40) .. ": no such torrent", "missing" }, { seeder.engine:refuse(("0"):rep(40), {}) })
    assert.has_error(function() seeder.engine:refuse(share.info_hash, { { id = "short" } }) end)
    assert.has_error(function() seeder.engine:refuse(share.info_hash, { { port = 65536 } }) end)
    assert.has_error(function() seeder.engine:refuse(share.info_hash, { 1 }) end)
    assert.has_error(function() seeder.engine:refuse(share.info_hash, {}, { 1 }) end)
    assert.has_error(function() seeder.engine:refuse(share.info_hash, {}, "127.0.0.1") end)
  end)
end)
