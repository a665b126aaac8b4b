local helper = require "helper"
local json = require "core.json"


describe("core.json", function()
  describe("encode", function()
    local cases = {
      { "null", json.null, "null" },
      { "booleans", json.array { true, false }, "[true,false]" },
      { "integers of 64 bits", json.array { math.maxinteger, math.mininteger, 9007199254740993 },
        "[9223372036854775807,-9223372036854775808,9007199254740993]" },
      { "the shortest floats", json.array { 0.1, 1 / 3, 3.0, -0.0, 1e300, 5e-324 },
        "[0.1,0.3333333333333333,3.0,-0.0,1e+300,4.94065645841247e-324]" },
      { "an empty table as an object", {}, "{}" },
      { "an empty marked table as an array", json.array {}, "[]" },
      { "keys in order", { b = 1, a = 2, ab = 3, [""] = 4 }, '{"":4,"a":2,"ab":3,"b":1}' },
      { "tables within tables", { list = { { x = { 1, 2 } }, {} } }, '{"list":[{"x":[1,2]},{}]}' },
      { "escapes", '"\\\b\f\n\r\t\0\x1f\x7f/', [["\"\\\b\f\n\r\t\u0000\u001f]] .. "\x7f/\"" },
      { "UTF-8 as it is", "é€🐟", '"é€🐟"' },
      { "bad UTF-8 with a mark for each byte", "a\xff\xc3(\xed\xa0\x80", '"a��(���"' },
      { "bad UTF-8 in keys", { ["\xff"] = 1 }, '{"�":1}' },
      { "a cut character", "\xe2\x82", '"��"' },
      { "angle brackets as they are", "</script>&", '"</script>&"' },
    }
    for _, case in ipairs(cases) do
      local name, value, text = table.unpack(case)
      it("writes " .. name, function()
        assert.equal(text, json.encode(value))
      end)
    end

    it("escapes what a page would take for markup where that is wanted", function()
      assert.equal([["\u003c/script\u003e\u0026\u2028\u2029€"]],
        json.encode("</script>&\u{2028}\u{2029}€", { html = true }))
    end)

    it("indents", function()
      assert.equal('{\n  "a": [\n    1,\n    2\n  ],\n  "b": {},\n  "c": []\n}',
        json.encode({ a = { 1, 2 }, b = {}, c = json.array {} }, { indent = 2 }))
    end)

    it("ignores metamethods", function()
      local value = setmetatable({ a = 1 }, { __index = { b = 2 }, __pairs = error, __len = error })
      assert.equal('{"a":1}', json.encode(value))
    end)

    local mistakes = {
      { "not a number", 0 / 0, "no number" },
      { "infinity", math.huge, "no number" },
      { "a function", { print }, "a value is a function" },
      { "a table that is both", { 1, a = 2 }, "both an array and an object" },
      { "an object marked as an array", json.array { a = 2 }, "both an array and an object" },
      { "an array with holes", { [1] = 1, [3] = 3 }, "holes" },
      { "an array that starts at 0", { [0] = 1 }, "0 is no place in an array" },
      { "a float as a key", { [0.5] = 1 }, "a key is a number" },
      { "a boolean as a key", { [true] = 1 }, "a key is a boolean" },
    }
    for _, mistake in ipairs(mistakes) do
      local name, value, words = table.unpack(mistake)
      it("raises for " .. name, function()
        local succeeded, message = pcall(json.encode, value)
        assert.is_false(succeeded)
        assert.matches(words, message, 1, true)
      end)
    end

    it("goes 32 deep and no deeper, so that cycles end", function()
      local deep = json.array {}
      for _ = 2, 32 do deep = { deep } end
      assert.equal(("["):rep(32) .. ("]"):rep(32), json.encode(deep))
      assert.has_error(function() json.encode { deep } end, "json: nested deeper than 32")
      local cycle = {}
      cycle.again = cycle
      assert.has_error(function() json.encode(cycle) end, "json: nested deeper than 32")
    end)

    it("writes more keys and longer strings than it made room for", function()
      local value = {}
      for i = 1, 1000 do value[("key %04d"):format(i)] = { text = ("x"):rep(i) } end
      assert.same(value, json.decode(json.encode(value)))
    end)

    it("writes the next value right after one that it refused", function()
      for _ = 1, 3 do
        assert.is_false(pcall(json.encode, { text = ("x"):rep(5000), wrong = print }))
        assert.equal('{"a":1}', json.encode { a = 1 })
      end
    end)

    it("lets a finalizer write while it writes", function()
      local written = {}
      local is_over = false
      local function leave()
        setmetatable({}, { __gc = function()
          written[#written + 1] = json.encode { other = ("y"):rep(3000) }
          if not is_over then leave() end
        end })
      end
      leave()
      local value = {}
      for i = 1, 500 do value[("key %04d"):format(i)] = { text = ("x"):rep(i) } end
      for _ = 1, 100 do assert.same(value, json.decode(json.encode(value))) end
      is_over = true
      assert.is_true(#written > 0)
      for _, text in ipairs(written) do assert.equal('{"other":"' .. ("y"):rep(3000) .. '"}', text) end
    end)

    it("writes 10,000 shares in less than 100 ms", function()
      local shares = {}
      for i = 1, 10000 do
        shares[i] = {
          id = "abcdefghijklmnop" .. i, name = "Holiday film – " .. i .. ".mp4", kind = "file", size = i * 1234567,
          files = 1, state = "ready", progress = 0.5 + i / 7, exposure = "link", info_hash = ("ab12"):rep(10),
          magnet = "magnet:?xt=urn:btih:" .. ("ab12"):rep(10), link = "http://192.0.2.2:8702/s/abcdefghijklmnopqrst",
          torrent = "http://192.0.2.2:8702/s/abcdefghijklmnopqrst/torrent", created = 1700000000 + i,
          changed = 1700000000,
        }
      end
      local best = math.huge
      for _ = 1, 3 do
        local start = os.clock()
        json.encode(shares)
        best = math.min(best, (os.clock() - start) * 1e3)
      end
      assert.is_true(best < (helper.is_sanitized and 1000 or 100), ("took %.0f ms"):format(best))
    end)
  end)

  describe("decode", function()
    it("keeps integers, floats and null apart", function()
      local value = json.decode '[1, 1.0, 9223372036854775807, -9007199254740993, null, true, "x"]'
      assert.same({ 1, 1.0, math.maxinteger, -9007199254740993, json.null, true, "x" }, value)
      assert.equal("integer", math.type(value[1]))
      assert.equal("float", math.type(value[2]))
    end)

    it("takes any value", function()
      assert.equal("a\0b", json.decode [["a\u0000b"]])
      assert.equal(false, (json.decode "false"))
      assert.equal(json.null, (json.decode " null "))
    end)

    it("remembers which tables are arrays", function()
      local text = '{"empty":[],"full":[{"a":[]}],"object":{}}'
      assert.equal(text, json.encode(json.decode(text)))
    end)

    it("says where a text goes wrong", function()
      local value, message, code = json.decode '{"a": 1,\n "b": }'
      assert.is_nil(value)
      assert.matches("^json: line 2, column %d+: ", message)
      assert.equal("invalid", code)
    end)

    local mistakes = {
      "", " ", "{", "[1,]", "{a:1}", "'a'", "01", "1.", "+1", "NaN", "[1] x", "tru", '"\xff"', '"\xed\xa0\x80"',
      [["\ud800"]],
      '"\n"', '{"a":1,"a":2}', "9223372036854775808", "1e999", "// x\n1", '{"a\\u0000":1}', "\xef\xbb\xbf1",
    }
    for _, text in ipairs(mistakes) do
      it(("refuses %q"):format(text), function()
        local value, message, code = json.decode(text)
        assert.is_nil(value)
        assert.matches("^json: line %d+, column %d+: .", message)
        assert.equal("invalid", code)
      end)
    end

    it("goes 32 deep and no deeper", function()
      local text = ("["):rep(32) .. ("]"):rep(32)
      assert.equal(text, json.encode(json.decode(text)))
      for _, deep in ipairs { 33, 1000, 100000 } do
        local value, _, code = json.decode(("["):rep(deep) .. ("]"):rep(deep))
        assert.is_nil(value)
        assert.equal("invalid", code)
      end
      local value, message = json.decode(('{"a":'):rep(33) .. "1" .. ("}"):rep(33))
      assert.is_nil(value)
      assert.equal("json: nested deeper than 32", message)
    end)

    it("reads back what it wrote, whatever the value", function()
      math.randomseed(42)
      local function random_value(depth)
        local kind = math.random(depth < 4 and 7 or 5)
        if kind == 1 then return math.random(0) end
        if kind == 2 then return string.unpack("d", string.pack("I8", math.random(0) & ~(1 << 62))) end
        if kind == 3 then return math.random(2) == 1 end
        if kind == 4 then return json.null end
        if kind == 5 then return utf8.char(math.random(0, 0xd7ff), math.random(0xe000, 0x10ffff)) end
        local value = kind == 6 and json.array {} or {}
        for i = 1, math.random(0, 4) do
          value[kind == 6 and i or "key" .. i] = random_value(depth + 1)
        end
        return value
      end
      for _ = 1, 2000 do
        local value = random_value(0)
        assert.same(value, (json.decode(json.encode(value, { html = true, indent = 1 }))))
      end
    end)
  end)
end)
