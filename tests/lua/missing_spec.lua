local missing = require "btshare.library.missing"

local size = 7

local function manifest(inode)
  return string.pack("<I8i8i8I8s8", size, 1, 2, inode, "name")
end

local function thing(inode)
  return { kind = "file", size = size, files = 1, manifest = manifest(inode) }
end

describe("shares that are missing", function()
  it("are known again by inode, size and time", function()
    local set, share = missing.new(), thing(11)
    set:add(share)
    local function manifest_of(candidate) return candidate.manifest end
    assert.is_nil(set:find(thing(12), manifest_of))
    assert.equal(share, set:find(thing(11), manifest_of))
    set:remove(share)
    assert.is_nil(set:find(thing(11), manifest_of))
  end)

  it("are known by inode alone when they were seen to be renamed", function()
    local set, share = missing.new(), thing(11)
    local edited = { kind = "file", size = 3, files = 1, manifest = string.pack("<I8i8i8I8s8", 3, 9, 9, 11, "other") }
    set:add(share)
    local function manifest_of(candidate) return candidate.manifest end
    assert.is_nil(set:find_moved(edited, manifest_of))
    set:note_moved(share)
    assert.is_nil(set:find(edited, manifest_of))
    assert.is_nil(set:find(thing(12), manifest_of)) -- reads it, which changes nothing
    assert.equal(share, set:find_moved(edited, manifest_of))
    assert.is_nil(set:find_moved(thing(12), manifest_of))
    set:remove(share)
    assert.is_nil(set:find_moved(edited, manifest_of))
  end)

  it("are known by nothing when they went before their first version was made", function()
    local set, share = missing.new(), thing(11)
    set:add(share)
    assert.is_nil(set:find(thing(11), function() return nil end))
    set:remove(share)
  end)

  it("are read once each, however many are looked for", function()
    local set, read, many = missing.new(), 0, 1000
    for inode = 1, many do set:add(thing(inode)) end
    for inode = many + 1, 2 * many do
      assert.is_nil(set:find(thing(inode), function(share)
        read = read + 1
        return share.manifest
      end))
    end
    assert.equal(many, read)
  end)
end)
