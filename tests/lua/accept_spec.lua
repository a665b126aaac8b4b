local accept = require "btshare.http.accept"

describe("what a client accepts", function()
  local available = { en = true, fr = true }

  it("is the language with the highest quality that we have", function()
    for header, expected in pairs {
      ["fr"] = "fr", ["fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5"] = "fr", ["de, en;q=0.3, fr;q=0.4"] = "fr",
      ["EN-gb"] = "en", ["fr;q=0, en;q=0.1"] = "en", ["fr;q=0.5,en;q=0.5"] = "fr",
    } do
      assert.equal(expected, accept.language(header, available), header)
    end
    for _, header in ipairs { "", "de", "*", "fr;q=0", ";;;,,q=1", ("x,"):rep(5000) } do
      assert.is_nil(accept.language(header, available), header:sub(1, 20))
    end
    assert.is_nil(accept.language(nil, available))
  end)

  it("is the media type as its most specific range says", function()
    local header = "text/*;q=0.3, text/html;q=0.7, */*;q=0.1, application/json;q=bad"
    assert.equal(0.7, (accept.media(header, "text/html")))
    assert.equal(0.3, (accept.media(header, "text/plain")))
    assert.same({ 0.1, false }, { accept.media(header, "image/png") })
    assert.same({ 0, false }, { accept.media(nil, "image/png") })
    assert.same({ 1, true }, { accept.media("text/html", "text/html") })
  end)
end)
