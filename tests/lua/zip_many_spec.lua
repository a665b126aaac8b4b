-- A ZIP archive of very many files: how long the loop stands still for it.
local archive = require "btshare.http.archive"
local archives = require "archive_helper"
local helper = require "helper"
local uv = require "luv"
local zip = require "btshare.http.zip"

local shell, quoted = archives.shell, archives.quoted

describe("an archive", function()
  local folder, listener

  before_each(function() folder = helper.folder() end)
  after_each(function()
    if listener then listener:close() end
    listener = nil
    shell("rm -rf " .. quoted(folder))
  end)

  it("of 70,000 files never holds the loop for long", function()
    local names, count = {}, 70000
    shell("mkdir -p " .. quoted(folder .. "/share/d") .. " && cd " .. quoted(folder .. "/share/d") ..
      " && python3 -c \"\nfor i in range(70000): open('file-%05d'%i,'w').write('x'*(i%3))\"")
    local contents = {}
    for index = 1, count do
      names[index] = ("d/file-%05d"):format(index - 1)
      contents[index] = ("x"):rep((index - 1) % 3)
    end
    local manifest, crcs = archives.manifest(folder .. "/share", names), archives.crcs(contents)
    local stop = helper.watch_turns()
    local begun = uv.hrtime()
    local layout = archives.run(archive.measure, {
      root = folder, base = "share/", prefix = "share/", manifest = manifest, crcs = crcs }, zip)
    local took = uv.hrtime() - begun
    listener = archives.serve(archives.representation(layout))
    local done, output
    local handle
    local out = folder .. "/out.zip"
    handle = uv.spawn("curl", { args = { "-sf", "-o", out, ("http://127.0.0.1:%d/"):format(listener.port) } },
      function(code) done, output = true, code handle:close() end)
    helper.wait_for(function() return done end, 60, "curl")
    local longest = stop()
    assert.equal(0, output)
    print(("# 70,000 files: layout %.0f ms, longest turn %.1f ms"):format(took / 1e6, longest))
    assert.is_true(longest < 100, "the loop was held " .. longest .. " ms")
    for _, command in ipairs { "unzip -tqq " .. quoted(out), "python3 -m zipfile -t " .. quoted(out) } do
      local fine, text = shell(command)
      assert.is_true(fine, command .. ": " .. text:sub(-300))
    end
  end)
end)
