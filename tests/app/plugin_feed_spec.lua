-- The feeds of a running btshare: read by parsers that are not ours, and followed to the bytes they promise.
local btshare = require "support.btshare"
local client = require "http_client"
local helper = require "helper"
local json = require "core.json"
local process = require "support.process"
local site_module = require "site"
local uv = require "luv"

local reader = [[
import email.utils, json, sys
import xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
assert root.tag == "rss" and root.get("version") == "2.0"
channel = root.find("channel")
atom, torrent = "{http://www.w3.org/2005/Atom}", "{http://xmlns.ezrss.it/0.1/}"
items = []
for item in channel.findall("item"):
    enclosures = item.findall("enclosure")
    assert len(enclosures) <= 1
    assert item.find("guid").get("isPermaLink") == "false"
    items.append({"title": item.findtext("title"), "link": item.findtext("link"), "guid": item.findtext("guid"),
        "date": email.utils.parsedate_to_datetime(item.findtext("pubDate")).timestamp(),
        "magnet": item.findtext(torrent + "magnetURI"),
        "enclosure": dict(enclosures[0].attrib) if enclosures else None})
print(json.dumps({"title": channel.findtext("title"), "link": channel.findtext("link"),
    "about": channel.findtext("description"), "self": channel.find(atom + "link").get("href"), "items": items}))
]]

