-- ZIP archives: other programs take them, and any range of one is what the whole has there.
local archive = require "btshare.http.archive"
local archives = require "archive_helper"
local client = require "http_client"
local helper = require "helper"
local tar = require "btshare.http.tar"
local uv = require "luv"
local zip = require "btshare.http.zip"

local seed = tonumber(os.getenv("SEED")) or os.time()

local shell, quoted = archives.shell, archives.quoted

local odd_names = {
  "plain.txt", "empty", "with space", "ünïcödé.txt", "日本語.txt", "quote'\"$(x)", "-dash", "a\tb", "emoji 🎉",
  ("long-"):rep(45), "sub/in sub.bin", "sub/deep/er/x", "tail.", "per%20cent",
}

describe("an archive", function()
  local folder, listener

  before_each(function()
    folder = helper.folder()
    assert(uv.fs_mkdir(folder .. "/share", 493))
  end)

  after_each(function()
    if listener then listener:close() end
    listener = nil
    shell("rm -rf " .. quoted(folder))
  end)

  local function fill(names, content_of)
    local contents = {}
    for index, name in ipairs(names) do
      local path = folder .. "/share/" .. name
      if name:find("/") then shell("mkdir -p " .. quoted(path:match("^(.*)/"))) end
      contents[index] = content_of(index)
      helper.write(path, contents[index])
    end
    return contents
  end

  local function measure(names, contents, format)
    return archives.run(archive.measure, {
      root = folder, base = "share/", prefix = "share/", manifest = archives.manifest(folder .. "/share", names),
      crcs = contents and archives.crcs(contents),
    }, format or zip)
  end

  it("of which CRCs follow their files is the same, byte for byte, whether these are known", function()
    local contents = fill(odd_names, function(index) return ("%d\n"):format(index):rep(100 * index) end)
    local manifest = archives.manifest(folder .. "/share", odd_names)
    local function body(crcs)
      local layout = archives.run(archive.measure, {
        root = folder, base = "share/", prefix = "share/", manifest = manifest, crcs = crcs, is_deferred = true,
      }, zip)
      listener = archives.serve(archives.representation(layout))
      local response = client.get(listener, "/")
      listener:close()
      return response.body, response.headers
    end
    local unknown, headers = body(nil)
    assert.equal("none", headers["accept-ranges"])
    local known
    known, headers = body(archives.crcs(contents))
    assert.equal("bytes", headers["accept-ranges"])
    assert.is_true(unknown == known)
  end)

  local function save(layout)
    listener = archives.serve(archives.representation(layout))
    local response = client.get(listener, "/")
    assert.equal(200, response.status)
    assert.equal(layout.length, #response.body)
    helper.write(folder .. "/out.zip", response.body)
    return response.body
  end

  -- Every program that people unpack with, and the contents.
  local function check_zip(names, contents)
    local file = quoted(folder .. "/out.zip")
    for _, command in ipairs { "unzip -tq " .. file, "7z t " .. file, "python3 -m zipfile -t " .. file } do
      local fine, output = shell(command)
      assert.is_true(fine, command .. ": " .. output)
    end
    assert(shell("cd " .. quoted(folder) .. " && mkdir got && python3 -m zipfile -e out.zip got"))
    for index, name in ipairs(names) do
      assert.equal(contents[index], helper.read(folder .. "/got/share/" .. name), name)
    end
  end

  for _, count in ipairs { 0, 1, 3, #odd_names } do
    it(("of %d files is taken by unzip, 7z and Python"):format(count), function()
      local names = table.move(odd_names, 1, count, 1, {})
      local contents = fill(names, function(index)
        return index == 2 and "" or ("content %d\n"):format(index):rep(index * 99)
      end)
      save(measure(names, contents))
      check_zip(names, contents)
    end)
  end

  for name, format in pairs { zip = zip, tar = tar } do
    it(("has folders that hold no file, and any range of it too: %s"):format(name), function()
      local contents = fill({ "a", "b" }, function(index) return "content" .. index end)
      local layout = archives.run(archive.measure, {
        root = folder, base = "share/", prefix = "share/", crcs = archives.crcs(contents),
        manifest = archives.manifest(folder .. "/share", { "a", "b" }), folders = "empty\0sub/düpe\0",
      }, format)
      assert.not_equal(layout.etag, measure({ "a", "b" }, contents, format).etag)
      local whole = save(layout)
      assert(shell("mkdir -p " .. quoted(folder .. "/share/empty") .. " " .. quoted(folder .. "/share/sub/düpe")))
      local unpack = format == zip and "7z x -ogot out.zip" or "mkdir got && tar xf out.zip -C got"
      local fine, output = shell("cd " .. quoted(folder) .. " && " .. unpack .. " && diff -r share got/share")
      assert.is_true(fine, output)
      for first = 0, #whole - 1, 7 do
        local last = math.min(first + 90, #whole - 1)
        assert.equal(whole:sub(first + 1, last + 1), archives.slice(listener, first, last).body)
      end
    end)
  end

  it("whose CRCs are not known yet is sent once through, with a length, and taken too", function()
    local contents = fill(odd_names, function(index) return index == 2 and "" or ("x%d"):format(index):rep(50000) end)
    local layout = measure(odd_names)
    assert.is_nil(layout.etag)
    save(layout)
    check_zip(odd_names, contents)
    local response = client.get(listener, "/", "Range: bytes=5-9\r\n")
    assert.equal(200, response.status)
    assert.equal("none", response.headers["accept-ranges"])
  end)

  it("has the same tag for the same files and another for others", function()
    local contents = fill({ "a", "b" }, function(index) return "content" .. index end)
    local first, again = measure({ "a", "b" }, contents), measure({ "a", "b" }, contents)
    assert.equal(first.etag, again.etag)
    assert.not_equal(first.etag, measure({ "b", "a" }, { contents[2], contents[1] }).etag)
    helper.write(folder .. "/share/a", "contenT1")
    assert.not_equal(first.etag, measure({ "a", "b" }, { "contenT1", contents[2] }).etag)
  end)

  for name, format in pairs { zip = zip, tar = tar } do
    it(("gives any range of a %s as the whole has it (seed %d)"):format(name, seed), function()
      math.randomseed(seed)
      local names = {}
      for index = 1, 300 do names[index] = ("%s-%d"):format(("n"):rep(math.random(1, 150)), index) end
      local contents = fill(names, function() return ("c"):rep(math.random(0, 700)) .. math.random(1 << 40) end)
      local layout = measure(names, contents, format)
      local whole = save(layout)
      for _ = 1, 200 do
        local first = math.random(0, layout.length - 1)
        local last = math.random() < 0.5 and math.random(first, layout.length - 1)
          or math.min(first + math.random(0, 300), layout.length - 1)
        local response = archives.slice(listener, first, last)
        assert.equal(206, response.status)
        assert.is_true(response.body == whole:sub(first + 1, last + 1),
          ("%d-%d differ, seed %d"):format(first, last, seed))
      end
    end)
  end

  it("above 4 GiB is predicted and taken, its large file and what follows it", function()
    local names = { "large", "after" }
    helper.write(folder .. "/share/after", "after")
    local large = assert(io.open(folder .. "/share/large", "wb"))
    large:seek("set", 4 * 1024 * 1024 * 1024 + 4999)
    large:write("!")
    large:close()
    local _, crc = shell("python3 -c \"\nimport zlib\nc=0\nz=bytes(1<<20)\nfor i in range(4096): c=zlib.crc32(z,c)\n" ..
      "print(zlib.crc32(bytes(4999)+b'!',c))\"")
    local layout = archives.run(archive.measure, {
      root = folder, base = "share/", prefix = "share/", manifest = archives.manifest(folder .. "/share", names),
      crcs = string.pack("<I4", math.tointeger(tonumber(crc))) .. archives.crcs { "after" },
    }, zip)
    listener = archives.serve(archives.representation(layout))
    local done, code, handle
    local url = ("http://127.0.0.1:%d/"):format(listener.port)
    -- What Python reads of a URL is ranges: the directory, then the entries.
    handle = uv.spawn("python3", { args = { "-c", ([[
import io, urllib.request, zipfile, sys
class Remote(io.RawIOBase):
  def __init__(self, url):
    self.url, self.at = url, 0
    self.size = int(urllib.request.urlopen(urllib.request.Request(url, method="HEAD")).headers["Content-Length"])
  def seekable(self): return True
  def readable(self): return True
  def seek(self, at, whence=0):
    self.at = at + (0, self.at, self.size)[whence]
    return self.at
  def tell(self): return self.at
  def readinto(self, into):
    last = min(self.at + len(into), self.size) - 1
    if last < self.at: return 0
    request = urllib.request.Request(self.url, headers={"Range": "bytes=%%d-%%d" %% (self.at, last)})
    data = urllib.request.urlopen(request).read()
    into[:len(data)] = data
    self.at += len(data)
    return len(data)
z = zipfile.ZipFile(io.BufferedReader(Remote(%q), 1 << 24))
assert [i.filename for i in z.infolist()] == ["share/", "share/large", "share/after"]
assert z.testzip() is None
assert z.read("share/after") == b"after"
]]):format(url) }, stdio = { nil, nil, 2 } }, function(status) done, code = true, status handle:close() end)
    helper.wait_for(function() return done end, 100, "python")
    assert.equal(0, code)
  end)
end)
