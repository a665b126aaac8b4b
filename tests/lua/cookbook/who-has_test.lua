local test = ...

test("lists who has it", function(fake)
  local share = fake:share { name = "Holiday 2024" }
  for _, who in ipairs { "Marie", "Jonas" } do fake:tell("recipient-finished", { share = share, who = who }) end
  assert(fake:command("finished", "holiday") == "Holiday 2024: Marie, Jonas")
  local output, message, code = fake:command("finished", "film")
  assert(not output and message == "film: nobody has it yet" and code == "missing")
  assert(select(3, fake:command "finished") == "invalid")
end)
