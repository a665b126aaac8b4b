-- Who has got all of something, however it was fetched.
local delivery = require "btshare.http.delivery"

describe("a delivery", function()
  local function range(first, last) return { { first = first, last = last } } end

  it("is finished by each whole reply", function()
    local all = delivery.new()
    assert.is_true(all:add("k", 100, range(0, 99), 100, true))
    assert.is_true(all:add("k", 100, range(0, 99), 100, true))
  end)

  it("that is finished begins anew at the beginning alone", function()
    local all = delivery.new()
    assert.is_true(all:add("k", 100, range(0, 99), 100, true))
    assert.is_false(all:add("k", 100, range(40, 99), 60, true))
    assert.is_false(all:add("k", 100, range(0, 49), 50, true))
    assert.is_true(all:add("k", 100, range(50, 99), 50, true))
  end)

  it("is finished by parts in any order, cut ones as far as they came", function()
    local all = delivery.new()
    assert.is_false(all:add("k", 100, range(50, 99), 50, true))
    assert.is_false(all:add("k", 100, range(0, 99), 30, false))
    assert.is_false(all:add("other", 100, range(30, 49), 20, true))
    assert.is_true(all:add("k", 100, range(30, 49), 20, true))
  end)

  it("is not finished by what only began", function()
    local all = delivery.new()
    assert.is_false(all:add("k", 100, range(0, 99), 100, false))
    assert.is_false(all:add("k", 100, range(0, 98), 99, true))
    assert.is_false(delivery.new():add("k", 100, range(0, 99), 0, false))
  end)

  it("forgets the oldest when there are many", function()
    local all = delivery.new(10)
    for index = 1, 1000 do all:add("k" .. index, 100, range(0, 49), 50, true) end
    assert.is_false(all:add("k1", 100, range(50, 99), 50, true))
    assert.is_true(all:add("k1000", 100, range(50, 99), 50, true))
  end)
end)
