local test = ...

test("opens public shares at night only", function(fake)
  fake:load { from = 23, to = 7 }
  local public, other = fake:share { exposure = "public" }, fake:share()
  local allowed, reason = fake:ask("share-open", { share = public })
  assert(not allowed)
  assert(reason == "open from 23 to 7 o'clock")
  assert(fake:ask("share-open", { share = other }))
  fake:at "23:00"
  assert(fake:ask("share-open", { share = public }))
  fake:at "06:59"
  assert(fake:ask("share-open", { share = public }))
  fake:at "07:00"
  assert(not fake:ask("share-open", { share = public }))
end)
