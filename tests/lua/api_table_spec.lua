-- The API's table: what it refuses before a handler is called, versions, repeats, and the document made of it.
local api_table = require "btshare.api.table"
local json = require "core.json"
local openapi = require "btshare.api.openapi"
local reply = require "btshare.http.reply"
local router_module = require "btshare.http.router"
local t = require "btshare.api.schema"
require "btshare.routes.api.shapes" -- defines Problem

describe("the API's table", function()
  local calls, router, routes, object, who

  local function send(method, target, headers, body)
    local path, query = target:match("^([^?]*)%??(.*)$")
    local segments = {}
    for segment in path:gmatch("[^/]+") do segments[#segments + 1] = segment end
    local handler, parameters = router:find(method, segments)
    local answer = handler({
      method = method, target = target, query = query, segments = segments, headers = headers or {}, body = body or "",
    }, parameters)
    return answer.status, answer.body and json.decode(answer.body) or nil, answer.headers
  end

  local function post(body, headers)
    headers = headers or {}
    headers["content-type"] = headers["content-type"] or "application/json"
    return send("POST", "/api/v1/things", headers, body)
  end

  before_each(function()
    calls, object = {}, { name = "x", revision = 3 }
    who = { kind = "token", id = "1", scopes = { read = true, share = true } }
    router, routes = router_module.new(), api_table.new({})
    local function note(answer)
      return function(call)
        calls[#calls + 1] = call
        return answer(call)
      end
    end
    routes:add {
      { "GET /api/v1/things", scope = "read", summary = "Lists.", answers = { [200] = t.object {} },
        query = { limit = t.optional(t.integer { min = 1, max = 5 }), deep = t.boolean { default = false } },
        handler = note(function() return reply.json(200, {}) end) },
      { "POST /api/v1/things", scope = "share", summary = "Makes.", answers = { [201] = t.object { n = t.integer() } },
        body = t.object { name = t.string { max = 5 } },
        handler = note(function(call)
          if call.body.name == "bad" then return reply.problem("busy", "later") end
          return reply.json(201, { n = #calls })
        end) },
      { "PATCH /api/v1/things/:id", scope = "share", summary = "Changes.", answers = { [200] = t.object {} },
        body = t.object({ name = t.optional(t.string()) }, { min = 1 }), parameters = { id = t.integer { min = 1 } },
        current = function() return object end,
        handler = note(function() return reply.json(200, object) end) },
      { "DELETE /api/v1/things/:id", scope = "admin", summary = "Ends.", answers = { [204] = true },
        handler = note(function() return reply.empty() end) },
    }
    routes:serve(router, function(call)
      call.who = who
      return true
    end)
  end)

  it("gives the handler what was sent, converted, and defaults for the rest", function()
    assert.equal(200, send("GET", "/api/v1/things?limit=3&deep=true"))
    assert.same({ limit = 3, deep = true }, calls[1].query)
    assert.equal(200, send("GET", "/api/v1/things"))
    assert.same({ deep = false }, calls[2].query)
    assert.equal(200, send("PATCH", "/api/v1/things/7", { ["content-type"] = "application/json" }, '{"name":"y"}'))
    assert.same({ id = 7 }, calls[3].parameters)
    assert.same({ name = "y" }, calls[3].body)
  end)

  it("refuses what does not fit, naming the member, and calls no handler", function()
    local refused = {
      { 400, "query.limit: must be at most 5", "GET", "/api/v1/things?limit=6" },
      { 400, "query.limit: must be a whole number", "GET", "/api/v1/things?limit=x" },
      { 400, "query.limit: is there twice", "GET", "/api/v1/things?limit=1&limit=2" },
      { 400, "query.limi: is unknown, did you mean 'limit'?", "GET", "/api/v1/things?limi=1" },
      { 400, "query.limit: must be UTF-8", "GET", "/api/v1/things?limit=%ff" },
      { 404, nil, "PATCH", "/api/v1/things/zero", '{"name":"x"}' },
      { 400, "body: nothing may be sent here", "GET", "/api/v1/things", "{}" },
      { 422, "body.name: must have at most 5 characters", "POST", "/api/v1/things", '{"name":"123456"}' },
      { 422, "body.nam: is unknown, did you mean 'name'?", "POST", "/api/v1/things", '{"name":"x","nam":1}' },
      { 422, "body: must have at least 1 member", "PATCH", "/api/v1/things/1", "{}" },
      { 422, "body: must be an object", "POST", "/api/v1/things", "[]" },
      { 400, nil, "POST", "/api/v1/things", '{"name":' },
      { 400, nil, "POST", "/api/v1/things", ("["):rep(1000) },
      { 400, nil, "POST", "/api/v1/things", "" },
    }
    for _, case in ipairs(refused) do
      local status, problem = send(case[3], case[4], { ["content-type"] = "application/json" }, case[5])
      assert.equal(case[1], status, case[4])
      assert.equal(status, problem.status)
      if case[2] then assert.equal(case[2], problem.detail) end
    end
    local status = send("POST", "/api/v1/things", { ["content-type"] = "text/plain" }, '{"name":"x"}')
    assert.equal(415, status)
    assert.equal(415, (send("POST", "/api/v1/things", {}, '{"name":"x"}')))
    assert.equal(403, (send("DELETE", "/api/v1/things/1")))
    assert.same({}, calls)
  end)

  it("is served only to whom the guard lets in", function()
    local closed = router_module.new()
    routes:serve(closed, function() return reply.problem(401, "log in first") end)
    router = closed
    assert.equal(401, (send("GET", "/api/v1/things")))
    assert.same({}, calls)
  end)

  it("changes a version that was named, or nothing", function()
    local function patch(match)
      return send("PATCH", "/api/v1/things/1", { ["content-type"] = "application/json", ["if-match"] = match },
        '{"name":"y"}')
    end
    local status, _, headers = patch('"r3"')
    assert.equal(200, status)
    assert.equal('"r3"', headers.ETag)
    local problem
    status, problem = patch('"r2"')
    assert.equal(412, status)
    assert.same(object, problem.current)
    assert.equal(200, (patch("*")))
    assert.equal(200, (patch(nil)))
    object = nil
    assert.equal(200, (patch('"r3"'))) -- the handler says what is missing
    assert.equal(4, #calls)
  end)

  it("creates once, however often the same is asked", function()
    local key = { ["idempotency-key"] = "abc" }
    local function again(body, more)
      local headers = { ["idempotency-key"] = "abc" }
      for name, value in pairs(more or {}) do headers[name] = value end
      return post(body, headers)
    end
    local _, first = post('{"name":"x"}', key)
    local status, second = again('{"name":"x"}')
    assert.equal(201, status)
    assert.same(first, second)
    assert.equal(1, #calls)
    assert.equal(422, (again('{"name":"y"}')))
    assert.equal(201, (again('{"name":"x"}', { ["idempotency-key"] = "other" })))
    who = { kind = "token", id = "2", scopes = { share = true } }
    assert.equal(201, (again('{"name":"x"}')))
    assert.equal(3, #calls)
    assert.equal(400, (again('{"name":"x"}', { ["idempotency-key"] = ("k"):rep(65) })))
  end)

  it("lets what failed be tried again with the same key", function()
    assert.equal(503, (post('{"name":"bad"}', { ["idempotency-key"] = "k" })))
    assert.equal(503, (post('{"name":"bad"}', { ["idempotency-key"] = "k" })))
    assert.equal(2, #calls)
  end)

  it("takes no route that says too little", function()
    local whole = { "GET /x", scope = "read", summary = "S.", answers = { [200] = true }, handler = print }
    for _, missing in ipairs { 1, "scope", "summary", "answers" } do
      local route = {}
      for name, value in pairs(whole) do route[name] = value end
      route[missing] = nil
      assert.has_error(function() routes:add { route } end)
    end
  end)

  it("is described for programs", function()
    local document = json.decode(json.encode(openapi.document(routes.routes, "1")))
    assert.equal("3.1.0", document.openapi)
    local things, thing = document.paths["/api/v1/things"], document.paths["/api/v1/things/{id}"]
    assert.same({ "deep", "limit" }, { things.get.parameters[1].name, things.get.parameters[2].name })
    assert.is_false(things.get.parameters[2].required)
    assert.equal("Idempotency-Key", things.post.parameters[1].name)
    assert.equal(5, things.post.requestBody.content["application/json"].schema.properties.name.maxLength)
    assert.same({ "id", "If-Match" }, { thing.patch.parameters[1].name, thing.patch.parameters[2].name })
    assert.is_truthy(document.components.schemas.Problem)
    assert.is_nil(thing.delete.responses["204"].content)
  end)
end)
