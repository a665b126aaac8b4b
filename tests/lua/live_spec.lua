-- The live stream: what it says, how often, to whom, and what it costs.
local counts = require "btshare.live.counts"
local helper = require "helper"
local json = require "core.json"
local live_module = require "btshare.live"
local rows = require "btshare.shares.rows"
local task = require "btshare.task"
local uv = require "luv"

describe("the live stream", function()
  local live, items, encoded, downloads

  before_each(function()
    live, items, encoded, downloads = live_module.new(), {}, 0, { d = '{"id":"d"}' }
    live:offer {
      member = "shares", removed = "removed",
      text = function(id)
        encoded = encoded + 1
        return items[id] and json.encode { id = id, value = items[id] } or nil
      end,
    }
    live:offer {
      member = "downloads", removed = "downloads_removed",
      text = function(id) return downloads[id] end,
      ids = function()
        local ids = {}
        for id in pairs(downloads) do ids[#ids + 1] = id end
        return ids
      end,
    }
    live.status = function() return { name = "Paul" } end
  end)

  after_each(function() live:close() end)

  -- A request whose stream is not read by anybody but the spec.
  local function listen(owner, since)
    local reader = { got = {}, queued = 0 }
    local request = { id = {}, listener = { cut = function(_, id) reader.was_cut = id end } }
    local message
    task.spawn(function()
      local reply, why, code = live:open(request, owner or "paul", since)
      reader.code, message = code, why
      if not reply then return end
      reader.first, reader.close = reply.body, reply.on_sent
      reply.on_open(function(bytes)
        reader.got[#reader.got + 1] = bytes
        return reader.queued > 0 and reader.queued or #bytes
      end, function() reader.is_finished = true end)
    end)
    return reader, message
  end

  local function parse(text)
    local id, name, data = text:match("id: (%d+)\nevent: (%a+)\ndata: ([^\n]*)\n\n$")
    return { id = math.tointeger(tonumber(id)), name = name, data = json.decode(data) }
  end

  local function next_delta(reader)
    local seen = #reader.got
    helper.wait_for(function() return #reader.got > seen end, 3, "a delta")
    return parse(reader.got[#reader.got])
  end

  it("begins with a snapshot and goes on with what changed, and what is gone", function()
    local reader = listen()
    local first = parse(reader.first)
    assert.equal("snapshot", first.name)
    assert.is_true(first.data.reset)
    assert.equal("Paul", first.data.status.name)
    assert.equal("d", first.data.downloads[1].id)
    assert.equal(first.id, first.data.number)
    items.one = 1
    live:touch("shares", "one")
    live:touch("shares", "two")
    live:event { id = 7, kind = "share-created" }
    local delta = next_delta(reader)
    assert.equal("delta", delta.name)
    assert.equal(first.id + 1, delta.id)
    assert.equal(delta.id, delta.data.number)
    assert.same({ { id = "one", value = 1 } }, setmetatable(delta.data.shares, nil))
    assert.same({ "two" }, setmetatable(delta.data.removed, nil))
    assert.equal(7, delta.data.events[1].id)
    assert.is_nil(delta.data.downloads)
  end)

  it("makes at most two deltas a second, each encoded once for all who listen", function()
    local one, other = listen "a", listen "b"
    items.x = 0
    local started = uv.hrtime()
    helper.wait_for(function()
      items.x = items.x + 1
      live:touch("shares", "x")
      return #one.got >= 4
    end, 5)
    local seconds = (uv.hrtime() - started) / 1e9
    assert.is_true(#one.got <= 2 * seconds + 1, ("%d deltas in %.2f s"):format(#one.got, seconds))
    assert.same(one.got, other.got)
    assert.equal(#one.got, encoded)
  end)

  it("says nothing while nothing changes, but that it is alive", function()
    local reader = listen()
    local ended = false
    local timer = uv.new_timer()
    timer:start(700, 0, function() ended = true end)
    helper.wait_for(function() return ended end)
    timer:close()
    assert.equal(0, #reader.got)
  end)

  it("goes on where a client was that comes back, and begins anew where that is too long ago", function()
    local reader = listen()
    items.x, items.y = 1, 2
    live:touch("shares", "x")
    local first = next_delta(reader)
    live:touch("shares", "y")
    local second = next_delta(reader)
    reader.close()
    live:touch("shares", "x") -- nobody is there, but somebody may come back
    local number = live.number
    helper.wait_for(function() return live.number > number end, 3, "the third delta")
    local again = listen("paul", first.id)
    assert.is_truthy(again.first:find("id: " .. second.id, 1, true))
    assert.is_truthy(again.first:find("id: " .. live.number, 1, true))
    assert.is_nil(again.first:find("snapshot", 1, true))
    local late = listen("paul", first.id - 2)
    assert.equal("snapshot", parse(late.first).name)
    assert.equal("snapshot", parse(listen("paul", live.number + 100).first).name)
    for round = 1, 300 do
      items.x = round
      live:touch("shares", "x")
      live:tick()
    end
    assert.equal("snapshot", parse(listen("other", first.id).first).name)
  end)

  it("tells the same to who polls", function()
    local number = live.number
    local answer
    local function poll(since)
      task.spawn(function() answer = json.decode(live:changes(since)) end)
      return answer
    end
    assert.is_nil(poll(number).reset)
    items.x, items.y = 1, 2
    live:touch("shares", "x")
    live:tick()
    live:touch("shares", "y")
    live:touch("shares", "x")
    live:tick()
    poll(number)
    assert.equal(live.number, answer.number)
    assert.equal(2, #answer.shares)
    assert.is_true(poll(number - 5).reset)
    assert.is_nil(poll(live.number).shares)
  end)

  it("marks nothing while nobody looks, and does not pretend to know afterwards", function()
    local number = live.number
    live:touch("shares", "x")
    assert.equal(0, encoded)
    local reader = listen("paul", number)
    assert.equal("snapshot", parse(reader.first).name)
  end)

  it("tells those members of the status that changed", function()
    local value = 1
    live:offer_status("counts", function() return { all = value } end)
    local reader = listen()
    assert.equal(1, next_delta(reader).data.status.counts.all)
    value = 2
    assert.same({ counts = { all = 2 } }, next_delta(reader).data.status)
  end)

  it("compares what is little, and tells what of it has changed or is gone", function()
    local reader = listen()
    next_delta(reader) -- at the first look all are news
    downloads.d, downloads.e = '{"id":"d","done":1}', '{"id":"e"}'
    assert.equal(2, #next_delta(reader).data.downloads)
    downloads.d = nil
    local delta = next_delta(reader)
    assert.is_nil(delta.data.downloads)
    assert.same({ "d" }, setmetatable(delta.data.downloads_removed, nil))
  end)

  it("lets four listen for one, 64 in all", function()
    for _ = 1, 4 do assert.is_nil(listen("paul").code) end
    assert.equal("busy", listen("paul").code)
    local last
    for index = 1, 60 do
      last = listen("guest" .. index)
      assert.is_nil(last.code)
    end
    assert.equal("busy", listen("late").code)
    last.close()
    assert.is_nil(listen("late").code)
  end)

  it("drops who lets a thousand deltas pile up, and whose right has ended", function()
    local slow, quick, gone = listen "slow", listen "quick", listen "gone"
    slow.queued = 100000
    for round = 1, 1001 do
      items.x = round
      live:touch("shares", "x")
      live:tick()
    end
    assert.is_truthy(slow.was_cut)
    assert.is_nil(quick.was_cut)
    live:cut "gone"
    assert.is_truthy(gone.was_cut)
    assert.is_nil(quick.was_cut)
  end)

  describe("with 10,000 shares", function()
    local services, list

    before_each(function()
      list = {}
      services = {
        shares = { by_id = {}, list = function() return list end },
        links = { token = function() return ("A"):rep(27) end, generation = function() return 0 end },
        reach = { public_urls = function() return { "http://192.0.2.1:8702/s/" } end },
        recipients = { summary = function(_, share) return share.total end },
      }
      services.rows = rows.new(services)
      for index = 1, 10000 do
        local share = {
          id = ("%016x"):format(index), entry = ("Film number %d.mkv"):format(index), kind = "file", size = 1000000000,
          files = 1, state = "ready", exposure = "link", created = 1, changed = 1, revision = 1,
          root = { path = "/home/paul/Public" },
          total = { recipients = 0, complete = 0, downloads = 0, sent = 0, up_rate = 0 },
        }
        services.shares.by_id[share.id], list[index] = share, share
      end
      live:close()
      live = live_module.new()
      live:offer {
        member = "shares", removed = "removed", begin = function() services.rows:begin() end,
        text = function(id) return services.rows:text(services.shares.by_id[id]) end,
      }
    end)

    local function change(first, last)
      for index = first, last do
        local share = list[index]
        share.total.up_rate, share.total.sent = share.total.up_rate + 1, share.total.sent + 1000
        share.total.recipients = 1
        services.rows:touch(share)
        live:touch("shares", share.id)
      end
    end

    it("a tick with 200 changed ones costs little", function()
      local readers = {}
      for index = 1, 10 do readers[index] = listen("reader" .. index) end
      change(1, 200)
      live:tick()
      local best = math.huge
      for round = 1, 20 do
        change(round * 200 + 1, round * 200 + 200)
        collectgarbage()
        local before = os.clock()
        live:tick()
        best = math.min(best, os.clock() - before)
      end
      local delta = readers[1].got[#readers[1].got]
      print(("# a tick of 200 among 10,000 shares: %.2f ms, %d bytes"):format(best * 1000, #delta))
      assert.equal(200, #parse(delta).data.shares)
      assert.is_true(best < 0.02, best .. " s")
    end)

    it("deltas of all of them are small enough that no reader is cut, and tell of each once", function()
      local reader = listen()
      change(1, 10000)
      live:tick()
      while live.is_marked do live:tick() end
      assert.is_true(#reader.got > 1)
      local told, count = {}, 0
      for _, text in ipairs(reader.got) do
        assert.is_true(#text < 256 * 1024, #text)
        for _, row in ipairs(parse(text).data.shares) do
          assert.is_nil(told[row.id])
          told[row.id], count = true, count + 1
        end
      end
      assert.equal(10000, count)
      assert.equal(10000, #json.decode(live:changes(reader.first:match("id: (%d+)") // 1)).shares)
    end)

    it("counts by what changed", function()
      local count = counts.new(services)
      assert.same({ all = 10000, attention = 0, never = 10000, sending = 0 }, count:filters())
      for index = 1, 200 do
        list[index].total.recipients, list[index].state = 1, "missing"
        count:touch(list[index], true)
      end
      local before = os.clock()
      assert.same({ all = 10000, attention = 200, never = 10000, sending = 200 }, count:filters())
      print(("# counting 200 changes: %.2f ms"):format((os.clock() - before) * 1000))
      assert.same({ ready = 9800, missing = 200 }, count:states())
      services.shares.by_id[list[1].id] = nil
      count:touch(list[1], true)
      assert.equal(9999, count:filters().all)
      assert.equal(199, count:states().missing)
    end)
  end)
end)
