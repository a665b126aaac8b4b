local test = ...

test("pauses while the program says so", function(fake)
  local status = 0
  fake:on_run(function(command)
    assert(command[1] == "on_ac_power")
    return { status = status }
  end)
  fake:advance "1m"
  assert(#fake.restrictions == 0)
  status = 1
  fake:advance "2m"
  assert(#fake.restrictions == 1 and fake.restrictions[1].pause)
  status = 0
  fake:advance "1m"
  assert(#fake.restrictions == 0)
  assert(fake:logged "pausing" and fake:logged "going on")
end)

test("ends its pause when it goes", function(fake)
  fake:load { program = { "metered", "--now" }, status = 5, every = "10s" }
  fake:on_run(function(command) return { status = command[2] == "--now" and 5 or 0 } end)
  fake:advance "10s"
  assert(#fake.restrictions == 1)
  fake:unload()
  assert(#fake.restrictions == 0)
end)
