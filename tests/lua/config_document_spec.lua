-- config.example.lua and docs/config.md say all that config.lua can say, and nothing else, and their defaults are true.
local config = require "btshare.config"
local helper = require "helper"
local host = require "core.host"
local process = require "support.process"
local schema = require "btshare.config.schema"
local script = require "btshare.config.script"
local settings_script = require "btshare.settings.script"
local support = require "support.btshare"
local types = require "btshare.types"
local uv = require "luv"
local words = require "btshare.config.words"

-- A line of code is commented out by two dashes and no space.
local function uncommented(text)
  text = ("\n" .. text):gsub("\n%-%-([^%s%-])", "\n%1"):gsub("\n%-%-(  +%l)", "\n%1"):gsub('\n%-%-(  ")', "\n%1")
  return text:sub(2)
end

local function names_of(list)
  local names = {}
  for name in pairs(list) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- What a table of the document has: name → default.
local function table_after(document, heading)
  local section = document:match("\n## " .. heading .. "\n(.-)\n## ") or error(heading)
  local rows = {}
  for name, cell in section:gmatch("\n| `([%w_]+)` | ([^|]*) |") do rows[name] = cell end
  return rows
end

describe("what is written of config.lua", function()
  local example, document = helper.read(host.data .. "/config.example.lua"), helper.read(host.data .. "/docs/config.md")
  local settings = schema.settings(types.path)
  local share = schema.share(types.path)
  local functions = words.functions(script.new("/c.lua", nil, schema.defaults()), types.path, nil)
  local defaults = schema.defaults()
  defaults.console, defaults.public, defaults.sandbox = "127.0.0.1:8701", "0.0.0.0:8702", "on"
  defaults.port = 0

  it("names every setting, every word and all of a share, and nothing else", function()
    assert.same(names_of(settings), names_of(table_after(document, "Settings")))
    assert.same(names_of(functions), names_of(table_after(document, "Words")))
    assert.same(names_of(share), names_of(table_after(document, "What can be said of a folder")))
  end)

  it("has true defaults", function()
    for name, cell in pairs(table_after(document, "Settings")) do
      local default = defaults[name]
      assert.equal(default == nil and "–" or "`" .. settings_script.value(default) .. "`", cell, name)
    end
    local of_share = assert(types.fields(share, { path = "/x" }))
    of_share.path = nil
    for name, cell in pairs(table_after(document, "What can be said of a folder")) do
      local default = of_share[name]
      assert.equal(default == nil and "–" or "`" .. settings_script.value(default) .. "`", cell, name)
    end
    for name in pairs(schema.limits) do
      assert.is_truthy(document:find(("`%s` (default `%d`)"):format(name, defaults.limits[name]), 1, true), name)
    end
  end)

  describe("in config.example.lua", function()
    local place, file
    before_each(function()
      place = helper.folder()
      file = place .. "/config.lua"
      for _, name in ipairs { "Public", "Films" } do uv.fs_mkdir(place .. "/" .. name, 448) end
    end)
    after_each(function()
      process.stop_all()
      helper.remove(place)
    end)

    local function load(text)
      helper.write(file, text)
      local loaded, mistakes = config.load(file, { home = place })
      return assert(loaded, table.concat(mistakes or {}, "\n"))
    end

    it("changes nothing as it is", function()
      local as_it_is = load(example)
      as_it_is.file = nil
      assert.same(config.load(nil), as_it_is)
    end)

    it("is all there when every line counts, with the defaults that there are", function()
      local whole = load(uncommented(example))
      local without = { name = true, downloads = true, inbox = true, uploads = true } -- have no default
      for name in pairs(settings) do
        assert.is_truthy(whole.places[name], name .. " is missing")
        if not without[name] then
          local default = name == "port" and 0 or config.load(nil)[name]
          assert.same(default, whole[name], name)
        end
      end
      for _, name in ipairs { "limits.up", "limits.down", "ignore", "trackers", "torrent.connections_limit" } do
        assert.is_truthy(whole.places[name], name .. " is missing")
      end
      assert.same({ up = 0, down = 0 }, whole.limits)
      for name in pairs(share) do assert.is_not_nil(whole.shares[2][name], name .. " is missing") end
      assert.equal("link", whole.shares[2].exposure)
      assert.equal("v1", whole.shares[2].format)
      assert.equal(1, #whole.plugins)
      assert.equal(1, #whole.handlers)
      for name in pairs(functions) do assert.is_truthy(example:find("%f[%w_]" .. name .. "%f[^%w_]"), name) end
    end)

    it("passes `btshare config check` when every line counts", function()
      helper.write(file, uncommented(example))
      uv.fs_mkdir(place .. "/Downloads", 493) -- 0755
      local ended = support.run({ "config", "check", "--config", file, "--state", place .. "/state" }, { home = place })
      assert.equal("", ended.errors)
      assert.equal(0, ended.code)
    end)
  end)
end)