describe("the plugin feed", function()
  local site, addresses

  -- The lines that the command prints.
  local function feed(...)
    local lines, place = {}, site.place
    local output = process.run({ btshare.program, "--state", place.state, "feed", ... }, { home = place.home })
    for line in output:gmatch("[^\n]+") do lines[#lines + 1] = line end
    return lines
  end

  before_each(function()
    site = site_module.start(function(share)
      helper.write(share .. "/a <b> & \"c\" \u{1F600}.mp3", ("x"):rep(40000))
      uv.fs_mkdir(share .. "/folder", 493) -- 0755
      helper.write(share .. "/folder/one", "1")
      helper.write(share .. "/hidden", "not listed")
    end, 'plugin "feed"\n')
    for _, name in ipairs { "folder", "hidden" } do site:wait("share-ready", name) end
    site:wait("share-ready", "a <b> & \"c\" \u{1F600}.mp3")
    addresses = feed()
  end)

  after_each(function()
    site.daemon:stop()
    site.place:close()
  end)

  local function get(url, more) return client.get(site.public, url:match("^http://[^/]+(/.*)$"), more) end
  local function list(name) site:command("add", "--listed", site.share .. "/" .. name) end

  local function read()
    local answer = get(addresses[1])
    assert.equal("application/rss+xml; charset=utf-8", answer.headers["content-type"])
    helper.write(site.folder .. "/feed.xml", answer.body)
    return json.decode(process.run { "/usr/bin/python3", "-c", reader, site.folder .. "/feed.xml" })
  end

  it("names nothing that is not listed", function()
    assert.equal(2, #addresses)
    assert.matches("^http://127%.0%.0%.1:%d+/feed/[%w_-]+/rss%.xml$", addresses[1])
    assert.equal(27, #addresses[1]:match("/feed/([^/]+)/"))
    assert.same({}, read().items)
    assert.equal("[]", get(addresses[2]).body:match('"items":(%[.-%])'))
  end)

  it("is RSS whose enclosures have the length and type that they say", function()
    list("a <b> & \"c\" \u{1F600}.mp3")
    list "folder"
    local channel = read()
    assert.equal("share", channel.title)
    assert.equal("http://localhost" .. addresses[1]:match("/feed/.*"), channel.self) -- as it was asked for
    assert.equal(2, #channel.items)
    local by_title = {}
    for _, item in ipairs(channel.items) do
      by_title[item.title] = item
      assert.is_true(math.abs(item.date - os.time()) < 60)
      assert.matches("^urn:btshare:%x+$", item.guid)
      assert.equal(200, get(item.link).status)
      local enclosure = get(item.enclosure.url)
      assert.equal(tonumber(item.enclosure.length), #enclosure.body)
      assert.equal(item.enclosure.type, enclosure.headers["content-type"])
      assert.matches("^magnet:%?xt=urn:btih:", item.magnet)
    end
    assert.equal("audio/mpeg", by_title["a <b> & \"c\" \u{1F600}.mp3"].enclosure.type)
    assert.equal("application/x-bittorrent", by_title.folder.enclosure.type)
  end)

  it("is JSON Feed 1.1, with the file and the torrent", function()
    list("a <b> & \"c\" \u{1F600}.mp3")
    local answer = get(addresses[2])
    assert.equal("application/feed+json", answer.headers["content-type"])
    local channel = json.decode(answer.body)
    assert.equal("https://jsonfeed.org/version/1.1", channel.version)
    assert.equal("http://localhost" .. addresses[2]:match("/feed/.*"), channel.feed_url)
    local item = channel.items[1]
    assert.matches("^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ$", item.date_published)
    assert.equal(2, #item.attachments)
    for _, attachment in ipairs(item.attachments) do
      local got = get(attachment.url)
      assert.equal(attachment.size_in_bytes, #got.body)
      assert.equal(attachment.mime_type, got.headers["content-type"])
    end
  end)

  it("is not sent again to who has it, until it is another", function()
    list "folder"
    local first = get(addresses[1])
    assert.equal("private, no-cache", first.headers["cache-control"])
    local same = "If-None-Match: " .. first.headers.etag .. "\r\n"
    local again = get(addresses[1], same)
    assert.equal(304, again.status)
    assert.equal("", again.body)
    assert.equal(first.headers.etag, again.headers.etag)
    list "hidden"
    assert.equal(200, get(addresses[1], same).status)
  end)

  it("loses what ends or is no longer listed", function()
    list "folder"
    list "hidden"
    assert.equal(2, #read().items)
    site:command("stop", "hidden")
    assert.equal(1, #read().items)
  end)

  it("has an address that nobody guesses, and another when it is renewed", function()
    for _, path in ipairs { "/feed/" .. ("A"):rep(27) .. "/rss.xml", "/feed/x/feed.json" } do
      assert.equal(404, client.get(site.public, path).status)
    end
    list "folder"
    local page = read().items[1].link:match("/s/([%w_-]+)")
    assert.equal(404, client.get(site.public, "/feed/" .. page .. "/rss.xml").status)
    assert.equal(404, client.get(site.public, "/s/" .. addresses[1]:match("/feed/([^/]+)/")).status)
    local renewed = feed("--renew", "share")[1]
    assert.are_not.equal(addresses[1], renewed)
    assert.equal(404, get(addresses[1]).status)
    assert.equal(200, get(renewed).status)
    site.daemon:stop()
    site.daemon = site.place:start { config = 'plugin "feed"\n' }
    assert.equal(renewed:match("/feed/.*"), feed()[1]:match("/feed/.*"))
  end)

  it("does not tell what the folder of a single file is called", function()
    local folder = site.folder .. "/paul"
    uv.fs_mkdir(folder, 493)
    helper.write(folder .. "/one.txt", "1")
    site:command("add", "--listed", folder .. "/one.txt")
    for _, address in ipairs(feed()) do
      local answer = get(address)
      assert.equal(200, answer.status)
      assert.is_nil(answer.body:find("paul", 1, true), answer.body)
    end
  end)

  local function with(config)
    site.daemon:stop()
    site.place:write_plugin("shut", [[
plugin:on("share-open", function(event) if event.purpose ~= "page" then return false, "shut" end end)
]])
    site.daemon = site.place:start { config = 'plugin "feed"\n' .. config }
    site.public.port = site.place:port()
    list "folder"
    addresses = feed()
  end

  it("names nothing that a password keeps", function()
    with 'plugin "password" { for_all = "let me in" }\n'
    assert.same({}, read().items)
    assert.is_nil(get(addresses[2]).body:find("folder", 1, true))
  end)

  it("gives neither torrent nor magnet where a plugin does not", function()
    with 'plugin "shut"\n'
    local item = read().items[1]
    assert.equal("folder", item.title)
    assert.is_true(item.magnet == nil or item.magnet == json.null)
    assert.is_true(item.enclosure == nil or item.enclosure == json.null)
    assert.is_nil(get(addresses[2]).body:find("attachments", 1, true))
  end)
end)
