local test = ...

test("counts, also over a restart", function(fake)
  local function note() return select(4, fake:ask "page-show").note end
  assert(note() == "You are the first visitor.")
  for _ = 1, 3 do fake:tell "page-viewed" end
  assert(note() == "You are visitor number 4.")
  fake:reload()
  assert(note() == "You are visitor number 4.")
  fake:tell "page-viewed"
  assert(note() == "You are visitor number 5.")
end)
