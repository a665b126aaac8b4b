local test = ...

test("keeps ranges out", function(fake)
  fake:load { ranges = { "203.0.113.0/24", "198.51.100.7" } }
  for _, address in ipairs { "203.0.113.1", "203.0.113.255", "198.51.100.7", "::ffff:203.0.113.9" } do
    assert(not fake:ask("share-open", { address = address }), address)
  end
  for _, address in ipairs { "203.0.114.1", "198.51.100.8", "192.0.2.1", "2001:db8::1" } do
    assert(fake:ask("share-open", { address = address }), address)
  end
end)

test("says what is no range", function(fake)
  local loaded, message = fake:load { ranges = { "here/24" } }
  assert(not loaded)
  assert(message:find("'here/24' is no range such as 203.0.113.0/24", 1, true))
end)
