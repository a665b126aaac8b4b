local progress = require "btshare.cli.progress"
local text = require "btshare.terminal.text"
local units = require "btshare.units"
require "cli_json"

describe("units", function()
  it("writes sizes, rates, durations and counts", function()
    for bytes, expected in pairs {
      [0] = "0 B", [999] = "999 B", [1000] = "1.0 kB", [1499] = "1.5 kB", [99949] = "99.9 kB", [99950] = "100 kB",
      [999499] = "999 kB", [999500] = "1.0 MB", [1400000000] = "1.4 GB", [math.maxinteger] = "9.2 EB",
    } do
      assert.equal(expected, units.size(bytes))
    end
    assert.equal("1.5 MB/s", units.rate(1500000.4))
    for seconds, expected in pairs {
      [0.4] = "0 s", [59] = "59 s", [60] = "1 min", [125] = "2 min 5 s", [7200] = "2 h", [7260] = "2 h 1 min",
      [90000] = "1 d 1 h",
    } do
      assert.equal(expected, units.duration(seconds))
    end
    assert.equal("9,980", units.count(9980))
    assert.equal("123", units.count(123))
    assert.equal("1,234,567", units.count(1234567))
  end)

  it("reads durations", function()
    for word, expected in pairs {
      ["90s"] = 90, ["30m"] = 1800, ["2h"] = 7200, ["1h30m"] = 5400, ["7d"] = 604800, ["2W"] = 1209600,
      ["1.5h"] = 5400, ["5 min"] = 300,
    } do
      assert.equal(expected, units.parse_duration(word))
    end
    for _, word in ipairs { "", "2", "h", "2x", "0s", "-2h", "2h3", "1e9h", "99999999999d" } do
      local seconds, message, code = units.parse_duration(word)
      assert.is_nil(seconds, word)
      assert.matches(word:find "99" and "too long a time, at most 100000d$" or "not a duration", message)
      assert.equal("invalid", code)
    end
  end)
end)

describe("text for terminals", function()
  it("makes any name harmless", function()
    assert.equal("plain name.txt", text.escape("plain name.txt"))
    assert.equal("été 映画 🎬", text.escape("été 映画 🎬"))
    assert.equal("\\x1B]0;x\\x07\\x0A\\x7F", text.escape("\27]0;x\7\n\127"))
    assert.equal("a\\xFFb\\xC3", text.escape("a\xFFb\xC3"))
    assert.equal("a\\u{202E}b\\u{0085}", text.escape("a\u{202E}b\u{85}"))
  end)

  it("never lets a control byte through, whatever the bytes", function()
    math.randomseed(4)
    for _ = 1, 2000 do
      local bytes = {}
      for index = 1, math.random(0, 12) do bytes[index] = string.char(math.random(0, 255)) end
      local escaped = text.escape(table.concat(bytes))
      assert.is_number(utf8.len(escaped))
      assert.is_nil(escaped:find("%c"))
      local columns = math.random(1, 10)
      assert.is_true(text.width(text.shorten(escaped, columns)) <= columns)
    end
  end)

  it("knows how wide text is", function()
    assert.equal(3, text.width("été"))
    assert.equal(4, text.width("映画"))
    assert.equal(2, text.width("🎬"))
    assert.equal(1, text.width("e\u{301}"))
    assert.equal("映画 ", text.pad("映画", 5))
    assert.equal("  ab", text.pad("ab", 4, true))
  end)

  it("shortens in the middle", function()
    assert.equal("short", text.shorten("short", 5))
    assert.equal("long …name", text.shorten("long file name", 10))
    assert.equal("a…", text.shorten("abc", 2))
    assert.equal("…", text.shorten("abc", 1))
    assert.equal("映…画", text.shorten("映映映画", 5))
  end)

  it("paints only where colour is taken", function()
    assert.equal("x", text.paint("x", "red", false))
    assert.equal("\27[31mx\27[0m", text.paint("x", "red", true))
  end)
end)

