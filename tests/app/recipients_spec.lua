-- Who fetches a share, as the API tells it: a real torrent client and curl, from nothing to all of it, and afterwards.
local helper = require "helper"
local json = require "dkjson"
local libtorrent = require "clients.support.recipients.libtorrent"
local place_module = require "place"
local process = require "support.process"
local tree = require "support.tree"
local uv = require "luv"

local size = 6000000
local plain_peer = debug.getinfo(1, "S").source:match("^@(.*)/app/") .. "/support/plain_peer.py"

describe("the recipients of a share", function()
  local place, daemon, fetch

  before_each(function()
    place = place_module.open()
    place:put("film.bin", tree.bytes(size, 1))
  end)

  after_each(function()
    if fetch then fetch:stop() end
    fetch = nil
    place:close()
  end)

  local function ask(path)
    local text = process.run { "curl", "-s", "--unix-socket", place.state .. "/control.sock", "http://x" .. path }
    return assert(json.decode(text), text)
  end

  local function start(more)
    daemon = place:start(more)
    return daemon:ready "film.bin"
  end

  local function recipients(share)
    return ask("/api/v1/shares/" .. share.id .. "/recipients")
  end

  local function receive(magnet, options)
    local folder = place.folder .. "/recipient"
    for _, path in ipairs { folder, folder .. "/out" } do assert(uv.fs_mkdir(path, 448)) end
    options.port = 0
    fetch = libtorrent.fetch({ address = "127.0.0.1", folder = folder, out = folder .. "/out" }, magnet, options)
    return fetch
  end

  local function curl(url, ...)
    return process.start({ "curl", "-sf", url, "-o", place.folder .. "/got", ... }, {})
  end

  local function until_finished(share, sample)
    helper.wait_for(function()
      sample(recipients(share))
      return daemon:find "recipient-finished"
    end, 25, "the recipient's end")
  end

  -- What is told of a share after everything: to be the same after a restart.
  local function check_kept(share, way)
    daemon:crash()
    daemon = place:start()
    daemon:ready "film.bin"
    local after = recipients(share)
    assert.equal(1, #after.recipients)
    local one = after.recipients[1]
    assert.equal("done", one.state)
    assert.equal(way, one.way)
    assert.is_truthy(one.finished)
    assert.equal(1, after.complete)
    local row = ask "/api/v1/shares?view=row".shares[1]
    assert.equal(1, row.complete)
    assert.equal(1, row.downloads)
    assert.is_nil(row.recipients)
    return one, row
  end

  it("tell how far a torrent client is, and that it has it all: once, and after a restart", function()
    local share = start()
    receive(share.magnet, { download_limit = 300000, stay = true }) -- far from the end while it is looked at
    local seen, states, pieces, client, between = {}, {}, nil, nil, 0
    until_finished(share, function(answer)
      local one = answer.recipients[1]
      states[#states + 1] = one and one.state or "nobody"
      if one and one.state == "active" then
        assert.equal(1, #answer.recipients)
        assert.equal("torrent", one.way)
        assert.equal("here", one.where)
        seen[#seen + 1], client = one.progress, one.client or client
        pieces = one.pieces or pieces
        assert.is_true((one.left_seconds or 0) < 600)
        assert.is_true(#seen == 1 or seen[#seen] >= seen[#seen - 1])
        if one.progress > 0 and one.progress < 1 and one.progress ~= seen[#seen - 1] then between = between + 1 end
        if between == 2 and client and pieces then fetch:tell "limit 0" end
      end
    end)
    assert.is_true(between >= 2, "progress was seen only as " .. table.concat(seen, " ")
      .. " of " .. table.concat(states, " "))
    assert.is_true(pieces ~= nil and #pieces <= 344)
    assert.matches("^libtorrent", client)
    helper.wait_for(function() return recipients(share).recipients[1].state == "done" end, 10, "the done state")
    local row
    helper.wait_for(function() -- what was sent is counted a little later
      row = ask "/api/v1/shares?view=row".shares[1]
      return row.sent >= size
    end, 10, "all to be counted")
    assert.is_true(row.sent < 1.2 * size, "sent " .. row.sent)
    assert.equal(1, recipients(share).copies_elsewhere)
    assert.equal(1, daemon:count "recipient-finished")
    local one = check_kept(share, "torrent")
    assert.matches("^libtorrent", one.client)
  end)

  it("tell the same of a client without a tracker, by what its connection was like at its end", function()
    local share = start()
    receive(share.magnet, { trackers = "off" }) -- ends in the very moment in which it has it all
    until_finished(share, function() end)
    assert.equal(1, daemon:count "recipient-finished")
    assert.equal(1, recipients(share).complete)
  end)

  it("count once who never says what it has, and fetches in two parts: when it has the second", function()
    local share = start { config = 'obfuscation = "off"\n' }
    curl(share.link .. "/torrent"):wait(10)
    local piece_length = helper.read(place.folder .. "/got"):match "12:piece lengthi(%d+)e"
    local blocks = (size + 16383) // 16384
    local function take(first, last)
      process.run {
        "python3", plain_peer, "127.0.0.1", tostring(ask "/api/v1/status".port), share.info_hash, "fetch",
        tostring(size), piece_length, tostring(first), tostring(last), "0", "done",
      }
    end
    take(0, blocks - 1)
    helper.wait_for(function()
      local one = recipients(share).recipients[1]
      return one and one.state == "gone" and one.sent == (blocks - 1) * 16384
    end, 10, "its leaving")
    assert.equal(0, recipients(share).complete)
    take(blocks - 1, blocks)
    daemon:wait "recipient-finished"
    local answer = recipients(share)
    assert.same({ 1, 1, size }, { answer.complete, #answer.recipients, answer.recipients[1].sent })
    assert.equal(1, daemon:count "recipient-finished")
    assert.equal(1, ask "/api/v1/shares?view=row".shares[1].downloads)
  end)

  it("do not count a client that had it all when it came", function()
    local share = start()
    receive(share.magnet, { trackers = "off", stay = true }):wait(20)
    daemon:wait "recipient-finished"
    helper.wait_for(function() return recipients(share).recipients[1].state == "done" end, 10, "its leaving")
    fetch:meet("offer", "127.0.0.1", ask "/api/v1/status".port)
    local answer = recipients(share)
    assert.equal(1, answer.complete)
    assert.equal(1, #answer.recipients)
    assert.equal(1, daemon:count "recipient-finished")
  end)

  it("tell how far a download by HTTP is, through whose link it goes, and that it is over", function()
    place:put("film.bin", tree.bytes(40000000, 1)) -- more than the system's buffers take at once
    local share = start()
    local link = daemon:command({ "link", "film.bin", "--to", "Marie" }):match("http://%S+")
    local child = curl(link .. "/f/1/film.bin", "--limit-rate", "10M", "-A", "Mozilla/5.0 (X11) Firefox/128.0")
    -- It stands still between the first look and the second.
    local between, active = 0, nil
    until_finished(share, function(answer)
      local one = answer.recipients[1]
      if one and one.progress and one.progress > 0 and one.progress < 1 then
        between, active = between + 1, one
        assert.equal("active", one.state)
        if between <= 2 then child:kill(between == 1 and "sigstop" or "sigcont") end
      end
    end)
    child:wait(10)
    assert.is_true(between >= 2, "progress was seen " .. between .. " times")
    assert.same({ "Marie", "direct", "here", "Firefox 128" }, { active.name, active.way, active.where, active.client })
    local one, row = check_kept(share, "direct")
    assert.equal("Marie", one.name)
    assert.equal(40000000, row.sent)
  end)

  it("count a download twice that was made twice, but its recipient once", function()
    local share = start()
    curl(share.link .. "/f/1/film.bin"):wait(10)
    daemon:wait "recipient-finished"
    daemon:crash()
    daemon = place:start()
    daemon:ready "film.bin"
    share = daemon:list()[1]
    curl(share.link .. "/f/1/film.bin"):wait(10)
    helper.wait_for(function() return ask "/api/v1/shares?view=row".shares[1].downloads == 2 end, 5, "the second")
    assert.equal(1, recipients(share).complete)
    assert.equal(0, daemon:count "recipient-finished")
  end)

  it("see all ranges that one client fetches of the web seed as one", function()
    local share = start()
    curl(share.link .. "/torrent"):wait(10)
    local torrent = helper.read(place.folder .. "/got")
    local seed = torrent:match("http://[^:]+:%d+/w/[%w_-]+/film%.bin")
    for _, range in ipairs { "0-99999", "200000-299999" } do curl(seed, "-r", range):wait(10) end
    local answer
    helper.wait_for(function() -- curl may have the last byte before its end is known here
      answer = recipients(share)
      return answer.recipients[1] and answer.recipients[1].sent >= 200000
    end, 10, "both ranges to be counted")
    assert.equal(1, #answer.recipients)
    assert.equal("web-seed", answer.recipients[1].way)
    assert.equal(200000, answer.recipients[1].sent)
    assert.equal(0, answer.complete)
  end)

  it("begin anew with a new version", function()
    local share = start()
    curl(share.link .. "/f/1/film.bin"):wait(10)
    daemon:wait "recipient-finished"
    place:put("film.bin", tree.bytes(size, 2))
    daemon:renewed(share, 20)
    local answer = recipients(share)
    assert.equal(0, answer.complete)
    assert.equal("gone", answer.recipients[1].state)
  end)
end)
