-- TAR archives: GNU tar and Python take them, with long names and large sizes.
local archive = require "btshare.http.archive"
local archives = require "archive_helper"
local client = require "http_client"
local helper = require "helper"
local tar = require "btshare.http.tar"
local uv = require "luv"

describe("a tar", function()
  local folder, listener

  before_each(function()
    folder = helper.folder()
    uv.fs_mkdir(folder .. "/share", 493)
  end)

  after_each(function()
    if listener then listener:close() end
    listener = nil
    os.execute("rm -rf '" .. folder .. "'")
  end)

  local function measure(names)
    return archives.run(archive.measure, {
      root = folder, base = "share/", prefix = "share/", manifest = archives.manifest(folder .. "/share", names),
    }, tar)
  end

  it("has all names and contents, short, long and odd", function()
    local names = { "a", "empty", ("long"):rep(50), "ünïcödé", ("é"):rep(100), "exactly-" .. ("x"):rep(86),
      "one-more-" .. ("x"):rep(87) }
    for index, name in ipairs(names) do
      helper.write(folder .. "/share/" .. name, index == 2 and "" or name:rep(index * 10))
    end
    local layout = measure(names)
    listener = archives.serve(archives.representation(layout))
    local response = client.get(listener, "/")
    assert.equal(layout.length, #response.body)
    helper.write(folder .. "/out.tar", response.body)
    local function run(command) return os.execute(("cd '%s' && %s >/dev/null"):format(folder, command)) end
    assert.is_true(run "mkdir got && tar xf out.tar -C got && diff -r share got/share")
    assert.is_true(run "python3 -m tarfile -l out.tar")
  end)

  it("knows sizes beyond 8 GiB", function()
    local large = assert(io.open(folder .. "/share/large", "wb"))
    large:seek("set", 9 << 30)
    large:write("!")
    large:close()
    helper.write(folder .. "/share/z", "after")
    local layout = measure { "large", "z" }
    listener = archives.serve(archives.representation(layout))
    local file_blocks = ((9 << 30) + 512) // 512 * 512
    local tail = archives.slice(listener, 512 + 1024 + 512 + file_blocks, layout.length - 1).body
    assert.matches("^share/z\0", tail)
    local head = archives.slice(listener, 512, 2047).body
    assert.matches("size=9663676417\n", head)
    assert.equal("!", archives.slice(listener, 2048 + (9 << 30), 2048 + (9 << 30)).body)
  end)
end)
