-- The tracker in every magnet, asked as torrent clients ask it: raw requests, bencoded answers.
local bencode = require "bencode_reader"
local client = require "http_client"
local helper = require "helper"
local place_module = require "place"
local skip = require "support.skip"
local uv = require "luv"

describe("the tracker", function()
  local place, daemon, share, port, token, hash
  local next_port = 20000

  setup(function()
    place = place_module.open()
    place:put("a.txt", "content")
    place:put("b.txt", "other content")
    daemon = place:start()
    share = daemon:ready "a.txt"
    port = place:port()
  end)

  teardown(function()
    daemon:stop()
    assert.is_nil(daemon.process.errors:find("traceback"))
    place:close()
  end)

  local function token_of(magnet)
    return magnet:match("announce%%2F([%w_-]+)")
  end

  local function escape(bytes)
    return (bytes:gsub(".", function(byte) return ("%%%02x"):format(byte:byte()) end))
  end

  local function bytes_of(hex)
    return (hex:gsub("%x%x", function(digits) return string.char(tonumber(digits, 16)) end))
  end

  before_each(function()
    token = token_of(share.magnet)
    hash = escape(bytes_of(share.info_hash))
  end)

  local function get(path)
    return client.get({ port = port }, path)
  end

  -- An announce with `more` after the usual words; the decoded answer.
  local function announce(more, from)
    next_port = next_port + 1
    local query = ("info_hash=%s&peer_id=-XX0001-1234567%05d&port=%d&uploaded=0&downloaded=0%s%s"):format(
      hash, from or next_port, from or next_port, (more or ""):find("left=", 1, true) and "" or "&left=7", more or "")
    local answer = get("/announce/" .. token .. "?" .. query)
    assert.equal(200, answer.status)
    return bencode.decode(answer.body)
  end

  local function endpoints(compact)
    local list = {}
    for at = 1, #compact, 6 do
      local a, b, c, d, number = string.unpack(">BBBBI2", compact, at)
      list[#list + 1] = ("%d.%d.%d.%d:%d"):format(a, b, c, d, number)
    end
    return list
  end

  local function own_endpoint()
    return share.magnet:match("x%.pe=([%d.:]+)")
  end

  it("answers with ourselves first, then others", function()
    local answer = announce("&compact=1&event=started", 20001)
    assert.same({ own_endpoint() }, endpoints(answer.peers))
    assert.equal(600, answer.interval)
    assert.is_true(answer["min interval"] > 0)
    assert.equal(1, answer.complete)
    assert.equal(1, answer.incomplete)
    answer = announce("&compact=1", 20002)
    assert.same({ own_endpoint(), "127.0.0.1:20001" }, endpoints(answer.peers))
    announce("&event=stopped", 20001)
    announce("&event=stopped", 20002)
  end)

  it("forgets who stopped, and counts who has it all", function()
    announce("&event=started", 20011)
    local answer = announce("&event=completed&left=0", 20011)
    assert.equal(2, answer.complete)
    assert.equal(0, answer.incomplete)
    assert.equal(1, answer.downloaded)
    answer = announce("&event=completed&left=0", 20011)
    assert.equal(1, answer.downloaded)
    answer = announce("&event=stopped", 20011)
    assert.equal(1, answer.complete)
    assert.equal("", answer.peers)
  end)

  it("gives as many as are wanted, and at most a hundred", function()
    for index = 1, 5 do announce("", 20020 + index) end
    assert.equal(0, #announce("&numwant=0", 20030).peers)
    assert.equal(2 * 6, #announce("&numwant=2", 20030).peers)
    assert.equal(6 * 6, #announce("&numwant=100000", 20030).peers)
    assert.equal(6 * 6, #announce("&numwant=-1", 20030).peers) -- what some clients say for: as you like
    assert.equal(6 * 6, #announce("&numwant=nonsense", 20030).peers)
    for index = 1, 5 do announce("&event=stopped", 20020 + index) end
    announce("&event=stopped", 20030)
  end)

  it("keeps at most eight peers of an address", function()
    for index = 1, 12 do announce("", 20040 + index) end
    local answer = announce("&numwant=100", 20041)
    assert.equal(8, #endpoints(answer.peers)) -- we and seven others
    assert.equal(8, answer.incomplete)
    for index = 1, 12 do announce("&event=stopped", 20040 + index) end
  end)

  it("spells peers out for those who ask", function()
    announce("", 20061)
    local answer = announce("&compact=0", 20062)
    local address, own_port = own_endpoint():match("^(.*):(%d+)$")
    assert.same({ { ip = address, port = tonumber(own_port) }, { ip = "127.0.0.1", port = 20061 } }, answer.peers)
    announce("&event=stopped", 20061)
    announce("&event=stopped", 20062)
  end)

  it("takes an address from the connection, never from the request", function()
    announce("&ip=192.0.2.7&ipv4=192.0.2.7&ipv6=2001:db8::7", 20071)
    assert.same({ own_endpoint(), "127.0.0.1:20071" }, endpoints(announce("", 20072).peers))
    announce("&event=stopped", 20071)
    announce("&event=stopped", 20072)
  end)

  it("knows only its own share under a token", function()
    assert.equal(404, get("/announce/" .. ("x"):rep(27) .. "?port=1&info_hash=" .. hash).status)
    assert.equal(404, get("/announce/x?port=1").status)
    assert.equal(404, get("/announce/" .. share.link:match("/s/(.*)$") .. "?port=1").status)
    assert.equal(404, get("/scrape/" .. ("x"):rep(27)).status)
    local other = daemon:ready "b.txt"
    local answer = bencode.decode(get(("/announce/%s?port=1&info_hash=%s"):format(token,
      escape(bytes_of(other.info_hash)))).body)
    assert.is_truthy(answer["failure reason"])
    assert.is_nil(answer.peers)
  end)

  it("refuses what is no announce, in the tracker's own words", function()
    for _, query in ipairs {
      "", "info_hash=" .. hash, "port=1", "port=0&info_hash=" .. hash, "port=65536&info_hash=" .. hash,
      "port=1.5&info_hash=" .. hash, "port=-1&info_hash=" .. hash, "port=1&info_hash=abc", "port=1&info_hash=",
      "port=1&info_hash=%", "port=1&info_hash=%zz", "port=1&info_hash=" .. hash .. hash,
      "port=nan&info_hash=" .. hash, "port=1e400&info_hash=" .. hash,
    } do
      local answer = get("/announce/" .. token .. "?" .. query)
      assert.equal(200, answer.status, query)
      assert.is_truthy(bencode.decode(answer.body)["failure reason"], query)
    end
  end)

  it("reads the hash however it is escaped", function()
    local raw = bytes_of(share.info_hash)
    local mixed = raw:gsub("[^%w]", function(byte) return ("%%%02X"):format(byte:byte()) end)
    for _, form in ipairs { hash, hash:upper(), mixed } do
      local answer = get(("/announce/%s?port=20081&event=stopped&info_hash=%s"):format(token, form))
      assert.is_nil(bencode.decode(answer.body)["failure reason"])
    end
  end)

  it("answers a scrape", function()
    announce("", 20091)
    local answer = bencode.decode(get("/scrape/" .. token .. "?info_hash=" .. hash).body)
    local file = answer.files[bytes_of(share.info_hash)]
    assert.equal(1, file.complete)
    assert.equal(1, file.incomplete)
    assert.is_true(file.downloaded >= 0)
    assert.same(answer, bencode.decode(get("/scrape/" .. token).body))
    assert.is_truthy(bencode.decode(get("/scrape/" .. token .. "?info_hash=abc").body)["failure reason"])
    announce("&event=stopped", 20091)
  end)

  it("has the engine connect to whoever announces, at once", function()
    local server, called = uv.new_tcp(), false
    assert(server:bind("127.0.0.1", 0))
    server:listen(8, function() called = true end)
    announce("&event=started", server:getsockname().port)
    helper.wait_for(function() return called end, 3, "a connection from the engine")
    announce("&event=stopped", server:getsockname().port)
    server:close()
  end)

  it("tells who announced and who has it all", function()
    local mark = daemon:mark()
    announce("&event=started", 20101)
    local event = daemon:wait("recipient-announced", nil, { from = mark })
    assert.equal("127.0.0.1", event.address)
    assert.equal(20101, event.port)
    assert.equal("started", event.action)
    assert.equal(7, event.left)
    assert.equal(share.id, event.share.id)
    announce("&event=completed&left=0", 20101)
    event = daemon:wait("recipient-finished", nil, { from = mark })
    assert.equal("127.0.0.1", event.who)
    announce("&event=stopped", 20101)
    assert.equal(1, daemon:count("recipient-finished", function(one) return one.at >= event.at end))
  end)

  it("tells who has it all also of a client that only says that nothing is left", function()
    local mark = daemon:mark()
    announce("&event=started", 20102)
    announce("&event=stopped&left=0", 20102)
    assert.equal("127.0.0.1", daemon:wait("recipient-finished", nil, { from = mark }).who)
  end)

  it("is never brought down by what it is sent", function()
    math.randomseed(11)
    local words = {
      "info_hash", "port", "left", "event", "numwant", "compact", "ip", "key", "", "%00", "&&", "=", "%",
    }
    local function noise()
      local parts = {}
      for index = 1, math.random(0, 6) do
        local value = {}
        for at = 1, math.random(0, 12) do value[at] = string.char(math.random(33, 126)):gsub("[# ]", "x") end
        parts[index] = words[math.random(#words)] .. (math.random(4) > 1 and "=" or "") .. table.concat(value)
      end
      return table.concat(parts, "&")
    end
    local connection = client.connect { port = port }
    local seen = {}
    for _ = 1, 2000 do
      local path = (math.random(5) == 1 and "/scrape/" or "/announce/") .. token
      connection:send(("GET %s?%s HTTP/1.1\r\nHost: localhost\r\n\r\n"):format(path, noise()))
      local answer = connection:response()
      if not answer or answer.headers.connection == "close" then
        connection:close()
        connection = client.connect { port = port }
      end
      local status = answer and answer.status or "none"
      seen[status] = (seen[status] or 0) + 1
    end
    connection:close()
    for status in pairs(seen) do
      assert.is_truthy(status == 200 or status == 400, "answered " .. status)
    end
    assert.is_true(seen[200] > 1000)
    assert.is_true(daemon:lives())
  end)

  it("knows nothing of a share that was stopped or has expired", function()
    place:put("stopped.txt", "stopped")
    place:put("expired.txt", "expired")
    local shares = { daemon:ready "stopped.txt", (daemon:ready "expired.txt") }
    for _, one in ipairs(shares) do
      assert.equal(200, get("/announce/" .. token_of(one.magnet)).status)
    end
    daemon:command { "stop", "stopped.txt" }
    daemon:command { "add", place.share .. "/expired.txt", "--for", "1s" }
    daemon:wait "share-expired"
    for _, one in ipairs(shares) do
      assert.equal(404, get("/announce/" .. token_of(one.magnet)).status)
      assert.equal(404, get("/scrape/" .. token_of(one.magnet)).status)
    end
  end)
end)

local function has_ipv6()
  local probe = uv.new_tcp()
  local bound = probe:bind("::1", 0)
  probe:close()
  return bound ~= nil
end

describe("the tracker on IPv6", function()
  if not has_ipv6() then return skip.tests("peers6", "needs ::1 on the loopback") end

  it("answers with peers6", function()
    local place = place_module.open()
    place:put("a.txt", "content")
    local daemon = place:start { public = "[::1]:0" }
    local share = daemon:ready "a.txt"
    local port = tonumber(share.link:match("%]:(%d+)/"))
    local hash = share.info_hash:gsub("%x%x", "%%%0")
    local function announce(from)
      local path = ("/announce/%s?port=%d&info_hash=%s"):format(share.magnet:match("announce%%2F([%w_-]+)"), from, hash)
      return bencode.decode(client.get({ address = "::1", port = port }, path).body)
    end
    announce(20001)
    local answer = announce(20002)
    assert.equal("", answer.peers)
    assert.equal(36, #answer.peers6)
    local own = tonumber(share.magnet:match("x%.pe=%[::1%]:(%d+)"))
    assert.equal(("\0"):rep(15) .. "\1" .. string.pack(">I2", own), answer.peers6:sub(1, 18))
    assert.equal(("\0"):rep(15) .. "\1" .. string.pack(">I2", 20001), answer.peers6:sub(19))
    daemon:stop()
    place:close()
  end)
end)
