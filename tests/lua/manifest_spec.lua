local manifest = require "core.manifest"

local function pack(files)
  local parts = {}
  for i, file in ipairs(files) do
    parts[i] = string.pack("<I8i8i8I8s8", file.size or 0, file.mtime or 1, file.ctime or 2, file.inode or 3, file[1])
  end
  return table.concat(parts)
end

local function paths(packed)
  local list = {}
  for index, path in manifest.each(packed) do list[index] = path end
  return list
end

describe("a manifest", function()
  it("measures and iterates", function()
    local packed = pack { { "a", size = 5 }, { "d/\xff", size = 7, mtime = -1, ctime = 1 << 62, inode = 9 } }
    assert.same({ 2, 12 }, { manifest.measure(packed) })
    assert.same({ 0, 0 }, { manifest.measure("") })
    assert.same({ "a", "d/\xff" }, paths(packed))
    assert.same({ "d/\xff", 7, -1, 1 << 62, 9 }, { manifest.get(packed, 2) })
    for _, index in ipairs { 0, 3, -1, math.mininteger } do assert.is_nil(manifest.get(packed, index)) end
  end)

  it("refuses what is cut or leads out", function()
    local packed = pack { { "a" } }
    for _, bad in ipairs { packed:sub(1, -2), packed .. "x", pack { { "../a" } }, pack { { "/a" } },
      pack { { "a//b" } }, pack { { "a\0b" } }, pack { { "." } }, pack { { "" } } } do
      assert.has_error(function() manifest.measure(bad) end)
      assert.has_error(function() manifest.each(bad) end)
      assert.has_error(function() manifest.arrange(bad, "") end)
      assert.has_error(function() manifest.arrange("", bad) end)
    end
  end)

  it("arranges: kept files keep their place, new ones follow, dropped ones go", function()
    local old = pack { { "c" }, { "a" }, { "b" } }
    local arranged, unchanged, same = manifest.arrange(old, pack { { "a" }, { "aa" }, { "c" }, { "d" } })
    assert.same({ "c", "a", "aa", "d" }, paths(arranged))
    assert.is_false(unchanged)
    assert.is_false(same)
    arranged, unchanged, same = manifest.arrange(old, pack { { "a" }, { "b" }, { "c" } })
    assert.equal(old, arranged)
    assert.is_true(unchanged)
    assert.is_true(same)
  end)

  it("tells a new ctime from new content", function()
    local old = pack { { "a" }, { "b", size = 4 } }
    local function compare(file)
      local _, unchanged, same = manifest.arrange(old, pack { { "a" }, file })
      return { unchanged, same }
    end
    assert.same({ false, true }, compare { "b", size = 4, ctime = 7 })
    assert.same({ false, false }, compare { "b", size = 4, mtime = 7 })
    assert.same({ false, false }, compare { "b", size = 4, inode = 7 })
    assert.same({ false, false }, compare { "b", size = 5 })
    local _, unchanged, same = manifest.arrange(old, pack { { "a" } })
    assert.same({ false, false }, { unchanged, same })
    assert.same({ "", true, true }, { manifest.arrange("", "") })
  end)

  it("arranges 100,000 files in less than 0.3 s", function()
    local files = {}
    for i = 1, 100000 do files[i] = { ("folder/%d/file-%d.bin"):format(i % 100, i), inode = i } end
    local old = pack(files)
    local reversed = {}
    for i = 1, #files do reversed[i] = files[#files + 1 - i] end
    local new = pack(reversed)
    local start = os.clock()
    local arranged, unchanged = manifest.arrange(old, new)
    local seconds = os.clock() - start
    assert.is_true(unchanged)
    assert.is_true(arranged == old)
    assert.is_true(seconds < 0.3, seconds .. " s")
  end)
end)
