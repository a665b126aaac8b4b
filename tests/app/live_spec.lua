-- What changes, as a client of the API sees it: a stream that begins, goes on, is resumed; history and throughput.
local helper = require "helper"
local json = require "dkjson"
local place_module = require "place"
local process = require "support.process"

describe("what changes", function()
  local place, daemon

  setup(function()
    place = place_module.open()
    place:put("film.bin", ("x"):rep(100000))
    daemon = place:start()
    daemon:ready "film.bin"
  end)

  teardown(function()
    daemon:stop()
    place:close()
  end)

  local opened = {}

  after_each(function()
    for _, reader in ipairs(opened) do reader.process:stop() end
    opened = {}
  end)

  local function request(path, ...)
    return { "curl", "-sN", "--unix-socket", place.state .. "/control.sock", "http://x/api/v1/" .. path, ... }
  end

  local function ask(path, ...)
    return process.run(request(path, ...))
  end

  -- A stream that is read as it comes.
  local function listen(...)
    local reader, event = { events = {} }, {}
    reader.process = process.start(request("events", ...), {
      on_line = function(line)
        local name, value = line:match("^(%a+): (.*)$")
        if name then
          event[name] = value
        elseif line == "" and event.data then
          event.at, event.data = require("luv").hrtime() / 1e9, json.decode(event.data)
          table.insert(reader.events, event)
          event = {}
        end
      end,
    })
    opened[#opened + 1] = reader
    function reader:wait(matches, what)
      return self.process:wait_for(function()
        for _, one in ipairs(self.events) do
          if matches(one) then return one end
        end
      end, 15, what)
    end
    return reader
  end

  local function is_snapshot(event) return event.event == "snapshot" end

  local function has_row(name)
    return function(event)
      for _, row in ipairs(event.event == "delta" and event.data.shares or {}) do
        if row.name == name and row.state == "ready" then return true end
      end
    end
  end

  it("is streamed: a snapshot, then what has changed, no more than twice a second, and resumed", function()
    local reader = listen()
    local first = reader:wait(is_snapshot, "a snapshot")
    assert.equal(tonumber(first.id), first.data.number)
    assert.equal(1, first.data.status.counts.all)
    for index = 1, 20 do helper.write(place.share .. "/new" .. index, ("y"):rep(index)) end
    for index = 1, 20 do reader:wait(has_row("new" .. index), "the row of new" .. index) end
    reader:wait(function(event)
      for _, happened in ipairs(event.data.events or {}) do
        if happened.kind == "share-created" then return true end
      end
    end, "what has happened")
    reader:wait(function(event)
      return event.event == "delta" and ((event.data.status or {}).counts or {}).all == 21
    end, "the counts")
    local last
    for index, event in ipairs(reader.events) do
      if index > 2 then
        assert.equal(tonumber(last.id) + 1, tonumber(event.id))
      end
      last = event
    end
    local seconds, deltas = last.at - reader.events[1].at, #reader.events - 1
    assert.is_true(deltas <= 2 * seconds + 2, ("%d deltas in %.2f s"):format(deltas, seconds))
    reader.process:stop()
    daemon:command { "stop", "new1" }
    local again = listen("-H", "Last-Event-ID: " .. last.id)
    local removed = again:wait(function(event) return event.data.removed end, "what is gone")
    assert.is_true(tonumber(removed.id) > tonumber(last.id))
    assert.is_nil(again.events[1].data.reset)
    again.process:stop()
    local late = listen("-H", "Last-Event-ID: 7")
    assert.is_true(late:wait(is_snapshot, "a snapshot").data.reset)
    late.process:stop()
  end)

  it("is told to who polls", function()
    local first = json.decode(ask "changes?since=0")
    assert.is_true(first.reset)
    assert.is_true(json.decode(ask "changes").reset)
    local number = first.number
    helper.write(place.share .. "/polled", "z")
    helper.wait_for(function()
      local answer = json.decode(ask("changes?since=" .. number))
      assert.is_nil(answer.reset)
      for _, row in ipairs(answer.shares or {}) do
        if row.name == "polled" and row.state == "ready" then return true end
      end
    end, 15, "the new share")
    local page = json.decode(ask "shares?view=row")
    assert.is_true(page.number > number)
    assert.equal(400, json.decode(ask "changes?since=x").status)
  end)

  -- A stream that was let in; those that ended just now may be counted for a moment.
  local function listen_in_time()
    return helper.wait_for(function()
      local reader = listen()
      local is_in = pcall(reader.process.wait_for, reader.process, function()
        return reader.events[1] or reader.process.code
      end, 5, "an answer")
      if is_in and reader.events[1] then return reader end
      reader.process:stop()
    end, 20, "room for another")
  end

  it("is streamed to four at once for each", function()
    local readers = {}
    for index = 1, 4 do readers[index] = listen_in_time() end
    assert.equal(503, json.decode(ask "events").status)
    readers[1].process:stop()
    readers[1] = listen_in_time()
    for _, reader in ipairs(readers) do reader.process:stop() end
  end)

  it("can be read later, and taken into a spreadsheet", function()
    local page = json.decode(ask "activity/events?limit=5&kind=share-created")
    assert.equal(5, #page.events)
    assert.is_true(page.total >= 5)
    local id = page.events[1].share.id
    local own = json.decode(ask("shares/" .. id .. "/history"))
    assert.equal("share-created", own.events[#own.events].kind)
    assert.equal(404, json.decode(ask "shares/0000000000000000/history").status)
    local table = ask("activity/events?q=film", "-H", "Accept: text/csv")
    assert.matches("^time,kind,share,link,who,way,text\r\n", table)
    assert.matches("share%-created,film%.bin,,,,film%.bin is shared %(1 file%)", table)
    table = ask("activity/events?q=film", "-H", "Accept: text/csv", "-H", "Accept-Language: fr")
    assert.matches("film%.bin est partagé", table)
  end)

  it("adds up", function()
    local share = daemon:list()[1]
    process.run { "curl", "-sf", "-o", place.folder .. "/got", share.link .. "/f/1/x" }
    local answer
    helper.wait_for(function()
      answer = json.decode(ask "activity?period=day")
      return answer.totals.sent >= share.size and answer.totals.people > 0
    end, 15, "what was sent, and to whom")
    assert.same({ 300, 287, 287 }, { answer.step, #answer.up, #answer.down })
    assert.equal(1, answer.totals.people)
  end)
end)
