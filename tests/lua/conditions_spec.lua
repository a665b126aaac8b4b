-- Conditional requests and the dates they hold.
local conditions = require "btshare.http.conditions"
local date = require "btshare.http.date"

local etag, modified = '"abc"', 784111777
local when, earlier, later = date.format(modified), date.format(modified - 1), date.format(modified + 1)

describe("a date of HTTP", function()
  it("is written in one form and read in three", function()
    assert.equal("Sun, 06 Nov 1994 08:49:37 GMT", when)
    for _, text in ipairs { when, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994" } do
      assert.equal(modified, date.parse(text), text)
    end
    for _, text in ipairs { "", "yesterday", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 36 Nov 1994 08:49:37 GMT" } do
      assert.is_nil(date.parse(text), text)
    end
  end)

  it("is the same after writing and reading, leap years and all", function()
    math.randomseed(3)
    for _ = 1, 10000 do
      local seconds = math.random(0, 4102444800)
      assert.equal(seconds, date.parse(date.format(seconds)))
    end
  end)
end)

describe("a condition", function()
  local function check(headers) return conditions.check(headers, etag, modified) end

  it("of what the client has already answers 304", function()
    assert.equal(304, check { ["if-none-match"] = '"abc"' })
    assert.equal(304, check { ["if-none-match"] = '"x", W/"abc"' })
    assert.equal(304, check { ["if-none-match"] = "*" })
    assert.equal(304, check { ["if-modified-since"] = when })
    assert.equal(304, check { ["if-modified-since"] = later })
  end)

  it("of something else lets the request through", function()
    assert.is_nil(check {})
    assert.is_nil(check { ["if-none-match"] = '"abcd"' })
    assert.is_nil(check { ["if-none-match"] = '"x"', ["if-modified-since"] = later })
    assert.is_nil(check { ["if-modified-since"] = earlier })
    assert.is_nil(check { ["if-modified-since"] = "soon" })
    assert.is_nil(check { ["if-match"] = '"x", "abc"' })
    assert.is_nil(check { ["if-match"] = "*" })
    assert.is_nil(check { ["if-unmodified-since"] = when })
  end)

  it("that does not hold answers 412", function()
    assert.equal(412, check { ["if-match"] = '"x"' })
    assert.equal(412, check { ["if-match"] = 'W/"abc"' })
    assert.equal(412, check { ["if-unmodified-since"] = earlier })
    assert.equal(412, check { ["if-match"] = '"x"', ["if-none-match"] = '"abc"' })
  end)

  it("on a range holds for the very same tag alone, never for a date", function()
    assert.is_true(conditions.allow_range({}, etag))
    assert.is_true(conditions.allow_range({ ["if-range"] = '"abc"' }, etag))
    for _, value in ipairs { '"x"', 'W/"abc"', when, later, "*", "" } do
      assert.is_false(conditions.allow_range({ ["if-range"] = value }, etag), value)
    end
  end)
end)
