local btshare = require "support.btshare"
local download_place = require "download_place"
local helper = require "helper"
local json = require "dkjson"
local process = require "support.process"
local uv = require "luv"

local function list(folder)
  local names = {}
  local entries = assert(uv.fs_scandir(folder))
  for name in function() return uv.fs_scandir_next(entries) end do names[#names + 1] = name end
  table.sort(names)
  return names
end

describe("btshare get", function()
  local sender, target

  before_each(function()
    sender = download_place.open()
    target = sender.folder .. "/target"
    assert(uv.fs_mkdir(target, 493))
  end)
  after_each(function() sender:close() end)

  local function get(words, options)
    options = options or {}
    options.home = sender.folder .. "/receiver"
    uv.fs_mkdir(options.home, 448)
    options.seconds = options.seconds or 30
    table.insert(words, 1, "get")
    table.insert(words, "--state")
    table.insert(words, sender.folder .. "/receiver-state")
    return btshare.run(words, options)
  end

  it("receives a folder from a magnet into a folder of its own", function()
    local one = sender:noise("Album/one.bin", 300000, 1)
    local two = sender:noise("Album/sub/two.bin", 2000000, 2)
    sender:start()
    local share = sender.daemon:ready("Album")
    local child = get { share.magnet, "-o", target }
    assert.are.equal(0, child.code, child.output)
    assert.are.equal(target .. "/Album\n", child.output)
    assert.is_true(one == helper.read(target .. "/Album/one.bin"))
    assert.is_true(two == helper.read(target .. "/Album/sub/two.bin"))
    assert.are.same({ "Album" }, list(target))
  end)
end)
