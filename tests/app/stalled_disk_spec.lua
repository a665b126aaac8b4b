-- A disk that stalls holds up nobody but those who want something from it.
local client = require "http_client"
local helper = require "helper"
local place = require "place"
local process = require "support.process"
local skip = require "support.skip"
local uv = require "luv"

local size = 16000000
local stalling_disk = debug.getinfo(1, "S").source:match("^@(.*)/app/") .. "/support/stalling_disk.py"

local function possible()
  local folder = helper.folder()
  local probe = process.start { "python3", stalling_disk, folder, "8", folder .. ".pid", "true" }
  local is_possible = probe:wait(10) == 0
  process.run { "rm", "-rf", "--", folder, folder .. ".pid" }
  return is_possible
end

if not possible() then
  skip.tests("a disk that stalls", "needs root and /dev/fuse")
  return
end

-- In few pieces: garbage that is collected while times are taken would be measured with them.
local function content(first, last)
  local blocks, format = {}, "<" .. ("I8"):rep(128)
  for number = first // 1024 * 128, last // 8, 128 do
    local numbers = {}
    for index = 1, 128 do numbers[index] = number + index - 1 end
    blocks[#blocks + 1] = format:pack(table.unpack(numbers))
  end
  return table.concat(blocks):sub(first % 1024 + 1, first % 1024 + last - first + 1)
end

describe("a disk that stalls", function()
  local here, daemon, public, disk, film, other

  before_each(function()
    here = place.open()
    local mount = here.folder .. "/disk"
    assert(uv.fs_mkdir(mount, 493))
    here:put("other.bin", ("o"):rep(300000))
    here:write_plugin("looker", ([[
      local fs, reply = require "btshare.fs", require "btshare.reply"
      plugin:route("GET /look", function()
        return reply.text(200, (fs.read(%q, "film.bin", { limit = "32MiB" }) or ""):sub(1, 8))
      end)
    ]]):format(mount))
    daemon = here:spawn({
      config = 'plugin "looker"',
      -- LeakSanitizer waits at the end until all threads stand still; one that the disk holds never does.
      environment = { ASAN_OPTIONS = "detect_leaks=0" },
      through = { "python3", stalling_disk, mount, tostring(size), here.folder .. "/disk.pid" },
    }, { mount, here.share })
    public = { port = tonumber(daemon:wait("started").public:match(":(%d+)/")) }
    film = daemon:ready("film.bin").link:match("/s/.*$")
    other = daemon:ready("other.bin").link:match("/s/.*$")
    disk = tonumber(helper.read(here.folder .. "/disk.pid"))
  end)

  after_each(function()
    uv.kill(disk, "sigcont")
    here:close()
  end)

  -- A reader of its own address: one address has a limit.
  local function start(target, number, more)
    local connection = client.connect { port = public.port, from = "127.0.1." .. 1 + number // 10 }
    return connection:send(("GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n"):format(
      target, more or ""))
  end

  local function times_of_others(count)
    local times = {}
    for index, target in ipairs { other, other .. "/f/1/other.bin", film } do
      for turn = 1, count do
        local begun = uv.hrtime()
        local answer = client.get(public, target)
        times[#times + 1] = (uv.hrtime() - begun) / 1e6
        assert.equal(200, answer.status)
        if index == 2 then assert.equal(300000, #answer.body) end
        assert.is_true(times[#times] < 2000, ("%s, turn %d: %.0f ms"):format(target, turn, times[#times]))
      end
    end
    table.sort(times)
    return times
  end

  it("does not delay what is asked of others, however many wait for it", function()
    local whole, part = content(0, size - 1), content(15000001, 15400000)
    collectgarbage()
    local waiting = {}
    for number = 1, 12 do -- these have begun: what is read next stalls
      waiting[number] = start(film .. "/f/1/film.bin", number)
      waiting[number]:pause()
    end
    local begun = start(film .. "/f/1/film.bin", 0)
    helper.wait_for(function() return begun.count > 100000 end, 10, "the first bytes")
    begun:pause()
    uv.kill(disk, "sigstop")
    for number = 13, 60 do -- these find it stalled already when they open the file
      waiting[number] = start(film .. "/f/1/film.bin", number, "Range: bytes=15000001-15400000\r\n")
    end
    for number = 1, 12 do waiting[number]:resume() end
    local times = times_of_others(100)
    print(("# while it stalls: median %.1f ms, 99th percentile %.1f ms"):format(times[150], times[297]))
    assert.is_true(times[297] < 200)
    assert.is_false(waiting[13].ended)

    uv.kill(disk, "sigcont")
    begun:resume()
    for number, connection in pairs(waiting) do
      local answer = client.parse(connection:rest(60))
      assert.is_true(answer.body == (number <= 12 and whole or part), "reader " .. number)
    end
  end)

  it("does not keep btshare from closing its doors", function()
    local reader = start(film .. "/f/1/film.bin", 1)
    helper.wait_for(function() return reader.count > 100000 end, 10, "the first bytes")
    uv.kill(disk, "sigstop")
    local late = start(film .. "/f/1/film.bin", 2)
    assert.equal(200, client.get(public, other).status)
    local begun = uv.hrtime()
    daemon.process:kill "sigterm"
    helper.wait_for(function() return reader.ended and late.ended end, 5, "the end of what waits")
    helper.wait_for(function() return not pcall(client.connect, public) end, 5, "nobody to listen any more")
    local seconds = (uv.hrtime() - begun) / 1e9
    print(("# closed after %.2f s"):format(seconds))
    assert.is_true(seconds < 10)
    uv.kill(disk, "sigcont")
    assert.equal(0, daemon.process:wait(10))
  end)

  it("keeps a plugin waiting that reads from it, but neither others nor the end", function()
    uv.kill(disk, "sigstop")
    for number = 1, 6 do start("/look", number) end
    times_of_others(2)
    local begun = uv.hrtime()
    daemon:stop()
    assert.is_true(uv.hrtime() - begun < 5e9)
  end)
end)
