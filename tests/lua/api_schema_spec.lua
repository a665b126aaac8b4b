-- The schemas of the API: what they accept, and what they say of what they refuse.
local json = require "core.json"
local t = require "btshare.api.schema"

local function decode(text) return assert(json.decode(text)) end

local function refused(schema, value)
  local result, message, member = t.check(schema, value, "body")
  assert.is_nil(result)
  return message, member
end

describe("a schema of the API", function()
  it("takes texts by length in characters, choice and pattern", function()
    local of = t.string { min = 1, max = 3 }
    assert.equal("été", t.check(of, "été"))
    assert.equal("body: must not be empty", refused(of, ""))
    assert.equal("body: must have at most 3 characters", refused(of, "étés"))
    assert.equal("body: must be UTF-8", refused(of, "\xff"))
    assert.equal('body: must be "a" or "b"', refused(t.string { choices = { "a", "b" } }, "c"))
    assert.equal("body: must look like ^[0-9a-f]+$", refused(t.string { pattern = "^[0-9a-f]+$" }, "xyz"))
    assert.equal("body: must be a text", refused(of, 3))
  end)

  it("has no pattern that means two things", function()
    for _, pattern in ipairs { "%d", "\\d", "a{2}", "a|b", "(a)", "^a-b$" } do
      assert.has_error(function() t.string { pattern = pattern } end, nil)
    end
  end)

  it("knows whole numbers from others, whichever way they are written", function()
    local of = t.integer { min = 1, max = 10 }
    assert.equal(3, t.check(of, 3))
    assert.equal("integer", math.type(t.check(of, 3.0)))
    assert.equal("body: must be a whole number", refused(of, 3.5))
    assert.equal("body: must be at least 1", refused(of, 0))
    assert.equal("body: must be at most 10", refused(of, 11))
    assert.equal(3.5, t.check(t.number {}, 3.5))
    assert.equal("body: must be a number", refused(t.number {}, "3"))
    assert.equal("body: must be a number", refused(t.number {}, math.huge))
  end)

  it("gives false for false", function()
    local result, message = t.check(t.boolean {}, false)
    assert.is_false(result)
    assert.is_nil(message)
    assert.equal("body: must be true or false", refused(t.boolean {}, 0))
  end)

  it("names the member that is wrong", function()
    local of = t.object {
      name = t.string { max = 10 },
      list = t.optional(t.array(t.object { limit = t.integer { min = 1 } }, { max = 2 })),
    }
    local message, member = refused(of, decode '{"name":"x","list":[{"limit":1},{"limit":0}]}')
    assert.equal("body.list[1].limit: must be at least 1", message)
    assert.equal("body.list[1].limit", member)
    assert.equal("body.name: must be given", refused(of, decode "{}"))
    assert.equal("body.nam: is unknown, did you mean 'name'?", refused(of, decode '{"name":"x","nam":1}'))
    assert.equal("body.list: must have at most 2 elements", refused(of, decode '{"name":"x","list":[1,2,3]}'))
  end)

  it("tells lists from objects, also empty ones", function()
    assert.equal("body: must be an object", refused(t.object {}, decode "[]"))
    assert.equal("body: must be a list", refused(t.array(t.any()), decode "{}"))
    assert.same({}, t.check(t.object {}, decode "{}"))
    assert.equal("[]", json.encode(t.check(t.array(t.any()), decode "[]")))
  end)

  it("keeps null apart from absence", function()
    local of = t.object { expires = t.optional(t.nullable(t.integer())) }
    assert.equal(json.null, t.check(of, decode '{"expires":null}').expires)
    assert.is_nil(t.check(of, decode "{}").expires)
    assert.equal("body.expires: must be a whole number or null", refused(of, decode '{"expires":"x"}'))
    assert.equal("body.x: must be a text", refused(t.object { x = t.optional(t.string()) }, decode '{"x":null}'))
  end)

  it("takes maps, alternatives and named schemas", function()
    t.define("SpecNode", t.object { name = t.string(), below = t.optional(t.array(t.ref "SpecNode")) })
    assert.is_table(t.check(t.ref "SpecNode", decode '{"name":"a","below":[{"name":"b"}]}'))
    assert.equal("body.below[0].name: must be given", refused(t.ref "SpecNode", decode '{"name":"a","below":[{}]}'))
    assert.same({ a = 1 }, t.check(t.map(t.integer()), decode '{"a":1}'))
    local either = t.any_of { t.string(), t.object { one = t.string() } }
    assert.equal("x", t.check(either, "x"))
    assert.equal("body.one: must be a text", refused(either, decode '{"one":1}'))
    assert.has_error(function() t.define("SpecNode", t.object {}) end)
  end)

  it("is JSON Schema when written", function()
    local text = json.encode(t.object({ a = t.optional(t.nullable(t.integer { min = 0 })), b = t.string() }))
    assert.same({
      type = "object", additionalProperties = false, required = { "b" },
      properties = { a = { type = { "integer", "null" }, minimum = 0 }, b = { type = "string" } },
    }, json.decode(text))
  end)

  it("makes values of what stands in a query", function()
    assert.equal(12, t.convert(t.integer {}, "12", "query.limit"))
    assert.is_true(t.convert(t.boolean {}, "true", "query.data"))
    local value, message = t.convert(t.integer {}, "0x10", "query.limit")
    assert.is_nil(value)
    assert.equal("query.limit: must be a whole number", message)
  end)
end)
