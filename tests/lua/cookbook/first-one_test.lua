local test = ...

test("tells of the first one of a share, once, also after a restart", function(fake)
  local film, book = fake:share { name = "film.mkv" }, fake:share { name = "book.pdf" }
  fake:tell("recipient-finished", { share = film, who = "Marie" })
  fake:tell("recipient-finished", { share = film, who = "Jonas" })
  assert(#fake.runs == 1)
  assert(table.concat(fake.runs[1], "|") == "notify-send|BTshare|Marie has all of film.mkv")
  fake:reload()
  fake:tell("recipient-finished", { share = film, who = "Ana" })
  assert(#fake.runs == 1)
  fake:tell("recipient-finished", { share = book, who = "Ana" })
  assert(#fake.runs == 2)
end)

test("says in the log where there is no desktop", function(fake)
  fake:on_run(function() return nil, "notify-send: there is no such program", "missing" end)
  fake:tell("recipient-finished")
  assert(fake:logged("no notice: notify-send: there is no such program", "warning"))
end)
