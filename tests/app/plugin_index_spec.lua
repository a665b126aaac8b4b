-- The plugin index: the public page of what is listed, as browsers, curl and programs get it.
local helper = require "helper"
local json = require "dkjson"
local site = require "site"
local uv = require "luv"

local function fill(share)
  for index = 1, 25 do
    local path = ("%s/file %02d <b>.txt"):format(share, index)
    helper.write(path, ("x"):rep(index * 1000))
    uv.fs_utime(path, os.time() - 3600, os.time() - 3600)
  end
  uv.fs_mkdir(share .. "/zoo", 493)
  helper.write(share .. "/zoo/a", "a")
  uv.fs_utime(share .. "/zoo/a", os.time() - 3600, os.time() - 3600)
end

describe("without the index", function()
  it("the root lists nothing", function()
    local place = site.start(fill)
    place:wait("share-ready", "zoo")
    local page = place:get("/")
    assert.equal(200, page.status)
    assert.is_nil(page.body:find("zoo", 1, true))
    place:close()
  end)
end)

describe("the index", function()
  local place
  lazy_setup(function()
    place = site.start(fill, table.concat({
      'plugin "index" { per_page = 10, title = "Paul <3", text = "Take what you like.", path = "/list" }',
      "",
    }, "\n"))
    for index = 1, 24 do
      place:command("add", "--listed", ("%s/file %02d <b>.txt"):format(place.share, index))
    end
    place:command("add", "--listed", place.share .. "/zoo")
  end)
  lazy_teardown(function() place:close() end)

  it("shows what is listed, page by page, and nothing else", function()
    local page = place:get("/list").body
    assert.is_truthy(page:find('<h1 dir="auto">Paul &lt;3</h1>', 1, true))
    assert.is_truthy(page:find("Take what you like.", 1, true))
    assert.is_truthy(page:find("25 shares", 1, true))
    assert.is_truthy(page:find("Page 1 of 3", 1, true))
    assert.is_truthy(page:find('href="' .. place:page("file 01 <b>.txt") .. '" dir="auto">file 01 &lt;b&gt;.txt</a>' ..
      "<span>1.0\u{A0}kB</span>", 1, true))
    assert.is_truthy(page:find('rel="next" href="/list?page=2"', 1, true))
    assert.is_nil(page:find('rel="prev"', 1, true))
    assert.is_nil(page:find("file 11", 1, true))
    local last = place:get("/list?page=3").body
    assert.is_truthy(last:find(">zoo</a><span>1 file, 1\u{A0}B</span>", 1, true), last)
    assert.is_nil(last:find('rel="next"', 1, true))
    assert.is_nil(last:find("file 25", 1, true))
    for _, odd in ipairs { "99", "-1", "0", "x", "1e9", "%00", "9999999999999999999999" } do
      assert.equal(200, place:get("/list?page=" .. odd).status, odd)
    end
    assert.equal(200, place:get(page:match('href="(/s/[^"]+)"')).status)
  end)

  it("speaks French, and keeps to it", function()
    local page = place:get("/list?lang=fr&page=2").body
    assert.is_truthy(page:find("25 partages", 1, true))
    assert.is_truthy(page:find("Page 2 sur 3", 1, true))
    assert.is_truthy(page:find('rel="prev" href="/list?lang=fr"', 1, true))
    assert.is_truthy(page:find('rel="next" href="/list?page=3&amp;lang=fr"', 1, true))
  end)

  it("has a text for curl and JSON for programs", function()
    local text = place:get("/list", "plain")
    assert.equal("text/plain; charset=utf-8", text.headers["content-type"])
    assert.matches("^Paul <3\n25 shares\n\nfile 01 <b>.txt  1.0\u{A0}kB\n  http://127.0.0.1:%d+/s/", text.body)
    assert.matches("More: 'http://127.0.0.1:%d+/list%?page=2'\n$", text.body)
    local told = json.decode(place:get("/list?page=3", "json").body)
    assert.same({ 25, 3, 3, 5 }, { told.total, told.page, told.pages, #told.shares })
    assert.equal("zoo", told.shares[5].name)
    assert.matches("/s/[%w_-]+$", told.shares[5].page)
    assert.matches("/list%?page=2$", json.decode(place:get("/list", "json").body).next)
  end)

  it("drops what ends or is stopped", function()
    place:command("stop", "zoo")
    assert.equal(24, json.decode(place:get("/list", "json").body).total)
    place:command("add", "--listed", place.share .. "/zoo")
    assert.equal(25, json.decode(place:get("/list", "json").body).total)
  end)
end)

describe("the index at the root", function()
  it("takes the place of the page that says nothing, newest first, for a whole folder", function()
    local place = site.start(fill, 'plugin "index" { order = "newest" }\n')
    place:wait("scan-finished")
    assert.is_truthy(place:get("/").body:find("0 shares", 1, true))
    place:command("add", "--listed", place.share .. "/zoo")
    local page = place:get("/").body
    assert.is_truthy(page:find("<h1 dir=\"auto\">Shared here</h1>", 1, true))
    assert.is_truthy(page:find(">zoo</a>", 1, true))
    place:close()
  end)
end)
