local test = ...

test("counts by share, and begins anew with the button and the day", function(fake)
  local film, book = fake:share { name = "film.mkv" }, fake:share { name = "book.pdf" }
  local function rows() return fake:panel("Pages opened today").rows end
  fake:tell("page-viewed", { share = book })
  for _ = 1, 2 do fake:tell("page-viewed", { share = film }) end
  assert(#rows() == 2)
  assert(rows()[1][1] == "film.mkv" and rows()[1][2] == 2)
  assert(rows()[2][1] == "book.pdf" and rows()[2][2] == 1)
  assert(fake:press("Pages opened today", "clear"))
  assert(#rows() == 0)
  fake:tell("page-viewed", { share = film })
  assert(#rows() == 1)
  fake:at "00:01"
  assert(#rows() == 0)
end)
