local test = ...

test("ends a share when three different people have it", function(fake)
  local share, other = fake:share(), fake:share()
  for _, who in ipairs { "Marie", "Marie", "Jonas" } do
    fake:tell("recipient-finished", { share = share, who = who })
  end
  assert(share.state == "ready")
  fake:reload()
  fake:tell("recipient-finished", { share = share, who = "Ana" })
  assert(share.state == "expired")
  assert(other.state == "ready")
  assert(#fake:facts "share-expired" == 1)
end)
