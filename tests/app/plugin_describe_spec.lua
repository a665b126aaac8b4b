-- The plugins describe and autoname, as people meet them: on the pages of the real program.
local helper = require "helper"
local json = require "dkjson"
local site = require "site"
local uv = require "luv"

local readme = table.concat({
  "# Le *petit* tour\r", "\r", "Photos of **2024**, see [the map](https://map.test/?a=1&b=2).\r", "",
  "<script>alert(1)</script>", "", "![secret](http://tracker.test/x.png) \xff", "", "- one", "- two", "",
}, "\n")

local function old(path) uv.fs_utime(path, os.time() - 3600, os.time() - 3600) end

local function fill(share)
  local function folder(name, files)
    uv.fs_mkdir(share .. "/" .. name, 493)
    for file, text in pairs(files) do
      helper.write(share .. "/" .. name .. "/" .. file, text)
      old(share .. "/" .. name .. "/" .. file)
    end
  end
  folder("tour", { ["README.md"] = readme, ["a.txt"] = "a" })
  folder("noted", { ["note.txt"] = "Bring <boots>.\nAnd \27[31mwater\27[0m.\n\n", ["a.txt"] = "a" })
  folder("plain_folder_of_mine", { ["a.txt"] = "a" })
  folder("long", { ["README.md"] = "# L\n" .. ("x"):rep(70000), ["b.txt"] = "b" })
  helper.write(share .. "/2024-07_summer_holiday.tar.gz", "z")
  old(share .. "/2024-07_summer_holiday.tar.gz")
end

describe("the page of a share", function()
  local place
  lazy_setup(function() place = site.start(fill, 'plugin "describe"\nplugin "autoname"\n') end)
  lazy_teardown(function() place:close() end)

  it("is headed by its README, and shows it as safe HTML", function()
    local page = place:get(place:page("tour"))
    assert.equal(200, page.status)
    assert.is_truthy(page.body:find('<h1 dir="auto">Le petit tour</h1>', 1, true))
    assert.is_truthy(page.body:find("<title>Le petit tour · BTshare</title>", 1, true))
    assert.is_truthy(page.body:find('<p>Photos of <strong>2024</strong>, see ' ..
      '<a href="https://map.test/?a=1&amp;b=2" rel="noopener nofollow">the map</a>.</p>', 1, true))
    assert.is_truthy(page.body:find("<p>secret \u{FFFD}</p>", 1, true))
    assert.is_truthy(page.body:find("<li>one</li>", 1, true))
    for _, bad in ipairs { "alert(1)", "<script", "tracker.test", "<h2>Le" } do
      assert.is_nil(page.body:find(bad, 1, true), bad)
    end
    assert.is_truthy(page.headers["content-security-policy"]:find("default-src 'none'", 1, true))
    -- What is downloaded keeps its name.
    assert.is_truthy(page.body:find("/zip/tour.zip", 1, true))
  end)

  it("shows a note as it is, also to a terminal, without what that would obey", function()
    local path = place:page("noted")
    local page = place:get(path)
    assert.is_truthy(page.body:find("Bring &lt;boots&gt;.\nAnd [31mwater[0m.</p>", 1, true))
    local text = place:get(path, "plain").body
    assert.is_truthy(text:find("Bring <boots>.\nAnd [31mwater[0m.\n", 1, true))
    assert.is_nil(text:find("\27", 1, true))
    local markdown = place:get(place:page("tour"), "plain").body
    assert.is_truthy(markdown:find("\n\n# Le *petit* tour\n\nPhotos of", 1, true), markdown)
    local told = json.decode(place:get(path, "json").body)
    assert.equal("noted", told.name)
    assert.equal("Bring <boots>.\nAnd [31mwater[0m.", told.note)
    told = json.decode(place:get(place:page("tour"), "json").body)
    assert.same({ "tour", "Le petit tour" }, { told.name, told.title })
    assert.is_truthy(told.markdown:find("# Le *petit* tour\n\nPhotos", 1, true))
  end)

  it("has a name that reads well where there is no heading", function()
    assert.is_truthy(place:get(place:page("plain_folder_of_mine")).body:find(">plain folder of mine</h1>", 1, true))
    assert.is_truthy(place:get(place:page("2024-07_summer_holiday.tar.gz")).body:find(">2024-07 summer holiday</h1>", 1,
      true))
  end)

  it("shows nothing of a README that is too long, and notices when one is changed", function()
    local path = place:page("long")
    place:wait("share-ready", "long")
    local page = place:get(path).body
    assert.is_nil(page:find("xxxx", 1, true))
    assert.is_truthy(page:find(">long</h1>", 1, true))
    helper.write(place.share .. "/long/README.md", "# Shorter\n\nBody.\n")
    local from = place:mark()
    place:wait_for("share-ready", "long", from)
    page = place:get(path).body
    assert.is_truthy(page:find(">Shorter</h1>", 1, true))
    assert.is_truthy(page:find("<p>Body.</p>", 1, true))
  end)

  it("never shows what a link put in the place of a README leads to", function()
    local path = place:page("tour")
    local secret = place.folder .. "/secret.md"
    helper.write(secret, "# Secret")
    os.remove(place.share .. "/tour/README.md")
    uv.fs_symlink(secret, place.share .. "/tour/README.md")
    for _ = 1, 20 do
      local page = place:get(path)
      assert.is_nil(page.body:find("Secret", 1, true))
    end
  end)
end)
