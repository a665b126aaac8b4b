-- What the engine's specs share: shares made on disk, engines on loopback, and a foreign client.
local engine = require "core.engine"
local helper = require "helper"
local uv = require "luv"

local here = debug.getinfo(1, "S").source:match("^@(.*)/") or "."

local python = "/usr/bin/python3" -- Debian's own, which has python3-libtorrent

local bench = {}

---Runs the foreign client to its end.
---@return table<string, string> values the last value of each key
---@return string[] lines
function bench.run(...)
  local lines, values, chunks = {}, {}, {}
  local pipe = uv.new_pipe(false)
  local is_done = false
  local options = { args = { here .. "/engine_peer.py", ... }, stdio = { nil, pipe, 2 } }
  local process = assert(uv.spawn(python, options, function() is_done = true end))
  pipe:read_start(function(_, chunk) chunks[#chunks + 1] = chunk or false end)
  helper.wait_for(function() return is_done and chunks[#chunks] == false end, 30, "the client")
  process:close()
  pipe:close()
  chunks[#chunks] = nil
  for line in table.concat(chunks):gmatch("[^\n]+") do
    lines[#lines + 1] = line
    local key, value = line:match("^(%S+) ?(.*)$")
    values[key] = value
  end
  return values, lines
end

---Starts a recipient. `seen[key]` holds the last value of each kind of event, `lines` all of them.
function bench.receive(torrent, folder, options)
  local args = { here .. "/engine_peer.py", "receive", torrent, folder }
  for key, value in pairs(options or {}) do
    args[#args + 1] = ("%s=%s"):format(key, value)
  end
  local client = { seen = {}, lines = {} }
  local input, output = uv.new_pipe(false), uv.new_pipe(false)
  local rest, has_ended = "", false
  local process = assert(uv.spawn(python, { args = args, stdio = { input, output, 2 } },
    function() has_ended = true end))
  output:read_start(function(_, chunk)
    rest = rest .. (chunk or "")
    for line in rest:gmatch("([^\n]*)\n") do
      client.lines[#client.lines + 1] = line
      local key, value = line:match("^(%S+) ?(.*)$")
      client.seen[key] = value
    end
    rest = rest:match("([^\n]*)$")
  end)

  ---Waits for an event and returns its value.
  function client:wait(key, seconds)
    return helper.wait_for(function() return self.seen[key] end, seconds, "the recipient's " .. key)
  end

  function client.close()
    input:close()
    helper.wait_for(function() return has_ended end, 20, "the recipient's end")
    output:close()
    process:close()
  end
  return client
end

local function from_hex(text)
  return (text:gsub("..", function(pair) return string.char(tonumber(pair, 16)) end))
end

local function pack_file(root, path)
  local stat = assert(uv.fs_stat(root .. "/" .. path))
  local function nanoseconds(time) return time.sec * 1000000000 + time.nsec end
  return stat.size, nanoseconds(stat.mtime), nanoseconds(stat.ctime), stat.ino
end

---The manifest of files, in the order given.
function bench.manifest(folder, paths)
  local packed = {}
  for i, path in ipairs(paths) do
    local size, mtime, ctime, inode = pack_file(folder, path)
    packed[i] = string.pack("<I8i8i8I8s8", size, mtime, ctime, inode, path)
  end
  return table.concat(packed)
end

---Makes a torrent of what is on disk and says what add_share wants to know.
---@param options {root: string, base: string, paths: string[], format: string?, piece_length: integer?}
function bench.share(options)
  local folder = options.base == "" and options.root or options.root .. "/" .. options.base
  local format = options.format or "v1"
  local piece_length = options.piece_length or 16384
  local hashed = bench.run("hashes", format, tostring(piece_length), folder, table.unpack(options.paths))
  local share = { root = options.root, base = options.base, manifest = bench.manifest(folder, options.paths) }
  share.description = {
    name = options.name or (options.base == "" and options.paths[1] or options.base),
    kind = options.base == "" and "file" or "folder",
    manifest = share.manifest, piece_length = piece_length, format = format,
    pieces = from_hex(hashed.pieces), roots = from_hex(hashed.roots), layers = from_hex(hashed.layers),
    private = options.private, similar = options.similar,
  }
  local made = assert(engine.make_torrent(share.description))
  share.torrent, share.info_hash, share.info_hash_v2 = made.torrent, made.info_hash, made.info_hash_v2
  return share
end

---Opens an engine on loopback. `events` holds all that happened.
function bench.open(options)
  options = options or {}
  options.listen = options.listen or { "127.0.0.1:0" }
  options.settings = options.settings or {}
  local seeder = { events = {} }
  seeder.engine = assert(engine.open(options, function(event) seeder.events[#seeder.events + 1] = event end))

  function seeder:find(kind, matches)
    for _, event in ipairs(self.events) do
      if event.type == kind and (not matches or matches(event)) then return event end
    end
  end

  function seeder:wait(kind, matches, seconds)
    return helper.wait_for(function() return self:find(kind, matches) end, seconds, kind)
  end

  function seeder:port()
    return self:wait("listening", function(event) return event.protocol == "tcp" end).port
  end

  ---Adds a share and waits until it is there.
  function seeder:add(share)
    assert(self.engine:add_share(share))
    return self:wait("added", function(event) return event.info_hash == share.info_hash end)
  end

  function seeder:close()
    local is_closed = false
    self.engine:close(function() is_closed = true end)
    helper.wait_for(function() return is_closed end, 20, "the engine's end")
  end
  return seeder
end

---What this process has open, by name.
---@return string[]
function bench.open_files()
  local names = {}
  local entries = uv.fs_scandir("/proc/self/fd")
  for number in function() return uv.fs_scandir_next(entries) end do
    names[#names + 1] = uv.fs_readlink("/proc/self/fd/" .. number)
  end
  return names
end

return bench
