-- Grants: good for one link, one kind of thing and a while, and for nobody who made one up.
local crypto = require "core.crypto"
local grants = require "btshare.shares.grants"

describe("a grant", function()
  local generation, links

  before_each(function()
    generation = 0
    links = {
      sign = function(_, message) return crypto.hmac_sha256("key", message) end,
      generation = function() return generation end,
    }
  end)

  local function later() return os.time() + 100 end

  it("gives back the mark that was put in, where it was made for this", function()
    local grant = grants.make(links, "page", "link", "mark", later())
    assert.matches("^[%w_-]+$", grant)
    assert.equal("mark", grants.read(links, "page", "link", grant))
    assert.is_nil(grants.read(links, "swarm", "link", grant))
    assert.is_nil(grants.read(links, "page", "other", grant))
    assert.is_nil(grants.read({ sign = function(_, text) return crypto.hmac_sha256("another", text) end,
      generation = links.generation }, "page", "link", grant))
  end)

  it("ends with its time, and with the link's generation", function()
    assert.is_nil(grants.read(links, "page", "link", grants.make(links, "page", "link", "mark", os.time())))
    local grant = grants.make(links, "page", "link", "mark", later())
    generation = 1
    assert.is_nil(grants.read(links, "page", "link", grant))
  end)

  it("cannot be changed: no bit of it", function()
    local bytes = crypto.from_base64url(grants.make(links, "page", "link", "mark", later()))
    for at = 1, #bytes do
      for bit = 0, 7 do
        local changed = bytes:sub(1, at - 1) .. string.char(bytes:byte(at) ~ 1 << bit) .. bytes:sub(at + 1)
        assert.is_nil(grants.read(links, "page", "link", crypto.base64url(changed)))
      end
    end
  end)

  it("is nothing that can be written: no text raises an error", function()
    assert.is_nil(grants.read(links, "page", "link", nil))
    math.randomseed(1)
    for length = 0, 200 do
      assert.is_nil(grants.read(links, "page", "link", crypto.base64url(crypto.random(length + 1)):sub(1, length)))
      assert.is_nil(grants.read(links, "page", "link", ("\0"):rep(length)))
    end
  end)

  it("has room for the marks of three plugins, the latest ones, and is none of a fourth", function()
    local marks
    for _, secret in ipairs { "a", "b", "c", "d", "b" } do marks = grants.add(marks, grants.mark(links, secret)) end
    local grant = grants.make(links, "page", "link", marks, later())
    assert.equal(marks, grants.read(links, "page", "link", grant))
    for secret, is_held in pairs { a = false, b = true, c = true, d = true } do
      assert.equal(is_held, grants.holds(marks, grants.mark(links, secret)), secret)
    end
    assert.is_false(grants.holds(nil, "x"))
    assert.is_false(grants.holds("xy.yx", "x"))
    local long = table.concat({ ("x"):rep(32), ("y"):rep(32), ("z"):rep(32) }, ".")
    assert.equal(long, grants.read(links, "page", "link", grants.make(links, "page", "link", long, later())))
  end)

  it("has a mark that changes with the secret and says nothing of it", function()
    local mark = grants.mark(links, "motus")
    assert.matches("^[%w_-]+$", mark)
    assert.is_true(#mark <= 32)
    assert.equal(mark, grants.mark(links, "motus"))
    assert.are_not.equal(mark, grants.mark(links, "Motus"))
  end)
end)
