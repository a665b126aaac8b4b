local test = ...
local json = require "btshare.json"

local options = { url = "https://chat.example/hooks/abc" }

test("posts a new share's magnet, and not again after a restart", function(fake)
  fake:load(options)
  local share = fake:add { name = "film.mkv" }
  assert(#fake.fetches == 1)
  assert(json.decode(fake.fetches[1].body).text == "film.mkv: " .. share.magnet)
  fake:tell("share-ready", { share = share, from_restore = true })
  fake:tell("share-ready", { share = fake:share { exposure = "private" } })
  assert(#fake.fetches == 1)
end)

test("tries three times, a minute apart", function(fake)
  fake:load(options)
  fake:on_fetch(function() return nil, "chat.example: cannot be reached", "failed" end)
  fake:add()
  assert(#fake.fetches == 1)
  fake:advance "1m"
  assert(#fake.fetches == 2)
  fake:advance "1h"
  assert(#fake.fetches == 3)
  assert(fake:logged("try 3: chat.example: cannot be reached", "warning"))
end)
