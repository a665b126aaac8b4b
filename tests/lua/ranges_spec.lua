-- Which bytes a Range header asks for.
local ranges = require "btshare.http.ranges"

local function parse(header, length)
  local list = ranges.parse(header, length)
  if not list then return nil end
  local texts = {}
  for index, range in ipairs(list) do texts[index] = range.first .. "-" .. range.last end
  return table.concat(texts, ",")
end

describe("a Range header", function()
  it("asks for one part, an end, or a rest", function()
    assert.equal("0-0", parse("bytes=0-0", 100))
    assert.equal("10-99", parse("bytes=10-", 100))
    assert.equal("10-99", parse("bytes=10-1000", 100))
    assert.equal("95-99", parse("bytes=-5", 100))
    assert.equal("0-99", parse("bytes=-500", 100))
    assert.equal("0-99", parse("Bytes = 0-99", 100))
    assert.equal("5-99", parse("bytes=5-99999999999999999999999999", 100))
  end)

  it("asks for several parts, which are put in order and joined", function()
    assert.equal("0-1,5-9", parse("bytes=5-9,0-1", 100))
    assert.equal("0-9", parse("bytes=0-4,5-9", 100))
    assert.equal("0-9", parse("bytes=0-9,2-3,0-0", 100))
    assert.equal("0-0,99-99", parse("bytes=0-0,-1", 100))
    assert.equal("0-0", parse("bytes=,0-0,", 100))
    assert.equal("3-4", parse("bytes=3-4,200-300", 100))
  end)

  it("of nothing that exists is not satisfiable", function()
    assert.equal("", parse("bytes=100-", 100))
    assert.equal("", parse("bytes=-0", 100))
    assert.equal("", parse("bytes=99999999999999999999999999-", 100))
    assert.equal("", parse("bytes=100-200,300-", 100))
  end)

  it("that is malformed, of another unit, of nothing, or of too much is left aside", function()
    for _, header in ipairs {
      "bytes=", "bytes", "bytes=5-1", "bytes=a-b", "bytes=-", "bytes=1-2-3", "bytes=0x1-2", "items=0-1", "bytes=--5",
      "bytes=0-1,5-2", "bytes=1", "bytes=0-0" .. (",0-0"):rep(8), "bytes=" .. ("0-,"):rep(5000),
    } do
      assert.is_nil(parse(header, 100), header)
    end
    assert.is_nil(parse(nil, 100))
    assert.is_nil(parse("bytes=0-", 0))
  end)

  it("never leads out of the body, whatever it says", function()
    math.randomseed(7)
    local alphabet = { "0", "1", "9", "-", "-", ",", " ", "5", "99", "bytes=", "=", "a", "18446744073709551616" }
    for _ = 1, 10000 do
      local words = { "bytes=" }
      for index = 2, math.random(2, 12) do words[index] = alphabet[math.random(#alphabet)] end
      local header, length = table.concat(words), math.random(0, 120)
      local list, last = ranges.parse(header, length), -2
      assert.is_true(not list or #list <= ranges.limit)
      for _, range in ipairs(list or {}) do
        assert.is_true(range.first > last + 1 and range.last >= range.first and range.last < length, header)
        last = range.last
      end
    end
  end)
end)
