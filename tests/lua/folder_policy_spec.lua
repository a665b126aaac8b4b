-- A folder's `.btshare.lua`: what it may say, and what becomes of its mistakes.
local folder = require "btshare.config.folder"
local helper = require "helper"
local uv = require "luv"

describe("the policy of a folder", function()
  local path = "/f/.btshare.lua"

  local function mistakes(text)
    local values, list = folder.run(path, text)
    assert.is_nil(values)
    return list
  end

  it("says by assignments what config.lua could say of the folder", function()
    assert.same({}, folder.run(path, ""))
    assert.same({
      exposure = "private", format = "hybrid", name = "Paul", ignore = { "*.raw" }, expires = 2592000,
      piece_length = 1048576, web_seed = false,
    }, folder.run(path, [[
      exposure = "private"
      format = "hybrid"; name = "Paul"
      ignore = { "*.raw" } -- a comment
      expires = "30d"
      piece_length = "1MiB"
      web_seed = exposure ~= "private"
    ]]))
  end)

  it("has its mistakes told together, each with its line", function()
    assert.same({
      { line = 1, message = 'exposure must be "link" or "private" or "public" or "http"'
        .. ", did you mean 'private'?" },
      { line = 3, message = "setting 'exposre' is unknown, did you mean 'exposure'?" },
      { line = 4, message = "setting 'path' is unknown" },
      { line = 5, message = "expires must be from 1 s to 100 years" },
    }, mistakes 'exposure = "privat"\n\nexposre = "link"\npath = "/etc"\nexpires = 0')
    assert.equal(2, mistakes("name = 'x'\nx y")[1].line)
  end)

  it("has no functions, no plugins and nothing of the system", function()
    for _, word in ipairs { "print", "os", "io", "require", "plugin", "on", "share", "file", "load", "setmetatable",
      "string", "pcall", "_G", "debug", "coroutine" } do
      assert.same({ { line = 1, message = ("'%s' is unknown; a folder's policy has only assignments"):format(word) } },
        mistakes("local x = " .. word .. "; name = 'after'"))
    end
    assert.matches("attempt to load", mistakes("\27Lua")[1].message)
  end)

  it("is ended when it does not end, or takes all memory", function()
    local from = uv.hrtime()
    assert.matches("ran for more than 0.2 s", mistakes("while true do end")[1].message)
    assert.is_true(uv.hrtime() - from < 10e9)
    for _, text in ipairs {
      "local s = ('x'):rep(1e9)", "local s = 'x' while true do s = s .. s end",
      "local t = {} for i = 1, 1e9 do t[i] = {} end",
    } do
      collectgarbage()
      local before = collectgarbage("count")
      local list = mistakes("\n" .. text)
      assert.equal(1, #list, text)
      assert.matches("memory", list[1].message)
      assert.equal(2, list[1].line)
      collectgarbage()
      assert.is_true(collectgarbage("count") - before < 64 * 1024, text)
    end
  end)

  describe("on disk", function()
    local place
    before_each(function() place = helper.folder() end)
    after_each(function() helper.remove(place) end)

    it("may be absent", function() assert.same({ n = 1 }, table.pack(folder.read(place))) end)

    it("counts only where it is a file of ours that nobody else can write", function()
      local file = place .. "/.btshare.lua"
      helper.write(file, "name = 'x'")
      uv.fs_chmod(file, 420) -- 0644
      assert.equal("name = 'x'", folder.read(place))
      for _, mode in ipairs { 438, 436, 422 } do -- 0666, 0664, 0646
        uv.fs_chmod(file, mode)
        local text, message = folder.read(place)
        assert.is_nil(text)
        assert.matches("others can write it", message)
      end
      uv.fs_unlink(file)
      helper.write(place .. "/other", "name = 'x'")
      uv.fs_symlink(place .. "/other", file)
      assert.matches("is not a file", select(2, folder.read(place)))
      if uv.getuid() ~= 0 then return end
      uv.fs_unlink(file)
      helper.write(file, "name = 'x'")
      uv.fs_chown(file, 65534, 65534)
      assert.matches("belongs to somebody else", select(2, folder.read(place)))
    end)
  end)
end)
