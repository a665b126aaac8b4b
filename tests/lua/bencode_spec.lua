local bencode = require "btshare.bencode"

describe("bencoding", function()
  it("writes strings, integers, lists and sorted dictionaries", function()
    assert.equal("d1:ad1:xi-3ee1:bl2:hii0eee", bencode.encode { b = { "hi", 0 }, a = { x = -3 } })
    assert.equal("0:", bencode.encode "")
  end)

  it("tells an empty list from an empty dictionary", function()
    assert.equal("d5:peersle5:stuffdee", bencode.encode { peers = bencode.list {}, stuff = {} })
  end)

  it("refuses what bencoding cannot hold", function()
    assert.has_error(function() bencode.encode { 1.5 } end)
    assert.has_error(function() bencode.encode { a = true } end)
  end)
end)
