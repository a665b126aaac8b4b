local catalog = require "btshare.catalog"
local config = require "btshare.config"
local helper = require "helper"
local host = require "core.host"
local log = require "btshare.log"
local samples = require "event_samples"
local shapes = require "btshare.catalog.shapes"

describe("the catalogue of events", function()
  local known_types = { string = true, integer = true, number = true, boolean = true, list = true, table = true }
  for _, shape in ipairs(shapes) do known_types[shape.name] = true end

  local function check_fields(fields, where)
    local names = {}
    for _, field in ipairs(fields) do
      assert.matches("^%l[%l_]*$", field.name)
      assert.is_nil(names[field.name], where .. "." .. field.name .. " is there twice")
      names[field.name] = true
      assert.is_true(known_types[field.type], where .. "." .. field.name .. ": " .. tostring(field.type))
      assert.is_true(#field.text > 0)
    end
  end

  it("says of each what it is, what it carries, since when and how stable", function()
    for name, entry in pairs(catalog) do
      assert.matches("^%l[%l-]+%l$", name)
      assert.is_true(entry.kind == "question" or entry.kind == "fact", name)
      assert.matches("^%u.*[.?]$", entry.description, name)
      assert.is_true(entry.stability == "stable" or entry.stability == "experimental", name)
      assert.matches("^%d+%.%d+%.%d+$", entry.since)
      check_fields(entry.fields, name)
      assert.is_true(entry.kind == "question" or entry.settable == nil, name)
    end
    for _, shape in ipairs(shapes) do check_fields(shape.fields, shape.name) end
  end)

  it("lets handlers set what is stricter only", function()
    local function settable(name)
      local checks = {}
      for _, field in ipairs(catalog[name].settable) do checks[field.name] = field.check end
      return checks
    end
    local create = settable "share-create"
    assert.equal("http", create.exposure("http", "public"))
    assert.equal("link", create.exposure("link", "link"))
    assert.is_nil((create.exposure("public", "link")))
    assert.is_nil((create.exposure("secret", "link")))
    assert.equal(5, create.expires(5, nil))
    assert.is_nil((create.expires(11, 10)))
    assert.is_nil((create.expires(1.5, nil)))
    assert.is_nil((create.name "two\nlines"))
    assert.is_nil((create.name "\xff"))
    assert.is_nil((create.description(("x"):rep(4097))))
    assert.is_nil((settable("download-add").folder "relative"))
  end)

  it("has an example of each that runs, whatever is absent", function()
    local folder = helper.folder()
    local failures = {}
    log.set_writer(function() end)
    for name, entry in pairs(catalog) do
      helper.write(folder .. "/config.lua", entry.example)
      local settings, mistakes = config.load(folder .. "/config.lua", {})
      assert.is_truthy(settings, name .. ": " .. table.concat(mistakes or {}, "; "))
      assert.equal(name, settings.handlers[1].event)
      assert.is_nil(settings.handlers[2])
      for _, is_whole in ipairs { true, false } do
        local ran, problem = pcall(settings.handlers[1].fn, samples.of(name, is_whole))
        if not ran then failures[#failures + 1] = name .. ": " .. problem end
      end
    end
    log.set_writer(nil)
    helper.remove(folder)
    assert.same({}, failures)
  end)

  it("is what docs/events.md says", function()
    local document = assert(loadfile(host.data .. "/scripts/events.lua"))("quiet")
    assert.is_true(document.write() == helper.read(host.data .. "/docs/events.md"),
      "docs/events.md is not what the catalogue says; build/btshare-lua scripts/events.lua > docs/events.md")
  end)

  it("is held against what is told, and finds what is wrong in it", function()
    local event = samples.of("share-ready", true)
    assert.same({}, samples.mistakes("share-ready", event))
    event.share.name, event.bytes, event.more = nil, 1.5, 1
    assert.same({
      "share-ready.share.name is missing", "share-ready.bytes is a float, not a integer",
      "share-ready.more is not documented",
    }, samples.mistakes("share-ready", event))
  end)
end)
