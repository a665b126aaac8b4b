-- A large file is there to be fetched before its torrent is: within 50 ms of its link.
local client = require "http_client"
local json = require "dkjson"
local path_of = require("place").path_of
local places = require "download_place"
local process = require "support.process"
local uv = require "luv"

describe("a download", function()
  local place, daemon

  before_each(function()
    place = places.open()
    daemon = place:start()
  end)
  after_each(function() place:close() end)

  it("works while a large file is still being hashed, within 50 ms of its link", function()
    local large = assert(io.open(place.folder .. "/large.iso", "wb"))
    large:seek("set", (8 << 30) - 1)
    large:write("!")
    large:close()
    process.run { "touch", "-d", "1 hour ago", place.folder .. "/large.iso" }
    assert(uv.fs_rename(place.folder .. "/large.iso", place.share .. "/large.iso"))
    local event = daemon:wait("share-created", function(told) return told.share.name == "large.iso" end)
    local path = path_of(event.share.link)
    local quickest = math.huge
    for _ = 1, 5 do
      local begun = uv.hrtime()
      local answer = client.get({ port = place.port }, path .. "/f/1/large.iso", "Range: bytes=-1\r\n")
      quickest = math.min(quickest, (uv.hrtime() - begun) / 1e6)
      assert.equal("!", answer.body)
    end
    assert.is_true(quickest < 50, quickest .. " ms")
    for _, share in ipairs(json.decode(daemon:command { "list", "--json" })) do
      if share.name == "large.iso" then assert.equal("preparing", share.state) end
    end
    local zip = client.connect { port = place.port }
    zip:send("HEAD " .. path .. "/zip HTTP/1.1\r\nHost: localhost\r\n\r\n")
    local answered = zip:response(true)
    zip:close()
    assert.equal(200, answered.status)
    assert.equal("none", answered.headers["accept-ranges"])
    assert.is_true(tonumber(answered.headers["content-length"]) > 8 << 30)
    print(("# a page's file answered %.1f ms after share-created, while hashing"):format(quickest))
  end)
end)
