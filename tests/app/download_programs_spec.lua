-- Downloads by HTTP with the programs that people have: whole, resumed, over many connections.
local helper = require "helper"
local places = require "download_place"
local process = require "support.process"
local uv = require "luv"

local seed = places.seed

-- Each fetches `url` to `path`, goes on with what is there, and can be held to `rate` bytes a second. curl takes a
-- burst of several times that before it begins to wait.
local fetchers = {
  curl = function(url, path, rate)
    return { "curl", "-sf", "-C", "-", "--limit-rate", rate and tostring(rate // 5) or "1G", "-o", path, url }
  end,
  wget = function(url, path, rate)
    return { "wget", "-q", "-c", "--tries=1", "--limit-rate=" .. (rate or "1g"), "-O", path, url }
  end,
  aria2 = function(url, path, rate)
    return {
      "aria2c", "-q", "--no-conf", "-x8", "-s8", "-k1M", "-c", "--file-allocation=none", "--auto-file-renaming=false",
      "--max-overall-download-limit=" .. (rate or 0), "-d", path:match("^(.*)/"), "-o", path:match("[^/]+$"), url,
    }
  end,
}

local function size_of(path)
  local stat = uv.fs_stat(path)
  return stat and stat.size or 0
end

-- What limits a fetcher lets bursts through: ten of them must not be the whole.
local function keep_half(path, whole)
  if size_of(path) > whole // 2 then
    local file = assert(uv.fs_open(path, "r+", 0))
    assert(uv.fs_ftruncate(file, math.random(whole // 4, whole // 2)))
    uv.fs_close(file)
  end
end

local function wait(milliseconds)
  local enough = uv.hrtime() + milliseconds * 1e6
  helper.wait_for(function() return uv.hrtime() > enough end, 5)
end

describe("a download", function()
  local place, film

  before_each(function()
    place = places.open()
    film = place:noise("film é.bin", 40000000, 1)
    for index = 1, 30 do place:noise(("album/part %d/track %d.flac"):format(index % 3, index), 1300000, index) end
    place:put("album/empty", "")
    place:start()
  end)

  after_each(function() place:close() end)

  local function check_album(zip)
    process.run { "unzip", "-q", "-d", place:out "unzipped", zip }
    process.run { "diff", "-r", place.share .. "/album", place:out "unzipped/album" }
  end

  for name, command in pairs(fetchers) do
    it(("with %s has the file and the folder's ZIP, at once and after ten interruptions (seed %d)"):format(name, seed),
      function()
        math.randomseed(seed)
        local file, zip = place:link "film é.bin" .. "/f/1/film", place:link "album" .. "/zip"
        process.run(command(file, place:out "whole"), { seconds = 60 })
        assert.is_true(helper.read(place:out "whole") == film)
        process.run(command(zip, place:out "whole.zip"), { seconds = 60 })
        check_album(place:out "whole.zip")

        for out, url in pairs { ["cut"] = file, ["cut.zip"] = zip } do
          local cuts = 0
          for _ = 1, 10 do
            if name ~= "aria2" then keep_half(place:out(out), #film) end
            local child = process.start(command(url, place:out(out), 2500000))
            if name == "aria2" then -- it writes here and there
              wait(math.random(100, 400))
            else
              local enough = size_of(place:out(out)) + math.random(50000, 1000000)
              helper.wait_for(function() return child.code or size_of(place:out(out)) > enough end, 30)
            end
            assert.is_nil(child.code, child.output)
            child:kill(name == "aria2" and "sigint" or "sigkill")
            child:wait(30) -- aria2 looks about once a second whether it is to end, and saves where it was
            cuts = cuts + 1
          end
          assert.equal(10, cuts)
          process.run(command(url, place:out(out)), { seconds = 60 })
        end
        assert.is_true(helper.read(place:out "cut") == film)
        assert.is_true(helper.read(place:out "cut.zip") == helper.read(place:out "whole.zip"))
      end)
  end
end)
