-- docs/plugin-reference.md is what the descriptions in lua/meta/plugin say, and these describe what there is.
local helper = require "helper"
local host = require "core.host"
local uv = require "luv"

local folder = host.data .. "/lua/meta/plugin"

local function run(script)
  local pipe = assert(io.popen(("%s %s/%s"):format(uv.exepath(), host.data, script)))
  local text = pipe:read("a")
  assert(pipe:close())
  return text
end

-- The functions and fields that a description has of a module or of the handle.
local function described(name, owner)
  local members = {}
  for line in helper.read(("%s/%s.lua"):format(folder, name)):gmatch("[^\n]+") do
    local member = line:match("^function " .. owner .. "[.:]([%w_]+)%(")
    if member then members[member] = true end
  end
  return members
end

local function fields_of(name)
  local fields = {}
  local text = helper.read(("%s/%s.lua"):format(folder, name))
  for field in text:gmatch("\n%-%-%-@field ([%w_]+)") do fields[field] = true end
  return fields
end

-- What the plugin is really given, by a file that looks at it.
local function real_members(module)
  local world = require "btshare.harness.world"
  local place = helper.folder()
  local found = {}
  helper.write(place .. "/look.lua", ([[
    local plugin = ...
    for name, value in pairs(%s) do require "btshare.looker".note(name, value) end
  ]]):format(module and ('require "btshare.%s"'):format(module) or "{}"))
  local own = world.open(place .. "/look.lua", { looker = { note = function(name, value) found[name] = value end } })
  local loaded, message = own:load()
  own:close()
  helper.remove(place)
  assert(loaded, message)
  return found
end

describe("the reference for plugins", function()
  it("is what the descriptions say", function()
    assert.equal(run "scripts/plugin_reference.lua", helper.read(host.data .. "/docs/plugin-reference.md"),
      "run scripts/plugin_reference.lua")
  end)

  it("tells editors what each event carries", function()
    assert.equal(run "scripts/plugin_events.lua", helper.read(folder .. "/events.lua"), "run scripts/plugin_events.lua")
  end)

  it("has every method of the handle", function()
    local known = described("plugin", "plugin")
    local handle = helper.read(host.data .. "/lua/btshare/plugin/handle.lua")
    for file in uv.fs_scandir_next, uv.fs_scandir(host.data .. "/lua/btshare/plugin/handle") do
      handle = handle .. "\n" .. helper.read(host.data .. "/lua/btshare/plugin/handle/" .. file)
    end
    local count = 0
    for method in handle:gmatch("\nfunction methods:([%w_]+)%(") do
      assert.is_true(known[method], method)
      known[method] = nil
      count = count + 1
    end
    assert.is_true(count >= 10)
    assert.same({}, known)
  end)

  for _, module in ipairs { "fs", "http", "json", "process", "reply", "time", "limits" } do
    it("has all of btshare." .. module .. ", and nothing else", function()
      local known, real = described(module, module), real_members(module)
      for name in pairs(fields_of(module)) do known[name] = known[name] or real[name] ~= nil or nil end
      for name in pairs(real) do assert.is_true(known[name], "not described: " .. name) end
      for name in pairs(known) do assert.is_truthy(real[name], "described only: " .. name) end
    end)
  end

  it("has of btshare.types what makes checks, and the checks", function()
    local functions, fields = described("types", "types"), fields_of "types"
    local real = real_members "types"
    for name in pairs(functions) do assert.is_function(real[name], name) end
    for name in pairs(fields) do assert.is_function(real[name], name) end
  end)

  it("has of btshare.task all that plugins are given", function()
    local known, real = described("task", "task"), real_members "task"
    for name in pairs(real) do assert.is_true(known[name], "not described: " .. name) end
    for name in pairs(known) do assert.is_function(real[name], "described only: " .. name) end
  end)

  it("describes to editors what tests have", function()
    local text = helper.read(host.data .. "/lua/btshare/harness/fake.lua")
    assert.matches("---@alias btshare.test fun", text, 1, true)
    for method in text:gmatch("\nfunction methods:([%w_]+)%(") do
      assert.is_truthy(helper.read(host.data .. "/docs/plugin-reference.md"):find("fake:" .. method .. "(", 1, true))
    end
  end)
end)
