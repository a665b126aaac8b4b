-- The descriptions in lua/meta/core name exactly what the C modules have: functions, fields and methods.
local helper = require "helper"
local host = require "core.host"
local uv = require "luv"

local folder = host.data .. "/lua/meta/core"

local function modules()
  local names = {}
  for file in uv.fs_scandir_next, assert(uv.fs_scandir(folder)) do names[#names + 1] = file:match("^(.*)%.lua$") end
  table.sort(names)
  return names
end

-- What a description says, by class: "core.x" for the module itself, "core.x.Y" for what it makes. Only what has
-- functions, and the module: other classes are tables of Lua, which the language server compares.
local function described(module)
  local classes, class = {}, nil
  local owners = {} -- by the name that stands before the functions
  for line in helper.read(("%s/%s.lua"):format(folder, module)):gmatch("[^\n]+") do
    local found = line:match("^%-%-%-@class ([%w_.]+)")
    if found then
      class = { name = found, functions = {}, fields = {} }
      if found == "core." .. module then classes[found] = class end
    end
    local field = line:match("^%-%-%-@field ([%w_]+)")
    if field and class then class.fields[field] = true end
    local owner = line:match("^local ([%w_]+) = {}$")
    if owner then owners[owner] = class end
    local name, member = line:match("^function ([%w_]+)[.:]([%w_]+)%(")
    if name then
      local of = assert(owners[name], ("%s: %s is of no class"):format(module, name))
      of.functions[member], classes[of.name] = true, of
    end
    name, member = line:match("^([%w_]+)%.([%w_]+) = ")
    if name then owners[name].fields[member] = true end
  end
  return classes
end

-- Types that the registry does not have by the name of their class, or only once there is one of them.
local examples = {
  ["core.http.Body"] = function() return require("core.http").body() end,
  ["core.sqlite.Database"] = function()
    local place = helper.folder()
    local database = assert(require("core.sqlite").open(place .. "/database"))
    database:close()
    helper.remove(place)
    return database
  end,
  ["core.watchdog.Owner"] = function() return require("core.watchdog").owner("x", 1, 1 << 20) end,
}

local function methods_of(metatable)
  return type(metatable.__index) == "table" and metatable.__index or metatable.methods or {}
end

-- What there is: of the module its table, of a class what its metatable offers.
local function real(class, module)
  if class == "core." .. module then return require(class) end
  local metatable = examples[class] and debug.getmetatable(examples[class]()) or debug.getregistry()[class]
  return methods_of(assert(metatable, class .. ": there is no such type"))
end

local function sorted(set)
  local names = {}
  for name in pairs(set) do names[#names + 1] = name end
  table.sort(names)
  return names
end

describe("the description of core", function()
  it("is there for each C module, and for no other", function()
    local built = {}
    for name in helper.read(host.data .. "/core/modules.h"):gmatch("luaopen_core_([%w_]+)") do built[name] = true end
    assert.same(sorted(built), modules())
  end)

  for _, module in ipairs(modules()) do
    it(("names all of core.%s, and nothing else"):format(module), function()
      local given = require("core." .. module)
      if type(given) == "function" then -- it is all that the module has
        assert.matches("\nlocal function " .. module .. "%(", helper.read(("%s/%s.lua"):format(folder, module)))
        return
      end
      local classes = described(module)
      assert.is_table(classes["core." .. module])
      for name, class in pairs(classes) do
        local functions, fields = {}, {}
        for member, value in pairs(real(name, module)) do
          if type(value) == "function" then functions[member] = true else fields[member] = true end
        end
        assert.same(sorted(class.functions), sorted(functions), name)
        if name == "core." .. module then assert.same(sorted(class.fields), sorted(fields), name) end
      end
    end)
  end

  it("knows of every type that the modules make", function()
    local known = {}
    for _, module in ipairs(modules()) do
      require("core." .. module)
      for name in pairs(described(module)) do known[methods_of(debug.getregistry()[name] or {})] = true end
    end
    for _, make in pairs(examples) do known[methods_of(debug.getmetatable(make()))] = true end
    for name, value in pairs(debug.getregistry()) do
      if type(name) == "string" and (name:find "^core%." or name:find "^btshare%.") and type(value) == "table" then
        assert.is_true(known[methods_of(value)] or not next(methods_of(value)), name .. " is not described")
      end
    end
  end)
end)
