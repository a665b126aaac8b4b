-- Content-Disposition holds any name, and only its name.
local disposition = require "btshare.http.disposition"

local function both(name)
  local value = disposition.attachment(name)
  local plain, extended = value:match("^attachment; filename=\"([^\"]*)\"; filename%*=UTF%-8''(%S+)$")
  assert.is_truthy(plain, value)
  return plain, (extended:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

describe("Content-Disposition", function()
  it("has a plain name for all and the true one for those who can read it", function()
    assert.same({ "a b.txt", "a b.txt" }, { both "a b.txt" })
    assert.same({ "_t_.txt", "été.txt" }, { both "été.txt" })
    assert.same({ "say _hi_ 100_.txt", 'say "hi" 100%.txt' }, { both 'say "hi" 100%.txt' })
    assert.same({ "download", "download" }, { both "" })
  end)

  it("keeps out control characters, directions and separators", function()
    assert.same({ "a_b_c_d", "a_b_c_d" }, { both "a\rb\nc\0d" })
    assert.same({ "_x", "_x" }, { both "\u{202E}x" })
    assert.same({ "_x", "_x" }, { both "\u{9B}x" })
    assert.same({ ".._.._etc", ".._.._etc" }, { both "../..\\etc" })
  end)

  it("holds any bytes without breaking out", function()
    math.randomseed(11)
    for _ = 1, 10000 do
      local bytes = {}
      for index = 1, math.random(0, 40) do bytes[index] = string.char(math.random(0, 255)) end
      local plain, extended = both(table.concat(bytes))
      assert.is_nil(plain:find("[^ -~]"))
      assert.is_truthy(utf8.len(extended))
    end
  end)
end)
