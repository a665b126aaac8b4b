-- The hasher and the maker of torrents must agree on where bytes lie: libtorrent itself checks every piece.
local engine = require "core.engine"
local hasher = require "core.hasher"
local helper = require "helper"
local tree = require "core.tree"
local uv = require "luv"

local check = [[
import libtorrent as lt, sys, time
session = lt.session({"listen_interfaces": "", "enable_dht": False, "enable_lsd": False, "enable_upnp": False,
  "enable_natpmp": False})
parameters = lt.add_torrent_params()
parameters.ti = lt.torrent_info(sys.argv[1])
parameters.save_path = sys.argv[2]
parameters.flags = lt.torrent_flags.upload_mode
handle = session.add_torrent(parameters)
deadline = time.time() + 20
while time.time() < deadline and handle.status().state in (lt.torrent_status.checking_files,
    lt.torrent_status.checking_resume_data):
  time.sleep(0.02)
print(handle.status().total_wanted_done, handle.status().total_wanted)
]]

local function python(...)
  local out, words = uv.new_pipe(), { "-c", check, ... }
  local text, code = "", nil
  local process = uv.spawn("/usr/bin/python3", { args = words, stdio = { nil, out, 2 } }, function(exit_code)
    code = exit_code
  end)
  out:read_start(function(_, chunk) text = text .. (chunk or "") end)
  helper.wait_for(function() return code end, 30, "libtorrent's check")
  process:close()
  out:close()
  assert(code == 0)
  return text
end

local function scan(folder)
  local found, done
  local root = assert(tree.open(folder, function() end))
  root:scan({}, function(entries) found = entries[1] end, function() done = true end)
  helper.wait_for(function() return done end)
  root:close()
  return found
end

describe("torrents of every format", function()
  local folder
  before_each(function() folder = helper.folder() end)
  after_each(function() helper.remove(folder) end)

  local sizes = { a = 50000, b_empty = 0, c = 1, d = 16384, ["e_last_empty"] = 0 }

  for _, format in ipairs { "v1", "hybrid", "v2" } do
    it(("%s: every piece is where libtorrent looks for it"):format(format), function()
      uv.fs_mkdir(folder .. "/share", 493)
      uv.fs_mkdir(folder .. "/share/sub", 493)
      for name, size in pairs(sizes) do
        helper.write(folder .. "/share/" .. name, ("%-17s"):format(name):rep(size // 17 + 1):sub(1, size))
      end
      helper.write(folder .. "/share/sub/x", ("x"):rep(40000))
      local entry = scan(folder)
      local worker = assert(hasher.open())
      local result, message
      assert(worker:hash({
        root = folder, base = "share", manifest = entry.manifest, piece_length = 16384, format = format,
      }, function(...) result, message = ... end))
      helper.wait_for(function() return result or message end)
      worker:close()
      assert.is_nil(message)
      local made = assert(engine.make_torrent {
        name = "share", kind = "folder", manifest = entry.manifest, piece_length = 16384, format = format,
        pieces = result.pieces, roots = result.roots, layers = result.layers,
      })
      helper.write(folder .. "/x.torrent", made.torrent)
      local have, wanted = python(folder .. "/x.torrent", folder):match("(%d+) (%d+)")
      assert.equal(wanted, have)
      assert.is_true(tonumber(have) >= 106385)
    end)
  end
end)
