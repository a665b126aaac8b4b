local template = require "btshare.http.template"

local function render(text, values, more)
  local sources = more or {}
  sources["page.html"] = text
  return template.compile(sources):render("page.html", values or {})
end

describe("a template", function()
  it("shows texts and numbers, escaped in text and in attributes", function()
    local hostile = "<b title=\"x\" id='y'>&`</b>"
    local escaped = "&lt;b title=&quot;x&quot; id=&#39;y&#39;&gt;&amp;&#96;&lt;/b&gt;"
    assert.equal("<p>" .. escaped .. "</p>", render("<p>{{ name }}</p>", { name = hostile }))
    assert.equal('<p title="' .. escaped .. '">7</p>',
      render('<p title="{{ name }}">{{ 3 + 4 }}</p>', { name = hostile }))
    assert.equal("<p title='a" .. escaped .. "'></p>", render("<p title='a{{ name }}'></p>", { name = hostile }))
  end)

  it("decides and repeats, and a statement alone on its line leaves no line", function()
    local text = "<ul>\n{% for _, item in ipairs(items) do %}\n<li>{{ item }}\n{% end %}\n</ul>" ..
      "{% if more then %}!{% end %}"
    assert.equal("<ul>\n<li>a\n<li>b\n</ul>", render(text, { items = { "a", "b" }, more = false }))
  end)

  it("writes markup that was made to be safe as it is, but only in text", function()
    local made = { html = template.markup("<p>&amp;</p>") }
    assert.equal("<div><p>&amp;</p></div>", render("<div>{{ html }}</div>", made))
    assert.has_error(function() render('<p title="{{ html }}"></p>', made) end)
    assert.has_error(function() render("{{ html }}", { html = { html = "<p>" } }) end)
  end)

  it("takes another one in, with the same values", function()
    local hello = { ["hello.html"] = "<p>{{ name }}</p>" }
    assert.equal("<p>you</p>!", render("{{> hello.html }}!", { name = "you" }, hello))
    assert.has_error(function() render("{{> none.html }}") end)
  end)

  it("has no way to write markup from a value", function()
    for _, text in ipairs { "{{ name }}", "{% _write(_escape(name)) %}" } do
      assert.is_nil(render(text, { name = "<script>" }):find("<", 1, true), text)
    end
  end)

  it("refuses a value in a tag that is not quoted, scripts, styles and handlers", function()
    for _, text in ipairs {
      "<p title={{ x }}>",
      "<p {{ x }}>", "<{{ x }}>", '<script defer src="{{ x }}">',
      '<script src="{{ script }}">', "</{{ x }}>", "<script>", "<SCRIPT src=x>", "<style>", '<p style="{{ x }}">',
      '<p onclick="{{ x }}">',
    } do
      assert.is_false(pcall(render, text, { x = "y" }), text)
    end
  end)

  it("lets no value name a script where an address begins", function()
    local function link(value) return render('<a href="{{ value }}">', { value = value }) end
    assert.equal('<a href="/s/x">', link "/s/x")
    assert.equal('<a href="?lang=fr">', link "?lang=fr")
    assert.equal('<a href="magnet:?xt=1">', link "magnet:?xt=1")
    assert.equal('<a href="http://x/?a&amp;b">', link "http://x/?a&b")
    for _, value in ipairs {
      "javascript:alert(1)", " javascript:x", "data:text/html,x", "JaVaScRiPt:x", "java\nscript:x",
    } do
      assert.has_error(function() link(value) end)
    end
  end)

  local function mistake(text, values)
    local fine, message = pcall(render, text, values)
    assert.is_false(fine)
    return message
  end

  it("names file and line of every mistake", function()
    assert.matches("^page.html:3: name: was not given", mistake("<p>\n\n{{ name }}", {}))
    assert.matches("^page.html:4: a nil cannot be shown",
      mistake("<p>\n{% if x then %}\n<b>\n{{ x.y }}\n{% end %}", { x = {} }))
    assert.matches("^page.html:1: x: was not given", mistake("{% if x then %}\n{% end %}", {}))
    assert.matches("page.html:2: ", mistake("<p>\n{{ name name }}"))
    assert.matches("^page.html:2: a value in a tag", mistake("\n<p class={{ x }}>"))
    assert.matches("page.html:2:", mistake("\n{% x = 1 %}"))
    assert.matches("^page.html:3: {{ is not closed", mistake("a\nb\n{{ x %}"))
  end)

  it("cannot reach anything that it was not given", function()
    for _, name in ipairs { "os", "io", "require", "load", "_G", "string", "debug" } do
      assert.matches(name .. ": was not given", mistake("{{ " .. name .. " }}"))
    end
  end)

  it("compiles all pages of the program", function()
    template.load(require("core.host").data .. "/web/pages")
  end)
end)
