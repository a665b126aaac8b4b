local crypto = require "core.crypto"
local helper = require "helper"

describe("core.crypto", function()
  it("hashes by SHA-256 (FIPS 180-4)", function()
    assert.equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", crypto.hex(crypto.sha256 ""))
    assert.equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", crypto.hex(crypto.sha256 "abc"))
  end)

  it("makes HMAC-SHA-256 with keys of any length (RFC 4231)", function()
    local function mac(key, message) return crypto.hex(crypto.hmac_sha256(key, message)) end
    assert.equal("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
      mac(("\x0b"):rep(20), "Hi There"))
    assert.equal("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
      mac("Jefe", "what do ya want for nothing?"))
    assert.equal("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
      mac(("\xaa"):rep(131), "Test Using Larger Than Block-Size Key - Hash Key First"))
    assert.equal("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad", mac("", ""))
  end)

  it("makes as many random bytes as asked for, new ones each time", function()
    for _, length in ipairs { 0, 1, 32, 100000 } do
      assert.equal(length, #crypto.random(length))
    end
    assert.not_equal(crypto.random(32), crypto.random(32))
    assert.has_error(function() crypto.random(-1) end)
    assert.has_error(function() crypto.random(1 << 40) end)
  end)

  it("compares", function()
    assert.is_true(crypto.equal("", ""))
    assert.is_true(crypto.equal("a\0b", "a\0b"))
    assert.is_false(crypto.equal("a\0b", "a\0c"))
    assert.is_false(crypto.equal("a", "ab"))
  end)

  it("writes and reads base64url without padding (RFC 4648)", function()
    for bytes, text in pairs { [""] = "", f = "Zg", fo = "Zm8", foo = "Zm9v", ["\xfb\xff\0"] = "-_8A" } do
      assert.equal(text, crypto.base64url(bytes))
      assert.equal(bytes, crypto.from_base64url(text))
    end
    for _, text in ipairs { "Zg==", "Zh", "Z", "+/8A", "Zm9v ", "Zm9v\n", "Zm9v\0", "\0", "Zm 9v", "é" } do
      assert.is_nil(crypto.from_base64url(text), text)
    end
  end)

  it("writes and reads hex", function()
    for bytes, digits in pairs { [""] = "", ["\0\x1f\xff"] = "001fff" } do
      assert.equal(digits, crypto.hex(bytes))
      assert.equal(bytes, crypto.from_hex(digits))
    end
    assert.equal("\xab", crypto.from_hex "AB")
    for _, digits in ipairs { "a", "abc", "0g", "ab ", "ab\0", "0x", "a b" } do
      assert.is_nil(crypto.from_hex(digits), digits)
    end
  end)

  it("reads back random bytes of every length", function()
    for length = 0, 200 do
      local bytes = crypto.random(length)
      assert.equal(bytes, crypto.from_hex(crypto.hex(bytes)))
      assert.equal(bytes, crypto.from_base64url(crypto.base64url(bytes)))
    end
  end)

  it("hashes passwords by Argon2id, with what they cost in the text, and compares them", function()
    local hash, answers = nil, {}
    crypto.hash_password("a password", 2, 16384, function(text) hash = text end)
    helper.wait_for(function() return hash end)
    assert.matches("^%$argon2id%$v=19%$m=16,t=2,p=1%$", hash)
    crypto.check_password(hash, "a password", function(is_right) answers[1] = is_right end)
    crypto.check_password(hash, "b password", function(is_right) answers[2] = is_right end)
    crypto.check_password("no hash", "a password", function(is_right) answers[3] = is_right end)
    helper.wait_for(function() return answers[1] ~= nil and answers[2] ~= nil and answers[3] ~= nil end)
    assert.same({ true, false, false }, answers)
    assert.is_false(crypto.is_outdated(hash, 2, 16384))
    assert.is_true(crypto.is_outdated(hash, 3, 16384))
    assert.is_true(crypto.is_outdated("no hash", 3, 16384))
    assert.error(function() crypto.hash_password("x", 0, 16384, print) end)
    assert.error(function() crypto.hash_password("x", 1, 1, print) end)
    assert.error(function() crypto.check_password(("x"):rep(128), "x", print) end)
  end)
end)
