-- A folder as a system has it, /usr/share/doc, and one of 100,000 files.
local helper = require "helper"
local place_module = require "place"
local process = require "support.process"
local uv = require "luv"

local function lines(text)
  local list = {}
  for line in text:gmatch("[^\n]+") do list[#list + 1] = line end
  return list
end

describe("/usr/share/doc", function()
  local place, daemon

  before_each(function() place = place_module.open() end)
  after_each(function() place:close() end)

  it("is hashed and listed whole, and its symbolic links are told and left out", function()
    daemon = place:start({}, { "/usr/share/doc" })
    local found = process.run { "find", "/usr/share/doc", "-mindepth", "1", "-maxdepth", "1", "-type", "d", "-not",
      "-name", ".*" }
    local wanted = #lines(found)
    helper.wait_for(function() return daemon:count("share-ready") >= wanted end, 60, "all folders to be ready")
    local listed = {}
    for _, share in ipairs(daemon:list()) do
      assert.equal("ready", share.state, share.name)
      listed[share.name] = share
    end
    for _, path in ipairs(lines(found)) do
      assert.is_truthy(listed[path:match("[^/]+$")], path)
    end
    local links = lines(process.run { "find", "/usr/share/doc", "-type", "l" })
    assert.is_true(#links > 0)
    for _, path in ipairs(links) do
      local told = daemon:find("entry-skipped", function(event) return "/usr/share/doc/" .. event.path == path end)
      assert.matches("symbolic link", told and told.reason or "not told: " .. path)
    end
    daemon:stop()
  end)
end)

describe("a folder of 100,000 files", function()
  local place, daemon

  before_each(function()
    place = place_module.open()
    for number = 1, 100000 do
      local folder = ("%s/many/%03d"):format(place.share, number // 1000)
      if number % 1000 == 0 or number == 1 then process.run { "mkdir", "-p", folder } end
      local file <close> = assert(io.open(("%s/photo %06d.jpg"):format(folder, number), "wb"))
      file:write(number)
    end
  end)

  after_each(function() place:close() end)

  -- The longest that anybody waited for the page until `done()`.
  local function longest_wait(done)
    local link, longest = daemon:find("share-created").share.link, 0
    helper.wait_for(function()
      local began = uv.hrtime()
      process.run { "curl", "-sf", "-o", "/dev/null", link }
      longest = math.max(longest, (uv.hrtime() - began) / 1e9)
      return done()
    end, 60, "the share to be ready")
    return longest
  end

  it("is shared, answers while it is prepared, and reads one file alone where one was changed", function()
    daemon = place:spawn()
    daemon:wait("share-created", nil, { seconds = 30 })
    local longest = longest_wait(function() return daemon:find("share-ready") end)
    local share = daemon:ready("many")
    assert.equal(100000, share.files)

    helper.write(place.share .. "/many/050/photo 050001.jpg", "another")
    longest = math.max(longest, longest_wait(function() return daemon:count("share-ready") == 2 end))
    local renewed, event = daemon:renewed(share, 1)
    assert.equal(100000, renewed.files)
    assert.is_true(event.bytes < renewed.size)
    print(("# the page took at most %.0f ms"):format(longest * 1000))
    assert.is_true(longest < 1)
    daemon:stop()

    daemon = place:start()
    local again, came = daemon:ready("many")
    assert.equal(renewed.info_hash, again.info_hash)
    assert.equal(0, came.bytes)
    daemon:stop()
  end)
end)
