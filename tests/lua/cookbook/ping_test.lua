local test = ...

test("answers pong", function(fake)
  local reply = fake:request("GET /ping", { on = "public" })
  assert(reply.status == 200 and reply.body == "pong\n")
end)
