-- The API over the real control socket: every route answers as its own schema says, and refuses what does not fit.
local check = require "btshare.api.check"
local client = require "btshare.http.client"
local helper = require "helper"
local json = require "core.json"
local place_module = require "place"
local public = require "http_client"
local uv = require "luv"

local plugin_text = [[
-- Shows panels.
local plugin = ...
plugin:log("info", "counts")
plugin:panel { slot = "nav", kind = "stats", title = "Numbers", data = function()
  return { { label = "Files", value = 3 }, { label = "Sent", value = 1.5, unit = "bytes" } }
end }
plugin:panel { slot = "nav", kind = "table", title = "List", data = function()
  return { columns = { "Who", "How much" }, rows = { { "Marie", 3 }, { "Paul", 4 } } }
end }
plugin:panel { slot = "nav", kind = "html", title = "Words", data = function()
  return "<ul><li>one<li><a href='https://example.org/'>two</a><br></ul>"
end }
]]

describe("the API", function()
  local place, daemon, socket, share, box, document

  local function ask(method, target, body, headers)
    local all = { Accept = "application/json" }
    if body then all["Content-Type"] = "application/json" end
    for name, value in pairs(headers or {}) do all[name] = value or nil end
    local answer = assert(client.fetch(socket, method, target, all, body))
    answer.json = (answer.headers["content-type"] or ""):find("json", 1, true) and json.decode(answer.body) or nil
    return answer
  end

  local function send(method, target, value, headers)
    return ask(method, target, json.encode(value), headers)
  end

  local function resolve(reference)
    return document.components.schemas[reference:match("([^/]+)$")]
  end

  local function start(options)
    daemon = place:start(options)
    socket = place.state .. "/control.sock"
  end

  local options = { config = 'name = "Paul"\ninbox = "~/Inbox"\nlimits { up = "5M" }\nplugin "panels"\n' }

  setup(function()
    place = place_module.open()
    for _, path in ipairs { "/config", "/config/btshare", "/config/btshare/plugins" } do
      uv.fs_mkdir(place.home .. path, 448)
    end
    helper.write(place.home .. "/config/btshare/plugins/panels.lua", plugin_text)
    assert(uv.fs_mkdir(place.share .. "/Vacances d'été", 493))
    for _, name in ipairs { "Plage.jpg", "Montagne.jpg" } do
      helper.write(place.share .. "/Vacances d'été/" .. name, name)
      place:age(place.share .. "/Vacances d'été/" .. name)
    end
    place:put("film.bin", ("x"):rep(70000))
    start(options)
    share = daemon:ready "Vacances d'été"
    daemon:ready "film.bin"
    document = ask("GET", "/api/v1/openapi.json").json
    box = ask("POST", "/api/v1/boxes", '{"title":"Photos","note":"All of them","for":3600}').json
  end)

  teardown(function()
    daemon:stop()
    assert.is_nil(daemon.process.errors:find("traceback"), daemon.process.errors)
    place:close()
  end)

  -- What stands for a name in a path, for which the route is then right.
  local function fill(path)
    if path:find("/downloads/{id}", 1, true) or path:find("/tokens/{id}", 1, true) then return nil end
    return (path:gsub("{(%w+)}", {
      id = path:find("/boxes/{id}", 1, true) and box.id or share.id, upload = "none", link = "default",
      name = "panels", panel = "numbers",
    }))
  end

  local function each_route(fn)
    local count = 0
    for path, operations in pairs(document.paths) do
      for method, operation in pairs(operations) do
        local target = fill(path)
        if target then
          fn(method:upper(), target, operation)
          count = count + 1
        end
      end
    end
    return count
  end

  it("describes itself with every route, each with a sentence and answers that are there", function()
    assert.equal("3.1.0", document.openapi)
    local count, ids = each_route(function(method, target, operation)
      assert.is_truthy(#operation.summary > 5, method .. " " .. target)
      assert.is_truthy(next(operation.responses))
    end), {}
    assert.is_true(count >= 20)
    for path, operations in pairs(document.paths) do
      for _, operation in pairs(operations) do
        assert.is_nil(ids[operation.operationId], operation.operationId)
        ids[operation.operationId] = true
        local named = {}
        for _, parameter in ipairs(operation.parameters or {}) do named[parameter.name] = parameter["in"] end
        for name in path:gmatch("{(%w+)}") do assert.equal("path", named[name], path) end
      end
    end
    local text = json.encode(document)
    for reference in text:gmatch('"$ref":"([^"]+)"') do assert.is_truthy(resolve(reference), reference) end
  end)

  local function required_query(operation)
    for _, parameter in ipairs(operation.parameters or {}) do
      if parameter["in"] == "query" and parameter.required then return ("?%s=0"):format(parameter.name) end
    end
    return ""
  end

  it("answers every GET as its schema says", function()
    local checked = 0
    each_route(function(method, target, operation)
      local content = operation.responses["200"] and operation.responses["200"].content or {}
      if method == "GET" and not content["text/event-stream"] and not target:find("/events$") then
        local answer = ask(method, target .. required_query(operation))
        assert.equal(200, answer.status, target .. ": " .. answer.body:sub(1, 200))
        local schema = content["application/json"] and content["application/json"].schema
        if schema then
          local fine, message = check.value(schema, answer.json, "answer", resolve)
          assert(fine ~= nil, target .. ": " .. tostring(message))
          checked = checked + 1
        end
      end
    end)
    assert.is_true(checked >= 10)
  end)

  -- Values that hardly any schema takes; which do not is asked of the schema itself.
  local hostile = {
    json.null, true, -1, 3.5, "", ("x"):rep(9000), "a\nb", json.array {}, {}, { x = { y = 1 } }, 1e300,
    json.array { json.array {} }, "; touch CANARY", "$(touch CANARY)", "../../etc/passwd",
  }

  local function bad_bodies(schema)
    local bodies = {}
    local function add(value)
      if check.value(schema, value, "body", resolve) == nil then bodies[#bodies + 1] = json.encode(value) end
    end
    for _, value in ipairs(hostile) do add(value) end
    add { nonsense = 1 }
    for name in pairs(schema.properties or {}) do
      for _, value in ipairs(hostile) do add { [name] = value } end
    end
    for _, text in ipairs { "", "{", '{"a":1,"a":2}', ("["):rep(5000), "\xff", "nul", '{"a":1}x' } do
      bodies[#bodies + 1] = text
    end
    return bodies
  end

  local function is_refusal(answer, what)
    assert(answer.status >= 400 and answer.status < 500, ("%s: answered %d: %s"):format(what, answer.status,
      answer.body:sub(1, 300)))
    local fine, message = check.value(document.components.schemas.Problem, answer.json or {}, "problem", resolve)
    assert(fine ~= nil or answer.headers["content-type"] == "text/plain", what .. ": " .. tostring(message))
  end

  it("refuses every body that does not fit, and never fails over one", function()
    local before, count = ask("GET", "/api/v1/settings").body, 0
    each_route(function(method, target, operation)
      local content = operation.requestBody and operation.requestBody.content["application/json"]
      for _, body in ipairs(content and bad_bodies(content.schema) or {}) do
        is_refusal(ask(method, target, body, body == "" and { ["Content-Type"] = "application/json" } or nil),
          ("%s %s %s"):format(method, target, body:sub(1, 80)))
        count = count + 1
      end
      if not operation.requestBody then
        is_refusal(ask(method, target, '{"x":1}'), method .. " " .. target .. " with a body")
      elseif content then
        is_refusal(ask(method, target, "{}", { ["Content-Type"] = "text/plain" }), target)
      end
    end)
    assert.is_true(count > 100, "only " .. count)
    assert.equal(before, ask("GET", "/api/v1/settings").body)
  end)

  it("refuses every query and path that does not fit", function()
    each_route(function(method, target, operation)
      is_refusal(ask(method, target .. "?nonsense=1"), method .. " " .. target)
      is_refusal(ask(method, target .. "?%ff=1"), method .. " " .. target)
      for _, parameter in ipairs(operation.parameters or {}) do
        if parameter["in"] == "query" then
          local schema = parameter.schema
          local values = { "%00", ("x"):rep(1500), "%ff" }
          if schema.type == "integer" or schema.enum then values[#values + 1] = "zzz" end
          if schema.minimum then values[#values + 1] = ("%d"):format(schema.minimum - 1) end
          for _, value in ipairs(values) do
            if not (schema.type == "string" and value:find("^x") and (schema.maxLength or 2000) >= 1500) then
              is_refusal(ask(method, ("%s?%s=%s"):format(target, parameter.name, value)), target .. " " .. value)
            end
          end
        end
      end
    end)
    for _, id in ipairs { "zzz", ("a"):rep(1000), "..%2f..%2fetc", "%ff", "a'--" } do
      is_refusal(ask("GET", "/api/v1/shares/" .. id), id)
      is_refusal(ask("GET", "/api/v1/shares/" .. id .. "/files"), id)
      is_refusal(ask("DELETE", "/api/v1/shares/" .. id), id)
    end
  end)

  it("lists shares as rows and as a whole, found by what is in them", function()
    local rows = ask("GET", "/api/v1/shares?view=row").json
    assert.equal(2, rows.total)
    assert.same({ all = 2, sending = 0, never = 2, attention = 0 }, rows.counts)
    assert.is_nil(rows.shares[1].magnet)
    assert.is_nil(rows.shares[1].recipients)
    local whole = ask("GET", "/api/v1/shares").json
    for index, one in ipairs(whole.shares) do
      for name, value in pairs(rows.shares[index]) do assert.same(value, one[name], name) end
      assert.equal(0, one.recipients)
    end
    local answer = ask("GET", "/api/v1/shares?sort=size&limit=1", nil, { Accept = "application/x-ndjson" })
    assert.equal("application/x-ndjson", answer.headers["content-type"])
    local following = answer.headers.link:match('^<(/api/v1/shares%?.*)>; rel="next"$')
    local second = ask("GET", following, nil, { Accept = "application/x-ndjson" })
    assert.is_nil(second.headers.link)
    for index, lines in ipairs { answer.body, second.body } do
      assert.equal(1, select(2, lines:gsub("\n", "")))
      assert.equal(({ "film.bin", "Vacances d'été" })[index], json.decode(lines).name)
    end
    for question, total in pairs {
      vacances = 1, ["%C3%89T%C3%89"] = 1, ete = 1, plage = 1, ["montagne%20vacances"] = 1, bin = 1,
      ["plage%20film"] = 0,
    } do
      assert.equal(total, ask("GET", "/api/v1/shares?q=" .. question).json.total, question)
    end
    local function names(query)
      local list = {}
      local shares = ask("GET", "/api/v1/shares?view=row&" .. query).json.shares
      for index, one in ipairs(shares) do list[index] = one.name end
      return list
    end
    assert.same({ "film.bin", "Vacances d'été" }, names "sort=size")
    assert.same({ "Vacances d'été", "film.bin" }, names "sort=size&order=down")
    assert.same({ "Vacances d'été" }, names "sort=name&offset=1")
    assert.same({ "film.bin" }, names "sort=name&limit=1")
    assert.same({}, names "filter=attention")
  end)

  it("lists the files of a share with addresses that work", function()
    local files = ask("GET", "/api/v1/shares/" .. share.id .. "/files").json
    assert.equal(2, files.total)
    assert.equal("Montagne.jpg", files.files[1].path)
    local port, path = files.files[1].link:match("^http://[^/]+:(%d+)(/.*)$")
    local response = public.get({ port = tonumber(port) }, path)
    assert.equal("Montagne.jpg", response.body)
    local second = ask("GET", "/api/v1/shares/" .. share.id .. "/files?offset=1&limit=5").json
    assert.equal(1, #second.files)
    assert.equal(2, second.files[1].number)
  end)

  it("says where the bytes are, and what is wrong in the language of whoever asks", function()
    local direct = ask("GET", "/api/v1/shares/" .. share.id).json.direct
    local port, path = direct:match("^http://[^/]+:(%d+)(/.*%.zip)$")
    assert.equal("PK", public.get({ port = tonumber(port) }, path).body:sub(1, 2))
    local french = { ["Accept-Language"] = "fr-CH, en;q=0.5" }
    local answer = send("POST", "/api/v1/downloads", { source = "nothing" }, french)
    assert.equal("source\u{A0}: doit être un magnet, un .torrent ou le lien d’un autre BTshare", answer.json.detail)
    assert.same({ 422, "invalid" }, { answer.status, answer.json.code })
    local german = ask("GET", "/api/v1/shares/ffffffffffffffff", nil, { ["Accept-Language"] = "de" })
    assert.equal("ffffffffffffffff: no such share", german.json.detail)
  end)

  it("lists a deep folder level by level", function()
    for _, folder in ipairs { "", "/disc 1", "/disc 1/art", "/disc 10" } do
      assert(uv.fs_mkdir(place.share .. "/Album" .. folder, 493))
    end
    for _, path in ipairs { "a.txt", "disc 1/one.flac", "disc 1/two.flac", "disc 1/art/front.png", "disc 10/x" } do
      place:put("Album/" .. path, path)
    end
    daemon:wait("share-ready", function(event) return event.share.name == "Album" and event.share.files == 5 end)
    local album
    for _, one in ipairs(ask("GET", "/api/v1/shares").json.shares) do album = one.name == "Album" and one or album end
    local function level(query)
      local answer = ask("GET", "/api/v1/shares/" .. album.id .. "/files?" .. query).json
      local names = {}
      for _, folder in ipairs(answer.folders) do
        names[#names + 1] = ("%s/ %d %d"):format(folder.path, folder.files, folder.size)
      end
      for _, file in ipairs(answer.files) do names[#names + 1] = file.path end
      return names, answer.total
    end
    local names, total = level "under="
    assert.same({ "disc 1/ 3 50", "disc 10/ 1 9", "a.txt" }, names)
    assert.equal(3, total)
    assert.same({ "disc 1/art/ 1 20", "disc 1/one.flac", "disc 1/two.flac" }, (level "under=disc%201"))
    assert.same({ "disc 1/one.flac" }, (level "under=disc%201&offset=1&limit=1"))
    assert.same({}, (level "under=disc"))
    assert.same({}, (level "under=../.."))
  end)

  it("changes only the version that was seen", function()
    local target = "/api/v1/shares/" .. share.id
    local etag = ask("GET", target).headers.etag
    assert.matches('^"r%d+"$', etag)
    local answer = ask("DELETE", target, nil, { ["If-Match"] = '"r999"' })
    assert.equal(412, answer.status)
    assert.equal(share.id, answer.json.current.id)
    answer = send("PATCH", target, { paused = true }, { ["If-Match"] = '"r999"' })
    assert.equal(412, answer.status)
    local settings = ask("GET", "/api/v1/settings")
    answer = send("PATCH", "/api/v1/settings", { ["limits.down"] = 1000000 }, { ["If-Match"] = '"r999"' })
    assert.equal(412, answer.status)
    answer = send("PATCH", "/api/v1/settings", { ["limits.down"] = 1000000 }, { ["If-Match"] = settings.headers.etag })
    assert.equal(200, answer.status, answer.body)
    assert.are_not.equal(settings.headers.etag, answer.headers.etag)
    send("PATCH", "/api/v1/settings", { ["limits.down"] = json.null })
  end)

  it("sets what can be set of a share, and tells the share as it is then", function()
    local target = "/api/v1/shares/" .. share.id
    local before = ask("GET", target).json
    local later = os.time() + 3600
    local now = send("PATCH", target, { paused = true, expires = later, up_limit = 50000, exposure = "private" }).json
    assert.same({ later, 50000, "private" }, { now.expires, now.limits.up, now.exposure })
    assert.equal(before.revision + 4, now.revision)
    assert.is_nil(now.listed)
    assert.is_true(send("PATCH", target, { listed = true }).json.listed)
    assert.is_nil(send("PATCH", target, { listed = json.null }).json.listed)
    now = send("PATCH", target, {
      web_seed = "off", trackers = { "udp://tracker.example:1337/announce" }, format = "hybrid",
    }).json
    assert.same({ web_seed = "off", trackers = { "udp://tracker.example:1337/announce" }, format = "hybrid" },
      now.chosen)
    assert.same({ web_seed = "off", listed = false, format = "hybrid" }, now.effective)
    local refused = send("PATCH", target, { trackers = { "http://127.0.0.1/announce" } })
    assert.same({ 400, "body.trackers" }, { refused.status, refused.json.member })
    now = send("PATCH", target, { web_seed = json.null, trackers = json.array {}, format = json.null }).json
    assert.same({}, now.chosen)
    assert.same({ web_seed = "auto", listed = false, format = "v1" }, now.effective)
    now = send("PATCH", target, { paused = false, expires = json.null, up_limit = json.null, exposure = "link" }).json
    assert.is_nil(now.expires)
    assert.is_nil(now.limits.up)
    assert.equal(before.link, now.link)
    helper.wait_for(function() return ask("GET", target).json.state == "ready" end, 60, "the share to be ready")
  end)

  it("makes a link once for one key", function()
    local target = "/api/v1/shares/" .. share.id .. "/links"
    local first = send("POST", target, { name = "Marie" }, { ["Idempotency-Key"] = "one" })
    assert.equal(201, first.status)
    local again = send("POST", target, { name = "Marie" }, { ["Idempotency-Key"] = "one" })
    assert.equal(201, again.status)
    assert.equal(first.body, again.body)
    assert.equal(409, send("POST", target, { name = "Marie" }).status)
    assert.equal(422, send("POST", target, { name = "Paul" }, { ["Idempotency-Key"] = "one" }).status)
    assert.equal(2, #ask("GET", target).json.links)
    assert.equal(200, ask("DELETE", target .. "/Marie").status)
  end)

  it("tells of plugins and gives the data of their panels", function()
    local plugins = ask("GET", "/api/v1/plugins").json.plugins
    local mine
    for _, one in ipairs(plugins) do mine = one.name == "panels" and one or mine end
    assert.equal("Shows panels.", mine.description)
    for _, one in ipairs(ask("GET", "/api/v1/plugins?language=fr").json.plugins) do
      local beginning = ({ expiry = "Expiration", panels = "Shows panels." })[one.name]
      if beginning then assert.equal(1, one.description:find(beginning, 1, true)) end
    end
    assert.same({ "numbers", "list" }, { mine.panels[1].id, mine.panels[2].id })
    local list = ask("GET", "/api/v1/plugins/panels/panels/list").json
    assert.same({ { "Marie", 3 }, { "Paul", 4 } }, list.rows)
    assert.equal(404, ask("GET", "/api/v1/plugins/panels/panels/other").status)
    local logged = ask("GET", "/api/v1/plugins/panels/log").json.log
    assert.same({ "info", "counts" }, { logged[1].level, logged[1].text })
    assert.is_true(math.abs(logged[1].time - os.time()) < 600)
    assert.equal(404, ask("GET", "/api/v1/plugins/nothing/log").status)
    assert.equal(200, ask("POST", "/api/v1/plugins/panels/reload").status)
    assert.equal(404, ask("POST", "/api/v1/plugins/nothing/reload").status)
  end)
end)
