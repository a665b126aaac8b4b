-- The handlers of config.lua make mistakes, and cost no more than themselves.
local config = require "btshare.config"
local events = require "btshare.events"
local handlers = require "btshare.config.handlers"
local helper = require "helper"
local log = require "btshare.log"
local task = require "btshare.task"

describe("the handlers of config.lua", function()
  local folder, path, told, bus, undo, logged

  before_each(function()
    folder = helper.folder()
    path, told, logged = folder .. "/config.lua", {}, {}
    bus = events.new(require "btshare.catalog")
    bus:on("notice", function(event) told[#told + 1] = event end)
    log.set_writer(function(_, text) logged[#logged + 1] = text end)
  end)
  after_each(function()
    log.set_writer(nil)
    if undo then undo() end
    helper.remove(folder)
  end)

  local function hook(text)
    helper.write(path, text)
    undo = handlers.hook(bus, assert(config.load(path)))
  end

  local function ask(name)
    local answer
    task.spawn(function() answer = table.pack(bus:ask(name, { share = {} })) end)
    return answer
  end

  it("are set aside after ten errors, each by itself, and the owner is told", function()
    hook [[on("share-ready", function() error("no") end)
      on("share-ready", function(event) print("got", event.name) end)]]
    for index = 1, 12 do bus:tell("share-ready", { name = index }) end
    assert.equal(1, #told)
    assert.equal("error", told[1].level)
    local words = "the handler of 'share-ready' in %s:1 was set aside after 10 errors in an hour, " ..
      "the last one: %s:1: no"
    assert.equal(words:format(path, path), told[1].message)
    local text = table.concat(logged, "\n")
    assert.equal(12, select(2, text:gsub("got", "")))
    assert.equal(1, select(2, text:gsub("stack traceback", "")))
  end)

  it("say no where they fail, and still where they are set aside", function()
    hook [[on("share-open", function() error("oh") end)
      on("share-remove", function() return false, "never", "busy" end)]]
    local owner = ("the handler of 'share-open' in %s:1"):format(path)
    for _ = 1, 10 do
      assert.same({ false, owner .. " failed while it was asked", "failed", n = 3 }, ask "share-open")
    end
    assert.same({ false, owner .. " is set aside", "busy", n = 3 }, ask "share-open")
    assert.same({ false, "never", "busy", n = 3 }, ask "share-remove")
    assert.equal(1, #told)
  end)

  it("that run for too long are stopped, and named", function()
    hook 'on("share-ready", function() while true do end end)'
    bus:tell("share-ready", {})
    assert.matches("config.lua:1", table.concat(logged))
    assert.equal(0, #told)
  end)

  it("are gone once they are undone, with what they had begun", function()
    hook [[on("share-ready", function(event) event.wait() print("after") end)
      on("share-open", function() return false end)]]
    local resume
    bus:tell("share-ready", { wait = function() task.await(function(go) resume = go end) end })
    undo()
    undo = nil
    resume()
    assert.is_false(bus:has "share-ready")
    assert.same({ true, n = 1 }, ask "share-open")
    assert.same({}, logged)
  end)
end)