describe("the progress of hashing", function()
  local now, meter

  before_each(function()
    now = 100
    meter = progress.new(function() return now end)
  end)

  it("has no line while nothing is to be done", function()
    assert.is_nil(meter:line(80))
    meter:note("a", 10)
    meter:forget("a", true)
    assert.is_nil(meter:line(80))
    meter:forget("unknown", true)
  end)

  it("tells part, speed, time left and how many wait", function()
    meter:note("a", 1000)
    meter:note("b", 3000)
    assert.matches("  0%%  2 waiting$", meter:line(80))
    meter:note("a", 1000, 0)
    now = now + 1
    meter:note("a", 1000, 500)
    local line = meter:line(80)
    assert.matches(" 12%%  500 B/s  7 s left  1 waiting$", line)
    assert.matches("^Preparing ███", line)
  end)

  it("counts what is finished, and not what went away", function()
    meter:note("a", 1000, 0)
    meter:note("b", 1000, 500)
    meter:note("c", 2000)
    meter:forget("a", true)
    meter:forget("c", false)
    assert.matches(" 75%%", meter:line(80))
  end)

  it("never claims more than all, and starts afresh with a new batch", function()
    meter:note("a", 1000, 5000)
    assert.matches("100%%", meter:line(80))
    meter:forget("a", true)
    meter:note("b", 1000, 100)
    assert.matches(" 10%%", meter:line(80))
  end)

  it("fits the width", function()
    meter:note("a", 1 << 40, 1 << 30)
    meter:note("b", 1 << 40)
    now = now + 1
    meter:note("a", 1 << 40, 1 << 31)
    for columns = 1, 100 do
      assert.is_true(text.width(meter:line(columns)) <= columns, columns)
    end
  end)

  it("leaves parts out where there is no room, rather than cutting them", function()
    meter:note("a", 2000000, 0)
    meter:note("b", 2000000)
    now = now + 1
    meter:note("a", 2000000, 1000000)
    local whole = meter:line(80, "… and 9 more")
    assert.matches(" 25%%  1.0 MB/s  3 s left  1 waiting  … and 9 more$", whole)
    assert.matches("^Preparing [█░]+   25%%  1.0 MB/s  3 s left  … and 9 more$", meter:line(57, "… and 9 more"))
    assert.matches("^Preparing  25%%  1.0 MB/s  3 s left$", meter:line(36))
    assert.matches("^Preparing  25%%  3 s left$", meter:line(26))
    assert.equal("Preparing  25%", meter:line(14))
    assert.equal("25%", meter:line(8))
  end)

  it("names what is being prepared where there is room, and moves nothing when that is another", function()
    meter:note("a", 1000, 0, "Projet.pdf")
    assert.matches("^Preparing Projet.pdf [█░]+    0%%$", meter:line(80))
    meter:note("b", 1000)
    meter:note("a", 1000, 500)
    meter:note("b", 1000, 0, ("Concert "):rep(20) .. ".mp4")
    local one = meter:line(80)
    assert.matches("^Preparing Concert .*….*%.mp4 [█░]+   25%%$", one)
    meter:note("a", 1000, 500)
    local other = meter:line(80)
    assert.matches("^Preparing Projet.pdf   +[█░]+   25%%$", other)
    assert.equal(text.width(one:match("^(.-)█")), text.width(other:match("^(.-)█")))
    for columns = 1, 100 do assert.is_true(text.width(meter:line(columns)) <= columns, columns) end
    assert.matches("^Preparing [█░]+   25%%$", meter:line(26))
    meter:forget("a", true)
    assert.matches("^Preparing [█░]+   50%%$", meter:line(80))
  end)

  it("tells bytes in place of a part that would go back, until all is done", function()
    meter:note("a", 1000, 500)
    assert.matches("50%%", meter:line(80))
    meter:note("b", 1000)
    assert.equal("Preparing 500 B of 2.0 kB  1 waiting", meter:line(80))
    meter:note("a", 1000, 900)
    assert.equal("Preparing 900 B of 2.0 kB  1 waiting", meter:line(80))
    meter:forget("a", true)
    meter:forget("b", true)
    meter:note("c", 1000, 100)
    assert.matches(" 10%%", meter:line(80))
  end)
end)

describe("the table of shares", function()
  local list = require "btshare.cli.list"
  local shares = {
    { id = "a", name = ("long name "):rep(10) .. ".mkv", state = "ready", size = 10, files = 1, link = "http://h/s/1" },
    { id = "b", name = "映画", kind = "folder", state = "failed", size = 10, files = 1 },
  }

  it("fits the terminal by shortening names", function()
    for columns = 50, 160 do
      for _, line in ipairs(list.format(shares, columns, false)) do
        assert.is_true(text.width(line) <= columns, line)
      end
    end
    assert.matches("long na.*….*mkv", list.format(shares, 60, false)[1])
  end)

  it("never cuts a link", function()
    for columns = 5, 160, 5 do
      assert.matches("http://h/s/1", table.concat(list.format(shares, columns, false), "\n"))
    end
  end)

  it("says below a share what is the matter with it", function()
    local lines = list.format({
      { name = "nothing.txt", state = "ready", reason = "empty; by HTTP only", size = 0, link = "http://h/s/1" },
      shares[2],
      { name = "gone.txt", state = "missing", reason = "not there\27 any more", size = 1, link = "http://h/s/3" },
    }, 100, true)
    assert.equal(5, #lines)
    assert.matches("^\27%[33m●\27%[0m \27%[33mready ", lines[1])
    assert.equal("  \27[33mempty; by HTTP only\27[0m", lines[2])
    assert.equal("  \27[31mnot there\\x1B any more\27[0m", lines[5])
  end)

  it("paints the state", function()
    assert.matches("^\27%[32m●\27%[0m \27%[32mready ", list.format(shares, 100, true)[1])
    assert.matches("^\27%[31m●", list.format(shares, 100, true)[2])
  end)
end)
