-- The turns of bench/hash: FOLDER (with one `file` in it) and ROUNDS.
local hasher = require "core.hasher"
local uv = require "luv"

local folder, rounds = arg[1], tonumber(arg[2])
local piece_length = 4 << 20

local function run(done)
  while not done() do uv.run("once") end
end

local function ours(format)
  local status = assert(uv.fs_stat(folder .. "/file"))
  local function nanoseconds(time) return time.sec * 1000000000 + time.nsec end
  local manifest = string.pack("<I8i8i8I8s8", status.size, nanoseconds(status.mtime), nanoseconds(status.ctime),
    status.ino, "file")
  local machine = assert(hasher.open { threads = 2 })
  local result
  local start = uv.hrtime()
  assert(machine:hash({ root = folder, base = "", manifest = manifest, piece_length = piece_length, format = format },
    function(...) result = assert(...) end))
  run(function() return result end)
  local seconds = (uv.hrtime() - start) / 1e9
  machine:close()
  return seconds
end

local function mktorrent()
  local code
  local start = uv.hrtime()
  local process = assert(uv.spawn("mktorrent", {
    args = { "-t", "2", "-l", "22", "-o", folder .. "/out.torrent", folder .. "/file" },
  }, function(result) code = result end))
  run(function() return code end)
  local seconds = (uv.hrtime() - start) / 1e9
  process:close()
  assert(code == 0, "mktorrent failed")
  os.remove(folder .. "/out.torrent")
  return seconds
end

local function median(times)
  table.sort(times)
  return times[(#times + 1) // 2]
end

local times = { v1 = {}, hybrid = {}, mktorrent = {} }
for _ = 1, rounds do
  table.insert(times.v1, ours "v1")
  table.insert(times.mktorrent, mktorrent())
  table.insert(times.hybrid, ours "hybrid")
end
local theirs = median(times.mktorrent)
for _, name in ipairs { "mktorrent", "v1", "hybrid" } do
  local seconds = median(times[name])
  print(("%-10s %.3f s  ratio %.2f"):format(name, seconds, seconds / theirs))
end
