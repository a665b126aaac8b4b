local types = require "btshare.types"

describe("a check", function()
  local function refuses(check, ...)
    for _, value in ipairs { ... } do
      local result, message = check(value)
      assert.is_nil(result, "took " .. tostring(value))
      assert.matches("^must be ", message)
    end
  end

  it("reads sizes in bytes", function()
    assert.equal(1500, types.size(1500))
    assert.equal(2000000, types.size("2M"))
    assert.equal(500000, types.size("500 k"))
    assert.equal(1500000000, types.size("1.5G"))
    assert.equal(2097152, types.size("2MiB"))
    assert.equal(2000, types.size("2KB"))
    assert.equal("integer", math.type(types.size("2M")))
    assert.equal(0, types.size(0))
    refuses(types.size, "2X", "M", "", "-1", -1, 1.5, true, {}, "99999999999T", 0 / 0)
  end)

  it("reads spans of time in seconds", function()
    assert.equal(90, types.period("90s"))
    assert.equal(1800, types.period("30m"))
    assert.equal(7200, types.period("2h"))
    assert.equal(30 * 86400, types.period("30d"))
    assert.equal(604800, types.period("1w"))
    assert.equal(5400, types.period("1.5h"))
    assert.equal(12, types.period(12))
    assert.equal(0.5, types.period(0.5))
    refuses(types.period, "90", "s", "1y", -1, "-1s", false, math.huge, 0 / 0)
  end)

  it("reads addresses to listen on", function()
    assert.same({ address = "127.0.0.1", port = 8701 }, types.address("127.0.0.1:8701"))
    assert.same({ address = "::1", port = 0 }, types.address("[::1]:0"))
    assert.same({ address = "::", port = 65535 }, types.address("[::]:65535"))
    refuses(types.address, "localhost:1", "127.0.0.1", "127.0.0.256:1", "127.0.0.1:65536", "::1:80", "[::1]", "[x]:1",
      "[127.0.0.1]:1", "1.2.3:4", 8701, ":80", "[::1%lo]:1")
  end)

  it("tells whole numbers, numbers, texts and truths apart", function()
    assert.equal(3, types.integer(3.0))
    assert.equal("integer", math.type(types.integer(3.0)))
    assert.equal(2.5, types.number(2.5))
    assert.is_false(types.boolean(false))
    assert.equal("", types.string(""))
    refuses(types.integer, 3.5, "3", 2 ^ 80)
    refuses(types.number, "3", math.huge, 0 / 0)
    refuses(types.boolean, "true", 1)
    refuses(types.string, 1, {})
  end)

  it("reads rates in bytes a second", function()
    assert.equal(2000000, types.rate("2M"))
    assert.equal(1572864, types.rate("1.5 MiB/s"))
    assert.equal(500000, types.rate("500kB / s"))
    assert.equal(7, types.rate(7))
    refuses(types.rate, "2M/h", "/s", -1, "fast", true)
    assert.equal('must be bytes a second such as 500000, "2M" or "1.5MiB/s"', select(2, types.rate "x"))
  end)

  it("has bounds, written as the value is", function()
    local between = types.between(types.period, "1m", "7d")
    assert.equal(60, between("60s"))
    assert.equal(7 * 86400, between("1w"))
    assert.equal('must be from "1m" to "7d"', select(2, between("59s")))
    refuses(between, "8d", "often", 59)
    assert.equal(5, types.between(types.integer, 1, 5)(5.0))
    assert.equal("must be from 1 to 5", select(2, types.between(types.integer, 1, 5)(6)))
    assert.equal("must be a whole number", select(2, types.between(types.integer, 1, 5)(1.5)))
    assert.equal('must be at least "1M"', select(2, types.between(types.rate, "1M")(5)))
    assert.equal("must be at most 3", select(2, types.between(types.number, nil, 3)(3.5)))
    assert.has_error(function() types.between(types.integer, "x") end, "must be a whole number")
    assert.has_error(function() types.between(types.integer) end, "types.between: there is no bound")
  end)

  it("knows what is not to be seen", function()
    assert.equal("hush", types.secret "hush")
    refuses(types.secret, "", 5, {})
    assert.same({ key = true, keys = true, wanted = true }, types.secret_names {
      key = types.secret, keys = types.list(types.secret), wanted = types.required(types.secret), name = types.string,
      count = 5,
    })
    assert.same({ by_name = true, inside = true }, types.secret_names {
      by_name = types.map(types.secret), inside = types.group { user = types.string, key = types.secret },
      plain = types.group { user = types.string },
    })
    assert.same({ key = "x" }, types.group { key = types.secret } { key = "x" })
  end)

  it("knows the words of an enumeration and what was meant", function()
    local check = types.choice { "link", "private", "public" }
    assert.equal("link", check("link"))
    local result, message = check("pubic")
    assert.is_nil(result)
    assert.matches('"link" or "private" or "public", did you mean \'public\'', message)
  end)

  it("checks each element of a list", function()
    assert.same({ 1000, 2 }, types.list(types.size) { "1k", 2 })
    local result, message = types.list(types.size) { "1k", "x" }
    assert.is_nil(result)
    assert.matches("number 2 of the list", message)
    refuses(types.list(types.size), "1k", { a = 1 })
  end)

  it("checks values that have names of their own", function()
    local check = types.map(types.secret)
    assert.same({ a = "x", ["b c"] = "y" }, check { a = "x", ["b c"] = "y" })
    assert.is_true(types.is_secret(check))
    assert.is_false(types.is_secret(types.map(types.string)))
    refuses(check, "x", 1, { a = "" }, { "x" })
    assert.matches("%(of 'a'%)$", select(2, check { a = 1 }))
  end)

  it("reads moments in local time", function()
    assert.equal(os.time { year = 2026, month = 12, day = 24, hour = 0 }, types.moment "2026-12-24")
    assert.equal(os.time { year = 2026, month = 12, day = 24, hour = 18, min = 5 }, types.moment "2026-12-24 18:05")
    assert.equal(types.moment "2026-12-24 18:05" + 30, types.moment "2026-12-24T18:05:30")
    refuses(types.moment, "24.12.2026", "2026-02-31", "2026-13-01", "2026-12-24 25:00", "2026-12-24 18:60",
      "2026-12-24 18:00:61", "2026-12-24 18:00:", "2026-12-24 18:00:0", "2026-12-24x", "", 5, {})
  end)

  it("makes paths absolute", function()
    local check = types.path_from("/home/paul", "/etc/btshare")
    assert.equal("/home/paul/x", check("~/x"))
    assert.equal("/home/paul", check("~"))
    assert.equal("/x", check("/x"))
    assert.equal("/etc/btshare/x", check("x"))
    assert.equal("/etc/btshare/~x", check("~x"))
    refuses(check, "", "a\0b", 1)
  end)
end)

