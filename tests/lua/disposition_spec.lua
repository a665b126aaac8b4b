local disposition = require "btshare.http.disposition"

describe("the name of a download", function()
  it("has a plain and an exact form", function()
    assert.equal("attachment; filename=\"a b.txt\"; filename*=UTF-8''a%20b.txt", disposition.attachment "a b.txt")
    assert.equal("attachment; filename=\"_t_.zip\"; filename*=UTF-8''%C3%A9t%C3%A9.zip",
      disposition.attachment "été.zip")
    assert.equal("attachment; filename=\"a__b_\"; filename*=UTF-8''a%22%5Cb%25", disposition.attachment 'a"\\b%')
  end)

  it("never breaks out of its header", function()
    for byte = 0, 255 do
      local value = disposition.attachment(string.char(byte))
      assert.is_nil(value:find("[^\x20-\x7E]"), byte)
      assert.matches("^attachment; filename=\"[^\"\\]\"; filename%*=UTF%-8''[%w!#$&+%-.^_`|~%%]+$", value)
    end
  end)

  it("is one segment of a path", function()
    assert.equal("a%2Fb%20%3F%23%25", disposition.segment "a/b ?#%")
    assert.equal("%C3%A9-._~", disposition.segment "é-._~")
  end)
end)
