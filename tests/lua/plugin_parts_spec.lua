local helper = require "helper"
local plugin_bench = require "plugin_bench"
local uv = require "luv"

describe("a plugin with parts", function()
  local bench
  before_each(function()
    bench = plugin_bench.open()
    uv.fs_mkdir(bench.user .. "/x", 493)
  end)
  after_each(function() bench:close() end)

  local function part(name, text) helper.write(bench.user .. "/x/" .. name .. ".lua", text) end

  it("runs each once, in its own environment", function()
    part("words", 'require("btshare.shares").note "once"\nreturn { hello = require ".more" }')
    part("more", 'return "hello " .. type(io) .. type(plugin)')
    assert(bench:load("x", [[
      shares.note(require(".words").hello)
      assert(require ".words" == require ".words")
    ]]))
    assert.same({ "once", "hello nilnil" }, bench.seen)
  end)

  it("says where a part is wrong, and loads none from elsewhere", function()
    part("broken", "return 1 +")
    part("round", 'return require ".round"')
    part("raises", "\nerror 'oh'")
    for module, wanted in pairs {
      [".broken"] = "/x/broken.lua:1: unexpected symbol", [".round"] = "part '.round' requires itself",
      [".raises"] = "/x/raises.lua:2: oh", [".none"] = "/x/none.lua: cannot be read",
      ["./words"] = "is not for plugins", ["..words"] = "is not for plugins", [".a/b"] = "is not for plugins",
    } do
      local loaded, message = bench:load("x", ("require %q"):format(module))
      assert.is_nil(loaded)
      assert.is_truthy(message:find(wanted, 1, true), message)
    end
  end)

  it("reads them again when it is reloaded", function()
    part("words", 'return "one"')
    assert(bench:load("x", 'shares.note(require ".words")'))
    part("words", 'return "two"')
    assert(bench.manager:reload "x")
    assert.same({ "one", "two" }, bench.seen)
  end)
end)
