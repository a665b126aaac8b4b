-- Requests that try to leave a share: no spelling of a path opens anything that its manifest does not name.
local client = require "http_client"
local downloads = require "btshare.routes.downloads"
local helper = require "helper"
local pages = require "btshare.routes.pages"
local places = require "download_place"
local process = require "support.process"
local routers = require "btshare.http.router"
local uv = require "luv"

local marker = "OUTSIDE-OF-EVERY-SHARE"

-- Ways up, ways to write them, and where to: each pair is a path.
local function corpus(secret)
  local dots = {
    "..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "..%00", "..;", "%c0%ae%c0%ae", "%uff0e%uff0e", "%ef%bc%8e%ef%bc%8e",
    "...", ".", "", "..%20", "%2e%2e%2e", "..%0d%0a", "%c0%2e%c0%2e", "%e0%80%ae.",
  }
  local slashes = { "/", "%2f", "%2F", "%5c", "\\", "%252f", "//", "/./", "%c0%af", "%ef%bc%8f" }
  local targets = { "outside/secret", "etc/passwd", (secret:sub(2)) }
  local list = {}
  for _, dot in ipairs(dots) do
    for _, slash in ipairs(slashes) do
      for _, target in ipairs(targets) do
        list[#list + 1] = (dot .. slash):rep(4) .. target:gsub("/", function() return slash end)
      end
    end
  end
  for _, path in ipairs { secret, "file://" .. secret, "%00", "album/../../outside/secret", "album/link", "link",
    "album/a%00.txt", "-1", "0", "1e0", "0x1", "1.0", "01", "+1", "99999999999999999999", "2", "a", "%31%00" } do
    list[#list + 1] = path
  end
  return list
end

describe("a path that leads out of a share", function()
  local place

  before_each(function()
    place = places.open("web_seed = true\n")
    place:put("album/a.txt", "inside\n")
    place:put("other.txt", "of another share\n")
    helper.write(place.folder .. "/outside/secret", marker)
    assert(uv.fs_symlink(place.folder .. "/outside/secret", place.share .. "/album/link"))
    assert(uv.fs_symlink(place.folder .. "/outside", place.share .. "/album/folder"))
    place:start()
  end)

  after_each(function() place:close() end)

  -- As a magnet names it.
  local function web_seed_of(name)
    return (place.daemon:ready(name).magnet:match("ws=([^&]+)"):gsub("%%(%x%x)", function(digits)
      return string.char(tonumber(digits, 16))
    end):match("^http://[^/]+(/.*)$"))
  end

  -- Every place of every public route where something else can be written: instead of a parameter, and behind it all.
  local function places_in_routes(page)
    local router = routers.new()
    pages.new({}):add(router)
    downloads.add(router, {})
    local list, seen = {}, {}
    local function add(path)
      path = path:gsub("^/s/:token", page):gsub("^/w/:token/", web_seed_of "album"):gsub(":file", "1")
        :gsub(":version", "0"):gsub(":display", "name"):gsub("%*path", "album")
      if not seen[path] then list[#list + 1] = path end
      seen[path] = true
    end
    for _, pattern in ipairs { "/announce/:token", "/scrape/:token" } do add(pattern:gsub(":token", "")) end
    for _, route in ipairs(router:routes()) do
      local pattern = route.pattern:match("/.*")
      for at in pattern:gmatch("()[:*]") do add(pattern:sub(1, at - 1)) end
      add((pattern:gsub("/$", "")) .. "/")
    end
    return list
  end

  it("opens nothing, on any route, however it is written", function()
    local page = place:link("album"):match("^http://[^/]+(/.*)$")
    local trace = place.folder .. "/trace"
    local attached = false
    local tracer = process.start { "strace", "-f", "-q", "-e", "trace=open,openat,openat2", "-o", trace, "-p",
      tostring(place.daemon.process.pid) }
    helper.wait_for(function()
      attached = attached or uv.fs_stat(trace) ~= nil
      return attached or tracer.code
    end, 5)
    local paths = corpus(place.folder .. "/outside/secret")
    assert.is_true(#paths >= 400)
    local count = 0
    local routes = places_in_routes(page)
    assert.is_true(#routes >= 15)
    for _, route in ipairs(routes) do
      for _, path in ipairs(paths) do
        local answer = client.exchange({ port = place.port },
          "GET " .. route .. path .. " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        local status = tonumber(answer:match("^HTTP/1%.1 (%d+)"))
        -- What stands after a file's number or an archive's name is only for display.
        local is_display = route == page .. "/f/1/" or route:find "zip/$" or route:find "tar/$"
        assert.is_true(status == 400 or status == 404 or status == 414 or is_display and status == 200,
          route .. path .. ": " .. answer:sub(1, 200))
        assert.is_nil(answer:find(marker, 1, true), route .. path)
        assert.is_nil(answer:find("root:x:", 1, true), route .. path)
        count = count + 1
      end
    end
    tracer:kill "sigint"
    tracer:wait(10)
    if attached then
      local text = helper.read(trace)
      assert.matches("album/a.txt", text) -- it was watched indeed
      assert.is_nil(text:find("secret", 1, true))
      assert.is_nil(text:find("passwd", 1, true))
    end
    print(("# %d requests; strace %s"):format(count, attached and "saw every open" or "not possible here"))
  end)

  it("is answered as an unknown link is, byte for byte", function()
    local page = place:link("album"):match("^http://[^/]+(/.*)$")
    local function bare(path)
      local answer = client.exchange({ port = place.port },
        "GET " .. path .. " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
      return (answer:gsub("Date: [^\r]*", "Date"))
    end
    local unknown = bare("/s/" .. ("A"):rep(27) .. "/f/1/x")
    assert.matches("^HTTP/1.1 404", unknown)
    local token = page:match("/s/(.*)$")
    for _, path in ipairs {
      page .. "/f/2/x", page .. "/f/x/x", "/s/short/zip", "/s/" .. ("A"):rep(27) .. "/tar",
      "/w/" .. token .. "/album/a.txt", web_seed_of "album" .. "album/link", web_seed_of "album" .. "other.txt",
      "/w/" .. ("A"):rep(27) .. "/album/a.txt",
    } do
      assert.equal(unknown, bare(path), path)
    end
  end)
end)
