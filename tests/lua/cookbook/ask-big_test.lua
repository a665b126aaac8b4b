local test = ...

local small = "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a&xl=1000000"
local large = "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a&xl=9000000000"

test("lets small ones in, and large ones after the command", function(fake)
  fake:load { most = "2GB" }
  assert(fake:ask("download-add", { source = small }))
  local allowed, reason = fake:ask("download-add", { source = large })
  assert(not allowed)
  assert(reason == "this is 9.0 GB; say first: btshare big-download")
  assert(fake:command "big-download" == "The next large download may begin until 12:10.")
  assert(fake:ask("download-add", { source = large }))
  assert(not fake:ask("download-add", { source = large }))
  fake:command "big-download"
  fake:advance "11m"
  assert(not fake:ask("download-add", { source = large:gsub("&.*", "") }))
end)