describe("a table of named values", function()
  local schema = {
    after = types.default(types.period, "30d"), limit = 5, ratio = 0.5, title = "x", strict = false,
    words = { "a" }, token = types.required(types.string), path = types.path,
  }

  it("is filled up with the defaults", function()
    assert.same({
      after = 2592000, limit = 5, ratio = 0.5, title = "x", strict = false, words = { "a" }, token = "t",
    }, types.fields(schema, { token = "t" }))
  end)

  it("takes what is given over the defaults, false too", function()
    local result = types.fields({ strict = true, limit = 5 }, { strict = false, limit = 7 })
    assert.same({ strict = false, limit = 7 }, result)
  end)

  it("may stand within another one", function()
    local check = types.group { downloads = types.integer, bytes = types.size }
    assert.same({ downloads = 3, bytes = 2000 }, check { downloads = 3, bytes = "2k" })
    assert.same({}, check {})
    assert.same({ nil, "must be a table in braces" }, { check(3) })
    assert.same({ nil, "is not right: its 'byte' is unknown, did you mean 'bytes'?" }, { check { byte = 3 } })
  end)

  it("names all mistakes at once", function()
    local result, messages = types.fields(schema, { aftr = "1d", limit = "many", words = { 1 }, ratio = "x" })
    assert.is_nil(result)
    assert.same({
      "option 'aftr' is unknown, did you mean 'after'?",
      "option 'limit' must be a whole number",
      "option 'ratio' must be a number",
      "option 'token' must be given",
      "option 'words' must be a text (number 1 of the list)",
    }, messages)
  end)

  it("says what is wanted where it is missing, and counts what has no name", function()
    local numbered = { types.required(types.string, "a word in quotes"), types.string }
    assert.same({ nil, { "option number 1 must be given: a word in quotes" }, { 1 } }, { types.fields(numbered, {}) })
    local _, messages = types.fields(numbered, { 5, "a", "b" })
    assert.same({ "option number 1 must be a text", "option number 3 is too many: there can be 2" }, messages)
    _, messages = types.fields({ after = "1d" }, { "2d" })
    assert.same({ "option number 1 has no name: it is written NAME = VALUE" }, messages)
  end)
end)
