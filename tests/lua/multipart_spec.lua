local multipart = require "btshare.http.multipart"

-- Feeds a body in pieces of the given lengths, the last of which goes on.
local function read(body, boundary, lengths)
  local parser, parts = multipart.new(boundary or "XX"), {}
  local at, index = 1, 1
  local function add(kind, value)
    if kind == "begin" then
      parts[#parts + 1] = { name = value.name, filename = value.filename, body = "" }
    elseif kind == "data" then
      parts[#parts].body = parts[#parts].body .. value
    else
      parts[#parts].is_whole = true
    end
  end
  while at <= #body do
    local length = lengths and (lengths[index] or lengths[#lengths]) or #body
    parser:feed(body:sub(at, at + length - 1), add)
    at, index = at + length, index + 1
  end
  return parts, parser
end

local function part(headers, body)
  return "--XX\r\n" .. headers .. "\r\n\r\n" .. body .. "\r\n"
end

local function disposition(rest)
  return "Content-Disposition: form-data; " .. rest
end

describe("a form with files", function()
  it("tells its boundary", function()
    assert.equal("abc", multipart.boundary("multipart/form-data; boundary=abc"))
    assert.equal("a b", multipart.boundary('Multipart/Form-Data; charset=utf-8; boundary="a b"'))
    for _, wrong in ipairs {
      "multipart/mixed; boundary=abc", "multipart/form-data", "multipart/form-data; boundary=", "text/plain",
      "multipart/form-data; boundary=" .. ("x"):rep(71), 'multipart/form-data; boundary="a "', "",
      "multipart/form-data; boundary=a<b",
    } do
      assert.is_nil(multipart.boundary(wrong), wrong)
    end
    assert.is_nil(multipart.boundary(nil))
  end)

  it("is read however it is cut into pieces", function()
    local body = part(disposition 'name="note"', "Hello\r\n--X") ..
      part(disposition 'name="files"; filename="a\\"b%22.txt"\r\nContent-Type: text/plain', "\r\n\r\n--XY\r\n-") ..
      part(disposition 'name="empty"; filename=""', "") .. "--XX--\r\nwhatever follows --XX\r\n"
    local wanted = {
      { name = "note", body = "Hello\r\n--X", is_whole = true },
      { name = "files", filename = 'a"b".txt', body = "\r\n\r\n--XY\r\n-", is_whole = true },
      { name = "empty", filename = "", body = "", is_whole = true },
    }
    for length = 1, #body do
      local parts, parser = read(body, "XX", { length })
      assert.same(wanted, parts, length)
      assert.is_true(parser.is_done)
    end
    math.randomseed(7)
    for _ = 1, 300 do
      local lengths = {}
      for index = 1, 40 do lengths[index] = math.random(1, 30) end
      assert.same(wanted, (read(body, "XX", lengths)))
    end
  end)

  it("has names of any letters", function()
    for header, wanted in pairs {
      ['name="f"; filename="; name=x"'] = "; name=x", ['filename="; name="; name="f"'] = "; name=",
      ['name="f"; filename="back\\"'] = "back\\", ['name=f; filename=plain; filename="second"'] = "plain",
      ['name="f"; filename="a\\"; name=\\"b"'] = 'a"; name="b',
    } do
      local parts = read(part(disposition(header), "x") .. "--XX--", "XX")
      assert.same({ "f", wanted }, { parts[1].name, parts[1].filename }, header)
    end
  end)

  it("keeps bytes as they are", function()
    math.randomseed(11)
    for _ = 1, 200 do
      local bytes = {}
      for index = 1, math.random(0, 400) do bytes[index] = ("\r\n-X\0a"):sub(math.random(6)):sub(1, 1) end
      local content = table.concat(bytes)
      if not ("\r\n" .. content):find("\r\n--XX", 1, true) then
        local body = part(disposition 'name="f"; filename="f"', content) .. "--XX--"
        local parts = read(body, "XX", { math.random(1, 50) })
        assert.equal(content, parts[1].body)
      end
    end
  end)

  it("is not whole without its end", function()
    local parts, parser = read(part(disposition 'name="f"; filename="f"', "abc") .. "--XX\r\n")
    assert.is_false(parser.is_done)
    assert.is_true(parts[1].is_whole)
    parts = read("--XX\r\n" .. disposition 'name="f"; filename="f"' .. "\r\n\r\nabcdefghij")
    assert.is_nil(parts[1].is_whole)
  end)

  it("refuses what is none, and keeps to its limits", function()
    local function problem(body, length)
      local _, parser = read(body, "XX", { length or #body })
      return parser.problem
    end
    for _, length in ipairs { 1, 7, 100000 } do
      assert.matches("begin", problem("preamble\r\n--XX\r\n", length))
      assert.matches("boundary", problem("--XXy\r\nContent-Disposition: form-data; name=a\r\n\r\nx", length))
      assert.matches("too long headers", problem("--XX\r\nA: " .. ("x"):rep(5000), length))
      assert.matches("without a name", problem(part("Content-Type: text/plain", "x"), length))
      assert.matches("without a name", problem(part(disposition "x=y", "x"), length))
      assert.matches("without a name", problem(part("no header at all", "x"), length))
      local many = {}
      for index = 1, 101 do many[index] = part(disposition 'name="f"; filename="f"', "x") end
      assert.matches("too many parts", problem(table.concat(many), length))
    end
  end)

  it("holds no more than a piece and a boundary", function()
    local parser = multipart.new("XX")
    local most, got = 0, 0
    parser:feed("--XX\r\n" .. disposition 'name="f"; filename="f"' .. "\r\n\r\n", function() end)
    for _ = 1, 100 do
      parser:feed(("x"):rep(10000), function(_, bytes) got = got + #bytes end)
      most = math.max(most, #parser.rest)
    end
    assert.is_true(most < 10, most)
    assert.is_true(got > 990000)
  end)
end)
