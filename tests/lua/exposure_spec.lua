local exposure = require "btshare.exposure"

describe("exposure", function()
  it("says honestly, word for word, what each mode means", function()
    assert.same({
      link = "BTshare announces this nowhere public. Whoever has the link can download it and pass it on, and a "
        .. "recipient's torrent app may look it up in public. Peers and internet providers can see the transfer and "
        .. "the addresses; contents are checked, not encrypted.",
      private = "Only through this page and its .torrent file; torrent apps keep to our tracker. Peers and internet "
        .. "providers can see the transfer and the addresses.",
      public = "Anyone can find and copy this. Indexers list it within hours. Your IP address is visible.",
      http = "Only people with the link. Encrypted on the way only if the address starts with https.",
    }, exposure.sentences)
    assert.equal("Your torrent app may look this link up in the public DHT. Downloading here, or a share that is set "
      .. "to private, avoids that.", exposure.magnet_sentence)
  end)

  it("names foreign trackers for public shares only", function()
    local config = { trackers = { "udp://tracker.example:1337/announce" } }
    assert.same(config.trackers, exposure.trackers({ exposure = "public" }, config))
    for _, mode in ipairs { "link", "private", "http" } do
      assert.same({}, exposure.trackers({ exposure = mode, trackers = { "http://more.example/announce" } }, config))
    end
  end)

  it("names those that were chosen for a public share besides, each once", function()
    local config = { trackers = { "udp://tracker.example:1337/announce" } }
    assert.same({ "udp://tracker.example:1337/announce", "http://more.example/announce" }, exposure.trackers({
      exposure = "public", trackers = { "http://more.example/announce", "udp://tracker.example:1337/announce" },
    }, config))
    assert.same({ "http://more.example/announce" },
      exposure.trackers({ exposure = "public", trackers = { "http://more.example/announce" } }, {}))
  end)
end)
