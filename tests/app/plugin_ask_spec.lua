-- The plugin "ask" in the real program: who waits, who is let in, what stays closed until then.
local bencode = require "bencode_reader"
local client = require "http_client"
local console_module = require "console"
local public_routes = require "public_routes"

describe("the plugin ask", function()
  local console, share, path

  local function start(config)
    console = console_module.start { config = 'name = "Paul"\n' .. config }
    share = console.daemon:ready "film.txt"
    path = share.link:match("/s/.*$")
  end

  after_each(function()
    console.daemon:stop()
    assert.is_nil(console.daemon.process.errors:find("traceback"))
    console.place:close()
  end)

  local function get(target, more, from)
    return client.get({ port = console.public, from = from }, target, more or "")
  end

  local function command(...)
    local ended = console.place:run { "--state", console.place.state, ... }
    return ended.code, (ended.output:gsub("%s+$", "")), ended.errors
  end

  -- A browser that keeps its cookies.
  local function browser(from, language)
    local jar = {}
    return function(target)
      local kept = {}
      for name, value in pairs(jar) do kept[#kept + 1] = name .. "=" .. value end
      local cookie = kept[1] and "Cookie: " .. table.concat(kept, "; ") .. "\r\n" or ""
      local answer = get(target or path, ("Accept: text/html\r\nAccept-Language: %s\r\nUser-Agent: Mozilla/5.0 " ..
        "Firefox/140.0\r\n%s"):format(language or "en", cookie), from)
      local name, value = (answer.headers["set-cookie"] or ""):match("^([^=]+)=([^;]*)")
      if name then jar[name] = value end
      return answer, jar
    end
  end

  local function has(answer, text) return answer.body:find(text, 1, true) ~= nil end

  it("has a visitor wait at a page that opens by itself once they are let in", function()
    start 'plugin "ask" { for_all = true }'
    local visit = browser()
    local first = visit()
    assert.equal(200, first.status)
    assert.equal("1", first.headers.refresh)
    assert.matches("^btshare_visit_%x+=[%w_-]+; Path=" .. path:gsub("%p", "%%%0") .. "; .*HttpOnly; SameSite=Lax$",
      first.headers["set-cookie"])
    assert.is_false(has(first, "film"))
    assert.equal("", (select(2, command("asks")))) -- a preview of the link asks nobody
    local second = visit()
    assert.equal("5", second.headers.refresh)
    assert.is_true(has(second, "Paul was asked. This page opens by itself."))
    assert.is_false(has(second, "film"))
    assert.is_false(has(second, "<script"))
    visit()
    local _, listed = command("asks")
    assert.matches("^1  film.txt  127.0.0.1  Firefox  %d%d:%d%d$", listed)
    assert.matches("film.txt: 127.0.0.1 may come in", (select(2, command("allow", "1"))))
    local opened, jar = visit()
    assert.equal(303, opened.status)
    assert.equal(path, opened.headers.location)
    assert.is_true(has(visit(), "film.txt"))
    assert.equal("a film", visit(path .. "/f/1/film.txt").body)
    assert.equal("", (select(2, command("asks"))))
    -- The grant is one for this browser: nobody else is in, and it opens the swarm, too.
    assert.is_true(has(browser()(), "One moment, please"))
    local grant
    for name, value in pairs(jar) do grant = name:find("^btshare_grant_") and value or grant end
    local torrent = get(path .. "/torrent", ("Cookie: btshare_grant_%s=%s\r\n"):format(
      require("core.crypto").hex(require("core.crypto").sha256(path:match("[^/]+$"))):sub(1, 12), grant))
    assert.equal(200, torrent.status)
    assert.matches("/announce/[%w_-]+%.[%w_-]+$", bencode.decode(torrent.body).announce)
  end)

  it("keeps every other door closed until then", function()
    start 'plugin "ask" { for_all = true }'
    local announce = share.magnet:match "announce%%2F([%w_-]+)"
    assert.is_string(announce)
    for _, pattern in ipairs(public_routes.list()) do
      local method, target = pattern:match("^(%u+) (.*)$")
      target = target:gsub("/s/:token", path):gsub(":token", announce):gsub(":file", "1"):gsub(":[%w]+%*?", "x")
      for _, accept in ipairs { "*/*", "application/json", "application/x-bittorrent", "text/html" } do
        local answer = client.parse(client.exchange({ port = console.public }, ("%s %s HTTP/1.1\r\n" ..
          "Host: localhost\r\nConnection: close\r\nContent-Length: 0\r\nAccept: %s\r\n\r\n")
          :format(method, target, accept), 20))
        local is_page = target == path and accept == "text/html"
        local is_announce = target:find("^/announce") or target:find("^/scrape")
        assert.is_true(is_page and answer.status == 200 or answer.status == 403 or answer.status == 404
          or is_announce and has(answer, "failure reason"), pattern .. " " .. accept .. ": " .. answer.status)
        assert.is_false(has(answer, "a film"), pattern)
        assert.is_false(has(answer, "film.txt"), pattern)
        assert.is_false(has(answer, "urn:btih"), pattern)
      end
    end
    assert.equal(403, get(path, "Accept: application/json\r\n").status)
    assert.is_true(has(get(path, "Accept: application/json\r\n"), '"code":"asked"'))
    assert.is_true(has(get(path, "Accept: */*\r\nUser-Agent: curl/8\r\n"), "Open the link in a browser"))
  end)

  it("turns away whom the owner refuses, and lets only so many wait", function()
    start 'plugin "ask" {}'
    assert.equal(200, get(path, "Accept: application/json\r\n").status)
    assert.equal(0, (command("ask", "film.txt")))
    local visit = browser(nil, "fr")
    visit()
    assert.is_true(has(visit(), "Paul a reçu votre demande."))
    assert.equal(0, (command("refuse", "1")))
    local answer = visit()
    assert.equal(403, answer.status)
    assert.is_true(has(answer, "Vous n’avez pas été admis."))
    assert.equal(3, (command("allow", "1")))
    for _ = 1, 5 do
      local other = browser "127.0.0.2"
      other()
      assert.is_true(has(other(), "Paul was asked."))
    end
    local sixth = browser "127.0.0.2"
    sixth()
    assert.equal(503, sixth().status)
    local elsewhere = browser "127.0.0.3"
    elsewhere()
    assert.equal(200, elsewhere().status)
    assert.equal(0, (command("ask", "--off", "film.txt")))
    assert.is_true(has(elsewhere(), "film.txt"))
    assert.equal("", (select(2, command("asks"))))
    assert.equal(2, (command("ask")))
    assert.equal(3, (command("ask", "nothing")))
  end)

  it("shows the owner in the console who asks, and takes the answer there", function()
    start 'plugin "ask" {}'
    local headers = { Authorization = "Bearer " .. console:token("asks", "--scope", "read,admin") }
    local function at(panel, more)
      return ("/api/v1/plugins/ask/panels/%s%s?share=%s"):format(panel, more or "", share.id)
    end
    assert.equal(200, console:ask("POST", at "ask-me-first", headers, { values = { ask = true } }).status)
    assert.equal("You are asked first.", console:ask("GET", at "ask-me-first", headers).json.summary)
    assert.is_true(console:ask("GET", at "asks", headers).json.hidden)
    local visit = browser()
    visit()
    visit()
    local notice = console:ask("GET", "/api/v1/status", headers).json.notices[1]
    assert.matches("^1 %d+$", notice.news)
    assert.same({ plugin = "ask", share = share.id, news = notice.news, text = {
      en = "film.txt: 127.0.0.1 asks to be let in.", fr = "film.txt\u{A0}: 127.0.0.1 demande à entrer.",
    }, action = {
      panel = "asks", name = "let_in", row = "1", title = { en = "Let in", fr = "Laisser entrer" },
    } }, notice)
    local shown = console:ask("GET", at "asks" .. "&language=fr", headers).json
    assert.same({ "Qui", "Avec", "Depuis", "Page" }, shown.columns)
    assert.equal("127.0.0.1", shown.rows[1][1])
    assert.equal("Laisser entrer", shown.actions[1].title)
    assert.is_true(shown.actions[1].each)
    assert.equal(404, console:ask("POST", at("asks", "/actions/let_in") .. "&row=77", headers).status)
    assert.equal(200, console:ask("POST", at("asks", "/actions/let_in") .. "&row=" .. shown.keys[1], headers).status)
    assert.same({}, console:ask("GET", "/api/v1/status", headers).json.notices)
    assert.equal(303, visit().status)
    -- Asked anew, whoever was in has to ask again.
    assert.is_true(has(visit(), "film.txt"))
    for _, is_on in ipairs { false, true } do
      console:ask("POST", at "ask-me-first", headers, { values = { ask = is_on } })
    end
    assert.is_true(has(visit(), "Paul was asked."))
  end)

  it("and the plugin password want both, one after the other", function()
    start 'plugin "ask" { for_all = true }\nplugin "password" { for_all = "motus" }'
    local visit = browser()
    local function unlock(jar)
      local kept = {}
      for name, value in pairs(jar) do kept[#kept + 1] = name .. "=" .. value end
      local body = "password=motus"
      return client.parse(client.exchange({ port = console.public }, ("POST %s/open HTTP/1.1\r\n" ..
        "Host: localhost:%d\r\nConnection: close\r\nAccept: text/html\r\nOrigin: http://localhost:%d\r\n" ..
        "Cookie: %s\r\nContent-Length: %d\r\n\r\n%s")
        :format(path, console.public, console.public, table.concat(kept, "; "), #body, body), 20))
    end
    visit()
    visit()
    command("allow", "1")
    assert.equal(303, visit().status)
    local locked, jar = visit()
    assert.equal(401, locked.status)
    local name, value = unlock(jar).headers["set-cookie"]:match("^([^=]+)=([^;]*)")
    jar[name] = value
    assert.is_true(has(visit(), "film.txt"))
    -- The password alone is not enough, though somebody has come in with it; nor with it in every request.
    assert.is_true(has(browser()(), "One moment, please"))
    local basic = "Authorization: Basic " .. ("Om1vdHVz") .. "\r\n"
    assert.equal(403, get(path .. "/f/1/film.txt", basic).status)
    assert.equal("a film", get(path .. "/f/1/film.txt", basic .. ("Cookie: %s=%s\r\n"):format(name, value)).body)
    assert.equal(403, get(path .. "/f/1/film.txt", basic).status)
  end)
end)
