-- What becomes of the HTML that panels give, however it was written.
local json = require "core.json"
local markup = require "btshare.plugin.markup"

-- The tree as text again, in a form of its own: p[one b[two]] and a(href)[three].
local function draw(nodes)
  local parts = {}
  for index, node in ipairs(nodes) do
    if type(node) == "string" then
      parts[index] = node
    else
      local href = node.href and "(" .. node.href .. ")" or ""
      parts[index] = node.tag .. href .. (node.children and "[" .. draw(node.children) .. "]" or "")
    end
  end
  return table.concat(parts)
end

local function read(text)
  return draw(assert(markup.read(text)))
end

describe("the markup of a panel", function()
  for text, wanted in pairs {
    ["<p>one <b>two</b> <i>three</i></p>"] = "p[one b[two] i[three]]",
    ["<ul><li>a<li>b</ul>"] = "ul[li[a]li[b]]",
    ["<ol>\n <li>a<ul><li>b</ul>\n <li>c\n</ol>"] = "ol[li[a" .. "ul[li[b]]\n ]li[c\n]]",
    ["<h3>t</h3><pre>a\n  b</pre><br><code>x</code>"] = "h3[t]pre[a\n  b]brcode[x]",
    ["<table><caption>c<thead><tr><th>h<tbody><tr><td>1<td>2<tr><td>3</table>"] =
      "table[caption[c]thead[tr[th[h]]]tbody[tr[td[1]td[2]]tr[td[3]]]]",
    ["<a href='https://example.org/?a=1&amp;b=2'>x</a>"] = "a(https://example.org/?a=1&b=2)[x]",
    ["<A HREF=http://example.org/>x</A>"] = "a(http://example.org/)[x]",
    ["<a href=\" mailto:paul@example.org \">x</a>"] = "a(mailto:paul@example.org)[x]",
    ["a &lt; b &amp;&amp; c &#233;&#xE9; &hellip; &unknown; &amp"] = "a < b && c éé … &unknown; &amp",
    ["1 < 2 and <3 and a<b"] = "1 < 2 and <3 and a<b",
  } do
    it("is understood: " .. text:gsub("\n", " "), function() assert.equal(wanted, read(text)) end)
  end

  for text, wanted in pairs {
    -- script and its like, with what they hold
    ["a<script>alert(1)</script>b"] = "ab", ["a<SCRIPT src=//x>x</ScRiPt >b"] = "ab", ["a<script>alert(1)"] = "a",
    ["<style>p{}</style>x"] = "x", ["<svg onload=alert(1)><p>x</p></svg>y"] = "y", ["<svg/onload=alert(1)>x"] = "",
    ["<p/ /x / y=z/>x"] = "p[x]",
    ["<math><mi//xlink:href='data:x,<script>alert(4)</script>'>"] = "",
    ["<iframe srcdoc='<p>x'>y</iframe>z"] = "z",
    ["<noscript><p title='</noscript><img src=x onerror=alert(1)>'>"] = "'>",
    ["<textarea><script>x</textarea>y"] = "y", ["<title><b>x</title>y"] = "y", ["<template><p>x</template>y"] = "y",
    ["<scr<script>x</script>ipt>alert(1)</script>"] = "<script>alert(1)",
    -- attributes
    ["<p onclick=alert(1) style='x' class=y id=z>a</p>"] = "p[a]", ["<b/onmouseover=alert(1)>a</b>"] = "b[a]",
    ["<p title='<b>'>x</p>"] = "p[x]", ["<p title=\"'>\">x</p>"] = "p[x]",
    ["<a href='http://a' href='javascript:b'>x</a>"] = "a(http://a)[x]",
    -- addresses
    ["<a href='javascript:alert(1)'>x</a>"] = "x", ["<a href='JaVaScRiPt:alert(1)'>x</a>"] = "x",
    ["<a href='java\nscript:alert(1)'>x</a>"] = "x", ["<a href='&#106;avascript:alert(1)'>x</a>"] = "x",
    ["<a href='&#x6A;avascript&#58;alert(1)'>x</a>"] = "x", ["<a href='\1javascript:alert(1)'>x</a>"] = "x",
    ["<a href='data:text/html,x'>x</a>"] = "x", ["<a href='vbscript:x'>x</a>"] = "x", ["<a href='//x'>x</a>"] = "x",
    ["<a href='/api/v1/quit'>x</a>"] = "x", ["<a href='file:///etc/passwd'>x</a>"] = "x",
    ["<a href='http://x/\u{22}onclick=1'>x</a>"] = "x", ["<a href='http:x'>x</a>"] = "x", ["<a>x</a>"] = "x",
    ["<a href='https:javascript:x'>x</a>"] = "x", ["<a href='mailto:'>x</a>"] = "x",
    ["<a href='blob:https://x/y'>x</a>"] = "x",
    -- what is not listed leaves what it held
    ["<img src=x onerror=alert(1)>a"] = "a", ["<div><span>x</span></div>"] = "x", ["<form action=//x><button>y"] = "y",
    ["<h1>x</h1><input value=y><base href=//x><meta http-equiv=refresh>"] = "x", ["<video><source onerror=x>"] = "",
    ["<x:script>a</x:script>"] = "a", ["<p is=x-y>a"] = "p[a]", ["<custom-element>a"] = "a",
    -- comments, CDATA, declarations, instructions
    ["a<!-- <p> -->b"] = "ab", ["a<!-- <p>b"] = "a", ["a<!--> <p>x --> b"] = "a b", ["a<![CDATA[<p>x]]>b"] = "ab",
    ["a<![CDATA[x"] = "a", ["<!DOCTYPE html>x"] = "x", ["<?php x ?>y"] = "y", ["a<!x"] = "a",
    -- nested, unclosed and crossed
    ["<b><i>x</b>y</i>"] = "b[i[x]]y", ["</p></b>x"] = "x", ["<p>a<p>b"] = "p[a]p[b]",
    ["<p><ul><li>x"] = "p[]ul[li[x]]",
    ["<p"] = "<p", ["<p title='x"] = "<p title='x", ["<a href='http://x"] = "<a href='http://x",
    ["<"] = "<", ["</"] = "</",
    ["<a href='http://a'>x<a href='http://b'>y</a>"] = "a(http://a)[x]a(http://b)[y]",
    ["<li>x</li><td>y</td><tr>z"] = "xyz", ["<ul>x<p>y</p><li>z</ul>"] = "ul[li[z]]",
    ["<table>x<td>y<tr>z<td>a</table>b"] = "table[tr[td[a]]]b", ["<< p>>"] = "<< p>>", ["<p<b>x"] = "<pb[x]",
    -- bytes
    ["<p>a\0b</p>"] = "p[a\u{FFFD}b]", ["<scr\0ipt>x"] = "<scr\u{FFFD}ipt>x", ["a\xFF\xC0b"] = "a\u{FFFD}\u{FFFD}b",
    ["&#0;&#x110000;&#xD800;&#27;&#99999999999;&#x;"] = "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}&#x;",
    ["a\27[31m\r\nb\r"] = "a\u{FFFD}[31m\nb\n", ["&lt;script&gt;alert(1)&lt;/script&gt;"] = "<script>alert(1)</script>",
    ["&amp;lt;p&amp;gt;"] = "&lt;p&gt;",
  } do
    it("is harmless: " .. text:gsub("%c", " "), function() assert.equal(wanted, read(text)) end)
  end

  it("is refused where it is too long", function()
    local tree, message = markup.read(("<p>"):rep(350000))
    assert.is_nil(tree)
    assert.equal("the data must have at most 65536 bytes", message)
  end)

  local function depth_of(nodes)
    local deepest = 0
    for _, node in ipairs(nodes) do
      if type(node) == "table" and node.children then deepest = math.max(deepest, depth_of(node.children)) end
    end
    return deepest + 1
  end

  it("is bounded in depth and number, and what is beyond keeps its text", function()
    local tree = assert(markup.read(("<b>"):rep(9000) .. "x" .. ("</b>"):rep(9000)))
    assert.equal(13, depth_of(tree))
    assert.equal("x", (json.encode(tree):gsub('[%[%]{},:"]', ""):gsub("children", ""):gsub("tag", ""):gsub("b", "")))
    tree = assert(markup.read(("<br>"):rep(16000) .. "x"))
    assert.is_true(#tree <= 4001)
    assert.equal("x", tree[#tree])
  end)

  it("takes no long time, whatever is in it", function()
    for _, piece in ipairs { "<", "<a ", "<a b=\"",
      "<a b='\"", "</", "<!--", "<![CDATA[", "&", "&#", "<script>", "</b>",
      "<a b=c ", "<table><tr><td>", "<p>x", "<b>x</i>", "<a href='http://x'>", "</script", "\xFF", "<ul><li>", "x<" } do
      local started = os.clock()
      assert(markup.read(piece:rep(65536 // #piece)))
      local seconds = os.clock() - started
      assert.is_true(seconds < 2, ("%s: %.2f s"):format(piece, seconds)) -- of the processor; some 0.05 s
    end
  end)

  it("is anything but markup where bytes are thrown together", function()
    math.randomseed(7)
    local pieces = { "<", ">", "/", "a", "p", "script", "href", "=", "'", '"', " ", "javascript:", "http://x", "&",
      "#60;", "lt;", "table", "tr", "td", "li", "ul", "!--", "-->", "\0", "\xC3", "é", "onload", "b", "</", "<a " }
    local function check(nodes)
      for _, node in ipairs(nodes) do
        if type(node) == "table" then
          assert.is_truthy((" p a ul ol li b strong i em code pre br table caption thead tbody tr th td h3 h4 ")
            :find(" " .. node.tag .. " ", 1, true), node.tag)
          for name in pairs(node) do assert.is_truthy(name == "tag" or name == "href" or name == "children") end
          if node.href then assert.matches("^https?://", node.href) end
          check(node.children or {})
        else
          assert.is_truthy(utf8.len(node))
        end
      end
    end
    for _ = 1, 5000 do
      local parts = {}
      for index = 1, math.random(1, 30) do parts[index] = pieces[math.random(#pieces)] end
      check(assert(markup.read(table.concat(parts))))
    end
  end)
end)
