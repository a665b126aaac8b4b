local test = ...

test("refuses above the size, and says why", function(fake)
  fake:load { most = "4GB" }
  assert(fake:add { name = "small.iso", size = 4000000000 })
  local share, reason = fake:add { name = "large.iso", size = 4000000001 }
  assert(not share)
  assert(reason == "large.iso: larger than 4 GB")
end)
