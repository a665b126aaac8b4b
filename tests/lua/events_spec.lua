local catalog = require "btshare.catalog"
local events = require "btshare.events"
local log = require "btshare.log"
local task = require "btshare.task"

describe("events", function()
  local bus, logged, order
  before_each(function()
    bus, logged, order = events.new(catalog), {}, {}
    log.set_writer(function(_, text) table.insert(logged, text) end)
  end)
  after_each(function() log.set_writer(nil) end)

  local function note(word, ...)
    local answer = table.pack(...)
    return function()
      table.insert(order, word)
      return table.unpack(answer, 1, answer.n)
    end
  end

  it("that do not exist cannot be handled, asked or told", function()
    local _, message = pcall(function() bus:on("share-redy", print) end)
    assert.matches("events_spec.lua:%d+: event 'share%-redy' is unknown, did you mean 'share%-ready'%?", message)
    assert.error_matches(function() bus:ask("share-opn", {}) end, "did you mean 'share%-open'")
    assert.error_matches(function() bus:tell("xyzzy", {}) end, "event 'xyzzy' is unknown$")
    assert.error_matches(function() bus:tell("share-open", {}) end, "is a question, not a fact")
    assert.error_matches(function() bus:ask("share-ready", {}) end, "is a fact, not a question")
    assert.error_matches(function() bus:on("share-ready", 1) end, "a function is wanted")
  end)

  it("ask the highest priority first and ties in order of arrival", function()
    bus:on("share-open", note "b1")
    bus:on("share-open", note "c", -5)
    bus:on("share-open", note "a", 10)
    bus:on("share-open", note "b2", 0)
    assert.is_true(bus:ask("share-open", {}))
    assert.same({ "a", "b1", "b2", "c" }, order)
  end)

  it("stop asking at the first no", function()
    bus:on("share-open", note("a", true))
    bus:on("share-open", note("b", false, "too late", "gone"))
    bus:on("share-open", note "c")
    assert.same({ n = 3, false, "too late", "gone" }, table.pack(bus:ask("share-open", {})))
    assert.same({ "a", "b" }, order)
  end)

  it("take only false for a no, and give it a reason", function()
    bus:on("share-open", function() return nil, "not a no" end)
    assert.is_true(bus:ask("share-open", {}))
    bus:on("share-open", function() return false end)
    assert.same({ n = 3, false, "refused", "denied" }, table.pack(bus:ask("share-open", {})))
  end)

  it("take a handler that raises for a no and log why", function()
    bus:on("share-open", function() error("boom") end, 0, "plugin x")
    local allowed, reason, code = bus:ask("share-open", {})
    assert.is_false(allowed)
    assert.equal("plugin x failed while it was asked", reason)
    assert.equal("failed", code)
    assert.matches("plugin x: .*boom", logged[1])
    assert.matches("stack traceback", logged[1])
  end)

  it("wait for a handler that waits", function()
    local resume, result
    bus:on("share-open", function() return task.await(function(go) resume = go end) end)
    bus:on("share-open", note "next")
    task.spawn(function() result = table.pack(bus:ask("share-open", {})) end)
    assert.is_nil(result)
    assert.same({}, order)
    resume(true)
    assert.same({ "next" }, order)
    assert.same({ n = 1, true }, result)
  end)

  it("ask what arrived while another handler waited, and not what left", function()
    local resume, result
    bus:on("share-open", function() task.await(function(go) resume = go end) end, 5)
    local undo = bus:on("share-open", note "old")
    task.spawn(function() result = table.pack(bus:ask("share-open", {})) end)
    bus:on("share-open", note("new", false, "no", "denied"))
    undo()
    resume()
    assert.same({ "new" }, order)
    assert.is_false(result[1])
  end)

  it("are handled until the handler is undone", function()
    assert.is_false(bus:has("share-ready"))
    local undo = bus:on("share-ready", note "a")
    assert.is_true(bus:has("share-ready"))
    undo()
    undo()
    assert.is_false(bus:has("share-ready"))
    bus:tell("share-ready", {})
    assert.same({}, order)
  end)

  it("tell each handler in a task, and one that fails stops no other", function()
    local inside
    bus:on("share-ready", function() error("boom") end, 1, "plugin x")
    bus:on("share-ready", function(event) inside = task.is_inside() and event.share end)
    bus:tell("share-ready", { share = "s" })
    assert.equal("s", inside)
    assert.matches("plugin x: .*boom.*stack traceback", logged[1])
  end)

  it("do not wait for handlers of facts", function()
    local resume
    bus:on("share-ready", function()
      task.await(function(go) resume = go end)
      table.insert(order, "slow")
    end)
    bus:on("share-ready", note "quick")
    bus:tell("share-ready", {})
    assert.same({ "quick" }, order)
    resume()
    assert.same({ "quick", "slow" }, order)
  end)

  it("come to all handlers in the same order, also when a handler tells", function()
    bus:on("share-created", function()
      table.insert(order, "created 1")
      bus:tell("share-ready", {})
    end)
    bus:on("share-created", note "created 2")
    bus:on("share-ready", note "ready")
    bus:tell("share-created", {})
    assert.same({ "created 1", "created 2", "ready" }, order)
  end)

  it("do not reach a handler that another one removed", function()
    local undo
    bus:on("share-ready", function() undo() end, 1)
    undo = bus:on("share-ready", note "removed")
    bus:tell("share-ready", {})
    assert.same({}, order)
  end)

  it("give each handler values of its own", function()
    local seen = {}
    bus:on("share-ready", function(event) event.share.name, event.share.more.n = "other", 2 end, 1)
    bus:on("share-ready", function(event) seen[1] = event end)
    bus:on("share-ready", function(event) seen[2] = event end)
    bus:tell("share-ready", { share = { name = "a", more = { n = 1 } } })
    assert.same({ share = { name = "a", more = { n = 1 } } }, seen[1])
    assert.same(seen[1], seen[2])
    assert.are_not.equal(seen[1].share, seen[2].share)
  end)

  it("that ask are filled in by handlers, each on top of the one before", function()
    bus:on("share-create", function(event) event.name, event.exposure, event.kind = "a", "private", "nonsense" end, 1)
    bus:on("share-create", function(event)
      order[1] = event.name
      event.name, event.kind = event.name .. "b", "nonsense"
    end)
    local event = { kind = "file", exposure = "link" }
    assert.is_true(bus:ask("share-create", event))
    assert.same({ "a" }, order)
    assert.same({ kind = "file", name = "ab", exposure = "private" }, event)
  end)

  it("that ask take what cannot be for a no, whose it was and what it was", function()
    local undo = bus:on("share-create", function(event) event.name = "two\nlines" end, 0, "plugin x")
    local event = { exposure = "private", expires = 100 }
    assert.same({ n = 3, false, "plugin x failed while it was asked", "failed" },
      table.pack(bus:ask("share-create", event)))
    assert.matches("plugin x: share%-create: name must be one line", logged[1])
    undo()
    for name, value in pairs { exposure = "link", expires = 101, description = 5 } do
      undo = bus:on("share-create", function(own) own[name] = value end)
      assert.is_false((bus:ask("share-create", event)), name)
      undo()
    end
    assert.same({ exposure = "private", expires = 100 }, event)
  end)

  it("that need a yes are a no without one", function()
    assert.is_false((bus:ask("share-unlock", { password = "x" })))
    bus:on("share-unlock", function() end)
    assert.same({ n = 3, false, "nobody said yes", "denied" }, table.pack(bus:ask("share-unlock", { password = "x" })))
    bus:on("share-unlock", function(event) return event.password == "x" end)
    assert.is_true((bus:ask("share-unlock", { password = "x" })))
    assert.is_false((bus:ask("share-unlock", { password = "y" })))
  end)
end)
