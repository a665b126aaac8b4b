local helper = require "helper"
local http = require "core.http"
local markdown = require "core.markdown"
local process = require "support.process"
local uv = require "luv"

local function render(text, title)
  local result
  local begun, message, code = markdown.render(text, title, function(...) result = table.pack(...) end)
  if not begun then return nil, message, code end
  helper.wait_for(function() return result end, 5, "the page")
  return table.unpack(result, 1, result.n)
end

describe("Markdown", function()
  it("becomes HTML below the page's own title", function()
    local html, heading = render("# Holiday\n\nTwo *good* `days`.\n\n## Food\n\n- one\n- two\n")
    assert.equal("Holiday", heading)
    assert.equal("<h2>Holiday</h2>\n<p>Two <em>good</em> <code>days</code>.</p>\n<h3>Food</h3>\n" ..
      "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n", html)
    assert.equal("<h6>deep</h6>\n", (render("###### deep")))
  end)

  it("does not say the title twice", function()
    local html, heading = render("Le *petit* `prince`\n===\ntext", "Le petit prince")
    assert.equal("<p>text</p>\n", html)
    assert.equal("Le petit prince", heading)
    html, heading = render("text\n\n# Later")
    assert.is_nil(heading)
    assert.equal("<p>text</p>\n<h2>Later</h2>\n", html)
  end)

  it("holds no HTML, no image and no address but those that are meant to be followed", function()
    for text, wanted in pairs {
      ["a <b onclick=x()>b</b> <!-- c -->"] = "<p>a b </p>\n",
      ["<script>alert(1)</script>\n\nend"] = "<p>end</p>\n",
      ["<p align=center>\n<img src=//evil.test/x>\n</p>\n\n# Title"] = "<h2>Title</h2>\n",
      ["![a *b*](http://evil.test/x.png)"] = "<p>a <em>b</em></p>\n",
      ["[x](javascript:alert(1))"] = "<p>x</p>\n",
      ["[x](JaVaScRiPt:alert(1)) [y](data:text/html,z) [z](vbscript:a)"] = "<p>x y z</p>\n",
      ["[x](other.html) [y](//evil.test) [z](#a)"] = "<p>x y z</p>\n",
      ['[x](http://a.test/?a=1&b="<\'> "t")'] =
        '<p><a href="http://a.test/?a=1&amp;b=%22%3C%27%3E" rel="noopener nofollow">x</a></p>\n',
      ["[x](http://a.test/?a=1&b=%22'é)"] =
        '<p><a href="http://a.test/?a=1&amp;b=%22%27%C3%A9" rel="noopener nofollow">x</a></p>\n',
      ["<HTTPS://A.test/\"><b>"] = '<p><a href="HTTPS://A.test/%22" rel="noopener nofollow">HTTPS://A.test/&quot;</a></p>\n',
      ["[![logo](l.png) us](https://a.test)"] =
        '<p><a href="https://a.test" rel="noopener nofollow">logo us</a></p>\n',
      ["<mail@a.test>"] = '<p><a href="mailto:mail@a.test" rel="noopener nofollow">mail@a.test</a></p>\n',
      ["```\"><script>\nx\n```"] = '<pre><code class="language-&quot;&gt;&lt;script&gt;">x\n</code></pre>\n',
      ["[x](http://a.test/" .. ("y"):rep(2100) .. ")"] = "<p>x</p>\n",
      ["a\0b \xff"] = "<p>a\u{FFFD}b \u{FFFD}</p>\n",
      [""] = "",
    } do
      assert.equal(wanted, (render(text)), text)
    end
  end)

  it("refuses what is too long, or was made to swell", function()
    local _, message, code = render(("x"):rep(65537))
    assert.same({ "markdown: more than 64 KiB", "full" }, { message, code })
    _, message, code = render((">"):rep(65536))
    assert.same({ "markdown: would be too long a page", "full" }, { message, code })
    local title = "[a]: http://x.test/ \"" .. ("y"):rep(30000) .. "\"\n\n" .. ("[a]"):rep(10000)
    assert.is_string((render(title)))
  end)

  it("can take any bytes", function()
    local pieces = {
      "[", "](", ")", "![", "<", ">", "<a href=\"", "\"", "`", "```", "\n", "\n\n", "# ", "- ", "> ", "&#x22;", "&lt;",
      "javascript:", "http://", "\0", "\xff", "*", "_", "\\", "    ", "[x]: ", "<!--", "<script>", "é", "---", "1. ",
    }
    math.randomseed(7)
    for _ = 1, 300 do
      local parts = {}
      for index = 1, 60 do parts[index] = pieces[math.random(#pieces)] end
      local html = assert(render(table.concat(parts)))
      for tag in html:gmatch("<([^>]*)>") do
        local is_known = tag:find("^/?%l[%l%d]* ?/?$") or tag:find('^a href="[^"<>]*" rel="noopener nofollow"$')
          or tag:find('^code class="language%-[^"<>]*"$') or tag:find('^ol start="%d+"$')
        assert.is_truthy(is_known, tag)
        assert.is_nil(tag:find("^script") or tag:find("^img") or tag:find('href="java'), tag)
      end
    end
  end)
end)

describe("a body", function()
  local folder

  before_each(function() folder = helper.folder() end)
  after_each(function() process.run { "rm", "-rf", "--", folder } end)

  local function described(name)
    local status = uv.fs_lstat(folder .. "/" .. name)
    local function nanoseconds(time) return time.sec * 1000000000 + time.nsec end
    return folder, name, status.size, nanoseconds(status.mtime), nanoseconds(status.ctime), status.ino
  end

  local function read(body)
    local result
    assert(body:read(function(...) result = table.pack(...) end))
    helper.wait_for(function() return result end, 5, "the bytes")
    return table.unpack(result, 1, result.n)
  end

  it("can be read where its files are as they were described, and only then", function()
    helper.write(folder .. "/a.txt", "one\0two")
    local body = http.body()
    body:add_bytes("<")
    body:add_file(described("a.txt"))
    assert.equal("<one\0two", read(body))
    assert.has_error(function() body:read(print) end)

    local changed, linked = http.body(), http.body()
    changed:add_file(described("a.txt"))
    linked:add_file(described("a.txt"))
    helper.write(folder .. "/a.txt", "one!two")
    assert.same({ "file: changed, or cannot be read", "gone" }, { select(2, read(changed)) })
    uv.fs_rename(folder .. "/a.txt", folder .. "/b.txt")
    uv.fs_symlink("b.txt", folder .. "/a.txt")
    assert.equal("gone", select(3, read(linked)))
    assert.equal("", read(http.body()))
  end)
end)
