-- What has happened, kept for people: written in batches, bounded, found again, and safe in a spreadsheet.
local csv = require "btshare.history.csv"
local helper = require "helper"
local history_module = require "btshare.history"
local i18n = require "btshare.i18n"
local place_module = require "live_place"

describe("the history", function()
  local place, services, history

  local function open(limits)
    history = history_module.new(services, limits)
  end

  before_each(function()
    place = place_module.open()
    services = place.services
  end)

  after_each(function()
    history:close()
    place:close()
  end)

  local function find(wish)
    wish.limit, wish.offset = wish.limit or 100, wish.offset or 0
    return place:run(function() return history:find(wish) end)
  end

  local function stored()
    return services.store:query("SELECT count(*) AS count FROM history")[1].count
  end

  local function finish(who)
    services.events:tell("recipient-finished", { share = { id = "s1", name = "film.bin" }, who = who, way = "http" })
  end

  it("tells facts in words, newest first, before and after they are stored", function()
    open()
    services.shares.tell("share-created")
    finish "Marie"
    services.events:tell("notice", { level = "warning", message = "disk: nearly full" })
    services.events:tell("notice", { level = "debug", message = "nobody wants to know" })
    for _ = 1, 2 do
      local events, total = find {}
      assert.equal(3, total)
      assert.same({ "notice", "recipient-finished", "share-created" },
        { events[1].kind, events[2].kind, events[3].kind })
      assert.same({ id = "s1", name = "film.bin" }, events[2].share)
      assert.same({ "Marie", "direct" }, { events[2].who, events[2].way })
      assert.equal("Marie has all of film.bin", i18n.speaker("en"):text(events[2].text_key, events[2].values))
      assert.equal("Marie a reçu film.bin en entier", i18n.speaker("fr"):text(events[2].text_key, events[2].values))
      helper.wait_for(function() return stored() == 3 end, 5, "the batch")
    end
  end)

  it("tells what drop boxes are and have received, each in its own words", function()
    open()
    local party, plain = { id = "b1", title = "Party" }, { id = "b2" }
    local function tell(name, fact) services.events:tell(name, fact) end
    local function file(box, more)
      local fact = { box = box, name = "film.mkv", size = 2400000000, path = "/x" }
      for key, value in pairs(more or {}) do fact[key] = value end
      return fact
    end
    tell("box-created", { box = party })
    tell("upload-finished", file(party, { sender = "Ann" }))
    tell("upload-finished", file(plain))
    tell("upload-finished", { name = "own.txt", size = 1, path = "/x" }) -- dropped by the owner
    tell("upload-accepted", file(party))
    tell("upload-removed", file(plain, { by = "owner", state = "waiting" }))
    tell("upload-removed", file(plain, { by = "owner", state = "coming" }))
    tell("upload-removed", file(plain, { by = "sender", state = "waiting", sender = "Ann" }))
    tell("upload-removed", file(plain, { by = "age", state = "coming" }))
    tell("box-closed", { box = party })
    tell("box-opened", { box = party })
    tell("box-closed", { box = party, deleted = 0 })
    tell("box-closed", { box = plain, deleted = 2 })
    local said = {}
    for line in csv.encode((find {}), i18n.speaker "en"):gmatch("[^\r\n]+") do
      table.insert(said, 1, line:match("^" .. ("[^,]*,"):rep(6) .. '"?(.-)"?$'))
    end
    assert.equal("text", table.remove(said))
    assert.same({
      "The drop box Party was made", "Ann sent film.mkv (2.4\u{A0}GB) to Party",
      "film.mkv (2.4\u{A0}GB) was sent to a drop box", "film.mkv was accepted; it is in the inbox",
      "film.mkv was deleted without being accepted", "film.mkv was stopped on its way here",
      "film.mkv was taken back by its sender", "film.mkv never arrived whole; the part that was here is deleted",
      "The drop box Party was closed", "The drop box Party is open again", "The drop box Party was removed",
      "A drop box was removed, with 2 files that had not been accepted",
    }, said)
    assert.equal(7, select(2, find { q = "film" }))
    assert.equal(6, select(2, find { q = "party" }))
    assert.equal(2, select(2, find { q = "ann" }))
  end)

  it("says that a share is ready where something was read, not at each start", function()
    open()
    services.shares.tell("share-ready", { bytes = 0, hash_seconds = 0 })
    services.shares.tell("share-ready", { bytes = 10, hash_seconds = 1 })
    services.shares.tell("changed")
    services.shares.tell("share-progress", { done = 1, bytes = 2 })
    assert.equal(1, select(2, find {}))
  end)

  it("is found by share, kind and words, in pages", function()
    open()
    for index = 1, 25 do finish("Élodie " .. index) end
    services.shares.tell("share-changed")
    helper.wait_for(function() return stored() == 26 end, 5)
    for _ = 1, 2 do
      local events, total = find { q = "elodie 2", limit = 4, offset = 2 }
      assert.same({ 7, 4 }, { total, #events })
      assert.equal("Élodie 23", events[1].who)
      events, total = find { kind = "recipient-finished", limit = 10, offset = 20 }
      assert.same({ 25, 5 }, { total, #events })
      assert.equal(26, select(2, find { share = "s1" }))
      assert.equal(0, select(2, find { share = "s1' OR 1" }))
      assert.equal(0, select(2, find { q = "100%" }))
      events, total = find { limit = 5, offset = 24 }
      assert.same({ 26, 2 }, { total, #events })
      assert.same({ 2, 1 }, { events[1].id, events[2].id })
    end
  end)

  it("joins what is stored and what waits without a seam", function()
    open()
    for index = 1, 5 do finish("a" .. index) end
    helper.wait_for(function() return stored() == 5 end, 5)
    for index = 6, 9 do finish("a" .. index) end
    local seen = {}
    for offset = 0, 8, 3 do
      local events, total = find { limit = 3, offset = offset, q = offset == 3 and "a" or nil }
      assert.equal(9, total)
      for _, event in ipairs(events) do seen[#seen + 1] = event.who end
    end
    assert.same({ "a9", "a8", "a7", "a6", "a5", "a4", "a3", "a2", "a1" }, seen)
  end)

  it("keeps no more than its limits, and goes on after a restart", function()
    open { most = 10 }
    for index = 1, 30 do finish("a" .. index) end
    history:close()
    services = place:reopen()
    open { most = 10 }
    finish "last"
    helper.wait_for(function() return stored() <= 11 and select(2, find { q = "last" }) == 1 end, 5, "pruning")
    services.store:query("SELECT 1")
    place:write { { "UPDATE history SET time = 1 WHERE who = 'a30'" } }
    history.was_pruned = false
    finish "once more"
    helper.wait_for(function() return select(2, find { q = "a30" }) == 0 end, 5, "what is too old to go")
  end)

  it("is a table that no spreadsheet takes for formulas", function()
    open()
    finish '=HYPERLINK("http://evil")'
    finish "+1\r\n@x"
    finish "plain"
    local text = csv.encode((find {}), i18n.speaker "en")
    local lines = {}
    for line in text:gmatch("[^\n]+\r\n") do lines[#lines + 1] = line end
    assert.equal("time,kind,share,link,who,way,text\r\n", lines[1])
    assert.matches("^[%d-]+T[%d:]+Z,recipient%-finished,film%.bin,,plain,direct,plain has all of film%.bin", lines[2])
    assert.is_truthy(text:find([[,"'=HYPERLINK(""http://evil"")",]], 1, true))
    assert.is_truthy(text:find("\"'+1\r\n@x\"", 1, true))
    for _, bad in ipairs { "=1", "+1", "-1", "@a", "\t=1", "\r=1", " =1" } do
      assert.matches("^\"?'", csv.line({ bad }, 1))
    end
    assert.equal("a,\"b,c\",\"d\"\"e\",\r\n", csv.line({ "a", "b,c", 'd"e' }, 4))
  end)
end)
