local qr = require "core.qr"

local quiet = 4

---Reads the picture back: whether module x, y is dark, counted from the corner of the quiet zone.
local function read_svg(svg)
  local side = tonumber(svg:match 'viewBox="0 0 (%d+) %1"' or svg:match 'viewBox="0 0 (%d+) ')
  local dark = {}
  for x, y, length in svg:gmatch "M(%d+) (%d+)h(%d+)v1h%-%d+z" do
    for i = 0, length - 1 do dark[(x + i) .. "," .. y] = true end
  end
  return side, function(x, y) return dark[x .. "," .. y] or false end
end

local function read_terminal(art)
  local dark, y, side = {}, 0, 0
  for line in art:gmatch "([^\n]*)\n" do
    local cells = line:match "^\27%[38;5;16;48;5;231m(.*)\27%[0m$" or line:match "^[^\27]*$"
    local x = 0
    for _, cell in utf8.codes(cells) do
      dark[x .. "," .. y] = cell == 0x2580 or cell == 0x2588
      dark[x .. "," .. y + 1] = cell == 0x2584 or cell == 0x2588
      x = x + 1
    end
    y, side = y + 2, x
  end
  return side, function(x, row) return dark[x .. "," .. row] or false end
end

---The 15 bits of format information beside the upper left finder (ISO/IEC 18004, 7.9).
local function format_of(is_dark)
  local places = { { 0, 8 }, { 1, 8 }, { 2, 8 }, { 3, 8 }, { 4, 8 }, { 5, 8 }, { 7, 8 }, { 8, 8 }, { 8, 7 } }
  for y = 5, 0, -1 do places[#places + 1] = { 8, y } end
  local bits = 0
  for _, place in ipairs(places) do
    bits = bits << 1 | (is_dark(place[1] + quiet, place[2] + quiet) and 1 or 0)
  end
  return bits ~ 0x5412
end

---Reads the bytes of a code of version 1 or 2 with one block, without correction of errors.
local function decode(side, is_dark)
  local width = side - 2 * quiet
  local mask = format_of(is_dark) >> 10 & 7
  local masks = {
    [0] = function(x, y) return (x + y) % 2 end,
    function(_, y) return y % 2 end,
    function(x) return x % 3 end,
    function(x, y) return (x + y) % 3 end,
    function(x, y) return (y // 2 + x // 3) % 2 end,
    function(x, y) return (x * y) % 2 + (x * y) % 3 end,
    function(x, y) return ((x * y) % 2 + (x * y) % 3) % 2 end,
    function(x, y) return ((x + y) % 2 + (x * y) % 3) % 2 end,
  }
  local function is_data(x, y)
    if x == 6 or y == 6 or (x < 9 and y < 9) then return false end
    if (x >= width - 8 and y < 9) or (x < 9 and y >= width - 8) then return false end
    return width == 21 or math.abs(x - 18) > 2 or math.abs(y - 18) > 2
  end
  local bits, x, up = {}, width - 1, true
  while x > 0 do
    if x == 6 then x = 5 end
    for step = 0, width - 1 do
      local y = up and width - 1 - step or step
      for column = x, x - 1, -1 do
        if is_data(column, y) then
          local flipped = masks[mask](column, y) == 0
          bits[#bits + 1] = is_dark(column + quiet, y + quiet) ~= flipped and "1" or "0"
        end
      end
    end
    x, up = x - 2, not up
  end
  local stream = table.concat(bits)
  assert(stream:sub(1, 4) == "0100", "not in byte mode")
  local text = {}
  for i = 1, tonumber(stream:sub(5, 12), 2) do
    text[i] = string.char(tonumber(stream:sub(5 + i * 8, 12 + i * 8), 2))
  end
  return table.concat(text)
end

describe("core.qr", function()
  for _, text in ipairs { "btshare", "http://x.example/s/abcd", "grüße" } do
    it(("can be read back: %s"):format(text), function()
      assert.equal(text, decode(read_svg(assert(qr.svg(text)))))
      assert.equal(text, decode(read_terminal(assert(qr.terminal(text)))))
      local plain = assert(qr.terminal(text, true))
      assert.is_nil(plain:find("\27", 1, true))
      assert.equal(text, decode(read_terminal(plain)))
    end)
  end

  it("draws the same code both ways, whatever its size", function()
    for _, length in ipairs { 1, 20, 100, 500, 2000 } do
      local text = ("x"):rep(length)
      local side, svg = read_svg(qr.svg(text))
      local terminal_side, terminal = read_terminal(qr.terminal(text))
      assert.equal(side, terminal_side)
      for y = 0, side - 1 do
        for x = 0, side - 1 do
          if svg(x, y) ~= terminal(x, y) then error(("differs at %d, %d of %d"):format(x, y, side)) end
        end
      end
    end
  end)

  it("keeps a quiet zone of 4 modules", function()
    local side, is_dark = read_svg(qr.svg "btshare")
    assert.equal(21 + 2 * quiet, side)
    for i = 0, side - 1 do
      for edge = 0, quiet - 1 do
        for _, place in ipairs { { i, edge }, { edge, i }, { i, side - 1 - edge }, { side - 1 - edge, i } } do
          assert.is_false(is_dark(place[1], place[2]))
        end
      end
    end
    assert.is_true(is_dark(quiet, quiet))
  end)

  it("corrects errors at level M", function()
    local _, is_dark = read_svg(qr.svg "btshare")
    assert.equal(0, format_of(is_dark) >> 13)
  end)

  it("is one path on one rectangle, without anything that a strict page forbids", function()
    local svg = qr.svg "btshare"
    assert.matches('^<svg xmlns="http://www.w3.org/2000/svg" ', svg)
    assert.equal(1, select(2, svg:gsub("<path", "")))
    assert.is_nil(svg:find "style")
  end)

  it("says so when a text does not fit", function()
    for _, draw in pairs(qr) do
      for _, text in ipairs { "", ("\xff"):rep(2332), ("x"):rep(100000) } do
        local art, message, code = draw(text)
        assert.is_nil(art)
        assert.matches("^text: ", message)
        assert.equal("invalid", code)
      end
      assert.is_string(draw(("\xff"):rep(2331)))
      assert.has_error(function() draw "a\0b" end)
    end
  end)
end)
