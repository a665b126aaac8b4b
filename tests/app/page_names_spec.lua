-- Names of files and folders are data: whatever they say, a page shows them and does nothing else.
local helper = require "helper"
local site = require "site"
local uv = require "luv"

local names = {
  "<script>alert(1)<script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "' onmouseover='alert(1)",
  "<a href=javascript:alert(1)>x", "javascript:alert(1)", "data:text,html", "<iframe srcdoc='x'>", "<base href=evil>",
  "<meta http-equiv=refresh content=0>", "<style>*{display:none}", "<plaintext>", "<textarea>", "<title>", "<!--",
  "-->", "]]>", "&lt;b&gt;", "&#60;script&#62;", "&copy", "{{ share }}", "{% os.exit() %}", "{{> top.html }}", "${7*7}",
  "$(touch canary)", "`touch canary`", ";touch canary", "=cmd|' calc'!A0", "--help", "a?b#c&d=e", "%3Cscript%3E",
  "a..%2f..%2fpasswd", "con", "＜script＞", "+ADw-script+AD4-",
  "\u{2028}line", "\u{FEFF}bom", "\u{1F468}\u{200D}\u{1F469}", "שלום.txt", "z\u{301}\u{302}\u{303}\u{304}",
  "{n} {name} %1 %s",
  ("n"):rep(240), "'; aria2c '", "\u{E0041}tag",
}

-- Every tag without the values of its attributes: what a page does, whatever it shows.
local function skeletons(page)
  local found = {}
  for tag in page:gsub("<!doctype html>", ""):gmatch("<[^>]*>") do
    found[tag:gsub('"[^"]*"', '""')] = true
  end
  return found
end

describe("hostile names", function()
  local public, plain

  setup(function()
    public = site.start(function(share)
      for _, folder in ipairs { "plain", "hostile" } do
        assert(uv.fs_mkdir(share .. "/" .. folder, 493))
        assert(uv.fs_mkdir(share .. "/" .. folder .. "/sub", 493))
        helper.write(share .. "/" .. folder .. "/sub/file.txt", "x")
      end
      helper.write(share .. "/plain/file.txt", "x")
      for _, name in ipairs(names) do
        helper.write(share .. "/hostile/" .. name, name)
        assert(uv.fs_mkdir(share .. "/hostile/sub/" .. name, 493))
        helper.write(share .. "/hostile/sub/" .. name .. "/" .. name, name)
        helper.write(share .. "/" .. name, name)
      end
    end)
    public:wait("share-ready", "hostile")
    public:wait("share-ready", "plain")
    for _, name in ipairs(names) do public:wait("share-ready", name) end
    plain = skeletons(public:get(public:page "plain").body)
    for skeleton in pairs(skeletons(public:get(public:page "con").body)) do plain[skeleton] = true end
  end)
  teardown(function() public:close() end)

  local function assert_harmless(page, name)
    for skeleton in pairs(skeletons(page)) do
      assert.is_truthy(plain[skeleton] or skeleton == '<details class="">', name .. ": " .. skeleton)
    end
    for _, sign in ipairs { "\u{2028}", "\u{FEFF}", "\u{E0041}" } do
      assert.is_nil(page:find(sign, 1, true), name)
    end
    assert.is_nil(page:find('<a[^>]* href="%s*[jd]a[vt]a'), name)
  end

  it("in a folder are text in its page, and every one is there", function()
    local page = public:get(public:page "hostile")
    assert.equal(200, page.status)
    assert_harmless(page.body, "the folder")
    local _, rows = page.body:gsub("<li>", "")
    assert.equal(2 * #names + 1, rows)
    assert.is_truthy(page.body:find("\\u{E0041}tag", 1, true))
  end)

  it("of a share are text in its title, its preview and its heading", function()
    for _, name in ipairs(names) do
      local path = public:page(name)
      local page = public:get(path)
      assert.equal(200, page.status, name)
      assert_harmless(page.body, name)
      local torrent = public:get(path .. "/torrent")
      assert.equal(200, torrent.status, name)
      assert.is_nil(torrent.headers["content-disposition"]:find("[^\x20-\x7E]"), name)
    end
  end)

  it("cannot leave their quotes in a shell", function()
    for _, name in ipairs(names) do
      local text = public:get(public:page(name), "plain").body
      for line in text:gmatch("\n  ([^\n]*)") do
        assert.matches("^%a[%w %-]* 'h?t?t?p?m?[^']*'$", line, name)
      end
      assert.is_nil(text:find("[\0-\9\11-\31\127]"), name)
    end
  end)

  it("come through JSON as they are", function()
    local json = require "dkjson"
    local value = json.decode(public:get(public:page "hostile", "json").body)
    local seen = {}
    for _, file in ipairs(value.list) do seen[file.path] = true end
    for _, name in ipairs(names) do assert.is_true(seen[name], name) end
  end)
end)
