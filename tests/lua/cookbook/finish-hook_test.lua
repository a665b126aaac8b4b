local test = ...
local json = require "btshare.json"

test("posts who has what", function(fake)
  fake:load { url = "https://hooks.example/btshare", token = "s3cret" }
  fake:tell("recipient-finished", { share = fake:share { name = "film.mkv" }, who = "Marie", link = "Marie" })
  local request = fake.fetches[1]
  assert(request.url == "https://hooks.example/btshare" and request.method == "POST")
  assert(request.headers.Authorization == "Bearer s3cret")
  local told = json.decode(request.body)
  assert(told.share == "film.mkv" and told.who == "Marie" and told.link == "Marie")
end)

test("says in the log what went wrong, without the secret", function(fake)
  fake:load { url = "https://hooks.example/btshare", token = "s3cret" }
  fake:on_fetch(function() return { status = 502 } end)
  fake:tell("recipient-finished")
  assert(fake:logged("the hook answered 502", "warning"))
  fake:on_fetch(function() return nil, "hooks.example: cannot be reached: s3cret", "failed" end)
  fake:tell("recipient-finished")
  assert(fake:logged("the hook was not reached: hooks.example: cannot be reached", "warning"))
  assert(not fake:logged "s3cret")
end)
