-- What a file is by its first bytes, and what is never shown in place.
local magic = require "btshare.http.magic"

describe("the first bytes of a file", function()
  local function type_of(bytes, name)
    local shown = magic.look(name or "x", bytes)
    return shown and shown.type
  end

  it("tell pictures, sound and films, whatever they are called", function()
    for wanted, bytes in pairs {
      ["image/png"] = "\x89PNG\r\n\x1A\n...", ["image/jpeg"] = "\xFF\xD8\xFF\xE0..", ["image/gif"] = "GIF89a..",
      ["image/webp"] = "RIFF....WEBPVP8 ", ["image/avif"] = "\0\0\0\x20ftypavif", ["video/mp4"] = "\0\0\0\x20ftypisom",
      ["audio/mp4"] = "\0\0\0\x20ftypM4A ", ["video/webm"] = "\x1A\x45\xDF\xA3\x9F\x42\x82\x84webm",
      ["audio/mpeg"] = "ID3\3....", ["audio/ogg"] = "OggS\0\2..vorbis", ["video/ogg"] = "OggS\0\2..theora",
      ["audio/flac"] = "fLaC\0\0", ["audio/wav"] = "RIFF....WAVEfmt ",
    } do
      assert.equal(wanted, type_of(bytes))
      assert.equal(wanted, type_of(bytes, "x.exe"))
      assert.equal(wanted:match("^%a+"), magic.look("x", bytes).kind)
    end
    assert.equal("audio/mpeg", type_of "\xFF\xFB\x90\x64")
  end)

  it("tell plain text, also where it is cut", function()
    assert.equal("text/plain; charset=utf-8", type_of("pain, lait\n\tœufs\r\n", "liste.txt"))
    assert.equal("text/plain; charset=utf-8", type_of(("é"):rep(100):sub(1, -2), "liste.txt"))
    for _, other in ipairs { "", "a\0b", "a\27[31m", "\xE9t\xE9 et plus", "\xFF\xFEa\0" } do
      assert.is_nil(type_of(other, "x.txt"), (other:gsub("[^\32-\126]", ".")))
    end
  end)

  it("show nothing that could run something", function()
    for name, bytes in pairs {
      ["x.svg"] = "hello", ["x.HTML"] = "hello", ["x.htm"] = "hello", ["x.xhtml"] = "hello", ["x.xml"] = "hello",
      ["x.js"] = "alert(1)", ["x.mjs"] = "alert(1)", ["x.pdf"] = "hello", ["a.txt"] = "<html>", ["b.txt"] = " \n<svg",
      ["c.txt"] = "\xEF\xBB\xBF<!doctype", ["d.txt"] = "%PDF-1.7", ["e.txt"] = "\x1A\x45\xDF\xA3matroska",
      ["f.mov"] = "\0\0\0\x14ftypqt  ",
    } do
      assert.is_nil(type_of(bytes, name), name)
    end
  end)

  it("are looked at where the name is a likely one, and the file has any", function()
    assert.is_true(magic.is_likely("Été.JPG", 5))
    assert.is_true(magic.is_likely("a.b.txt", 1))
    for _, name in ipairs { "x.svg", "x.html", "x.pdf", "x.js", "x.exe", "x", ".txt.exe" } do
      assert.is_false(magic.is_likely(name, 5), name)
    end
    assert.is_false(magic.is_likely("a.jpg", 0))
  end)
end)
