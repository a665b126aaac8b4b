local test = ...

test("answers with all transfers, also after a restart", function(fake)
  fake:tell("transfer-finished", { share = fake:share { name = 'a, "b"' }, bytes = 1200 })
  fake:reload()
  fake:tell("transfer-finished", { share = fake:share { name = "=cmd()" }, bytes = 5, reason = "broken" })
  local reply = fake:request "GET /transfers.csv"
  assert(reply.headers["content-type"] == "text/csv; charset=utf-8")
  local lines = {}
  for line in reply.body:gmatch("[^\r\n]+") do lines[#lines + 1] = line end
  assert(#lines == 3)
  assert(lines[1] == "time,share,address,bytes,end")
  assert(lines[2]:find(',"a, ""b""",192.0.2.7,1200,done', 1, true))
  assert(lines[3]:find(",'=cmd(),192.0.2.7,5,broken", 1, true))
end)

test("keeps so many lines, and shows them to nobody else", function(fake)
  fake:load { most = 2 }
  for bytes = 1, 5 do fake:tell("transfer-finished", { bytes = bytes }) end
  local body = fake:request("GET /transfers.csv", { scope = "read" }).body
  assert(not body:find(",3,done", 1, true))
  assert(body:find(",4,done", 1, true) and body:find(",5,done", 1, true))
  assert(fake:request("GET /transfers.csv", { scope = false }).status == 401)
  assert(fake:request("GET /transfers.csv", { on = "public" }).status == 404)
end)
