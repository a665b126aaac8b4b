-- Notify, through the loader and the events: to a server on loopback that speaks HTTP, and to programs that stand for
-- sendmail and its like.
local catalog = require "btshare.catalog"
local events = require "btshare.events"
local helper = require "helper"
local host = require "core.host"
local i18n = require "btshare.i18n"
local json = require "core.json"
local listeners = require "btshare.http.listeners"
local log = require "btshare.log"
local mail_server = require "mail_server"
local plugin = require "btshare.plugin"
local reply = require "btshare.http.reply"
local process = require "support.process"
local task = require "btshare.task"
local text = require "btshare.plugin_services.text"
local uv = require "luv"

describe("notify", function()
  local folder, bus, manager, listener, url, got, status, now, logged

  before_each(function()
    folder, got, status, now, logged = helper.folder(), {}, 200, 1700000000, {}
    log.set_writer(function(level, line) logged[#logged + 1] = level .. " " .. line end)
    listener = listeners.new(log, {})
    local socket = assert(listener:open { address = "127.0.0.1", port = 0 })
    url = ("http://127.0.0.1:%d"):format(socket.port)
    listener.router:add("POST /:name", function(request)
      got[#got + 1] = request
      return reply.text(status, "")
    end, { body_limit = 1000000 })
    bus = events.new(catalog)
    manager = plugin.manager {
      events = bus, folders = { host.data .. "/plugins" }, now = function() return now end,
      services = { text = text.make() },
    }
  end)

  after_each(function()
    manager:close()
    listener:close()
    log.set_writer(nil)
    helper.remove(folder)
  end)

  local function script(name, body)
    local path = folder .. "/" .. name
    helper.write(path, "#!/bin/sh\n" .. body)
    uv.fs_chmod(path, 448) -- 0700
    return path
  end

  local function finished(name, who)
    bus:tell("recipient-finished", { share = { name = name, link = "http://secret/s/1" }, who = who or "Marie" })
  end

  local function wait(count, seconds)
    helper.wait_for(function() return #got >= count end, seconds or 5, count .. " requests")
  end

  -- Long enough for whatever is due to be sent.
  local function settle()
    local enough = uv.hrtime() + 2.3e9
    helper.wait_for(function() return uv.hrtime() > enough end, 5)
  end

  it("posts JSON to a webhook, with its token, and no more of an event than its text", function()
    assert(manager:load("notify", { webhook = url .. "/hook", token = "s3cret" }))
    finished("film.bin")
    wait(1)
    local request = got[1]
    assert.equal("application/json", request.headers["content-type"])
    assert.equal("Bearer s3cret", request.headers.authorization)
    local body = json.decode(request.body)
    assert.same({ "btshare", "Marie has got film.bin", "Marie has got film.bin", 1 },
      { body.source, body.title, body.text, body.count })
    assert.same({ { event = "recipient-finished", text = "Marie has got film.bin", time = now } },
      { { event = body.events[1].event, text = body.events[1].text, time = body.events[1].time } })
    assert.is_nil(request.body:find("secret", 1, true))
  end)

  it("lets nobody see what whoever knows it could use", function()
    assert.same({ webhook = true, ntfy = true, token = true, password = true },
      manager:secret_options("notify", { webhook = url .. "/hook" }))
  end)

  it("gives all of an event where that is asked for", function()
    assert(manager:load("notify", { webhook = url .. "/hook", details = true }))
    finished("film.bin")
    wait(1)
    assert.equal("http://secret/s/1", json.decode(got[1].body).events[1].details.share.link)
  end)

  it("posts text to ntfy, of the events that were chosen, in the owner's words", function()
    assert(manager:load("notify", { ntfy = url .. "/topic", on = { "share-failed" },
      texts = { ["share-failed"] = "{share.name} geht nicht: {reason} {none}{share}" } }))
    finished("film.bin")
    bus:tell("share-failed", { share = { name = "a {reason} b\n" }, reason = "weg" })
    wait(1)
    assert.equal("/topic", "/" .. got[1].segments[1])
    assert.equal("BTshare", got[1].headers.title)
    assert.equal("a {reason} b  geht nicht: weg ", got[1].body)
  end)

  it("tells in the owner's language, and counts in it", function()
    manager:close()
    manager = plugin.manager {
      events = bus, folders = { host.data .. "/plugins" }, now = function() return now end,
      services = { text = text.make(i18n.speaker "fr") },
    }
    assert(manager:load("notify", { webhook = url .. "/hook", on = { "recipient-finished" } }))
    for number = 1, 22 do finished("a: b " .. number) end
    wait(1)
    local body = json.decode(got[1].body)
    assert.equal("BTshare\u{A0}: 22 événements", body.title)
    assert.matches("^Marie a reçu a: b 1 en entier\n", body.text)
    assert.matches("\n… et 2 de plus$", body.text)
  end)

  it("sends one message for a thousand events, and the next only after a while", function()
    assert(manager:load("notify", { ntfy = url .. "/topic", collect = "1m" }))
    for number = 1, 1000 do finished("file " .. number) end
    wait(1)
    local lines = select(2, got[1].body:gsub("\n", "\n")) + 1
    assert.equal(21, lines)
    assert.matches("^Marie has got file 1\n", got[1].body)
    assert.matches("\n… and 980 more$", got[1].body)
    finished("late")
    settle()
    assert.equal(1, #got)
    now = now + 61
    wait(2)
    assert.equal("Marie has got late", got[2].body)
  end)

  it("sends no more in an hour than it may", function()
    assert(manager:load("notify", { ntfy = url .. "/topic", collect = "1s", hourly = 2 }))
    for number = 1, 2 do
      finished("file " .. number)
      helper.wait_for(function()
        now = now + 1 -- some minutes in all
        return #got >= number
      end, 5, "a message")
    end
    finished "file 3"
    now = now + 600
    settle()
    assert.equal(2, #got)
    now = now + 3000
    wait(3)
  end)

  it("tries again, later and later, with what has come meanwhile", function()
    status = 503
    assert(manager:load("notify", { ntfy = url .. "/topic" }))
    finished "one"
    wait(1)
    finished "two"
    settle()
    assert.equal(1, #got)
    now = now + 10
    wait(2)
    assert.equal("Marie has got one\nMarie has got two", got[2].body)
    settle() -- until it knows the answer
    now = now + 50
    settle()
    assert.equal(2, #got)
    status, now = 200, now + 10
    wait(3)
    assert.equal(got[2].body, got[3].body)
    now = now + 60
    settle()
    assert.equal(3, #got)
  end)

  it("gives up what can never be taken, and says so", function()
    status = 404
    assert(manager:load("notify", { ntfy = url .. "/topic" }))
    finished "one"
    helper.wait_for(function()
      return table.concat(logged, "\n"):find("warning.*ntfy: answered with status 404; 1 lost")
    end, 5, "the warning")
    status, now = 200, now + 60
    finished "two"
    wait(2)
    assert.equal("Marie has got two", got[2].body)
  end)

  it("mails through sendmail, whatever names are made of", function()
    local sendmail = script("sendmail", ([[
printf '%%s\n' "$@" > %s/arguments
cat > %s/mail.part
mv %s/mail.part %s/mail
]]):format(folder, folder, folder, folder))
    assert(manager:load("notify", { mail = "me@example.org", from = "btshare@example.org", sendmail = sendmail }))
    finished("Été\r\nBcc: all@example.org $(touch " .. folder .. "/CANARY)", "d’un")
    helper.wait_for(function() return uv.fs_stat(folder .. "/mail") end, 5, "the mail")
    assert.equal("-i\n--\nme@example.org\n", helper.read(folder .. "/arguments"))
    assert.is_nil(uv.fs_stat(folder .. "/CANARY"))
    local parsed = process.run { "/usr/bin/python3", "-c", [[
import email, email.policy, json, sys
with open(sys.argv[1], "rb") as file: m = email.message_from_binary_file(file, policy=email.policy.default)
print(json.dumps({"to": m["to"], "from": m["from"], "subject": m["subject"], "names": sorted(m.keys()),
  "type": m.get_content_type(), "text": m.get_content(), "defects": len(m.defects)}))
]], folder .. "/mail" }
    local seen = json.decode(parsed)
    local expected = "d’un has got Été Bcc: all@example.org $(touch " .. folder .. "/CANARY)"
    assert.same({ expected, expected, "me@example.org", "btshare@example.org", "text/plain", 0 },
      { seen.subject, seen.text, seen.to, seen.from, seen.type, seen.defects })
    assert.equal("Auto-Submitted Content-Transfer-Encoding Content-Type Date From MIME-Version Message-ID Subject To",
      table.concat(seen.names, " "))
  end)

  it("mails through a mail server, which it tells who it is", function()
    local server = mail_server.open("paul", "s3cret")
    assert(manager:load("notify", { mail = "me@example.org", smtp = server.url, user = "paul", password = "s3cret" }))
    finished "film.bin"
    helper.wait_for(function() return #server.mails == 1 end, 10, "the mail")
    server:close()
    assert.same({ "me@example.org", "me@example.org", "paul" },
      { server.mails[1].to, server.mails[1].from, server.mails[1].user })
    assert.matches("\r\nSubject: Marie has got film.bin\r\n", server.mails[1].data)
  end)

  it("tries a mail again that its server did not take, but not one that it never will", function()
    local server = mail_server.open()
    server.replies.RCPT = "450 later"
    assert(manager:load("notify", { mail = "me@example.org", smtp = server.url }))
    finished "one"
    helper.wait_for(function()
      return table.concat(logged, "\n"):find("mail: mail: .*450.*; tried again later")
    end, 10, "the warning")
    server.replies.RCPT, now = "550 nobody", now + 10
    helper.wait_for(function() return table.concat(logged, "\n"):find("mail: mail: .*550.*; 1 lost") end, 10, "the end")
    server.replies.RCPT, now = nil, now + 60
    finished "two"
    helper.wait_for(function() return #server.mails == 1 end, 10, "the mail")
    server:close()
    assert.matches("\r\nSubject: Marie has got two\r\n", server.mails[1].data)
  end)

  it("runs a program with values as arguments and environment, through no shell", function()
    local program = script("tell", ([[
printf '%%s|' "$@" "$BTSHARE_EVENT" "$BTSHARE_COUNT" "$BTSHARE_TEXT" > %s/told.part
cat >> %s/told.part
mv %s/told.part %s/told
]]):format(folder, folder, folder, folder))
    assert(manager:load("notify", { program = { program, "--say={text}", "{count}" } }))
    finished("`id` $HOME; \"x\" {text}")
    helper.wait_for(function() return uv.fs_stat(folder .. "/told") end, 5, "the program")
    local told, said = helper.read(folder .. "/told"), "Marie has got `id` $HOME; \"x\" {text}"
    assert.equal(("--say=%s|1|recipient-finished|1|%s|"):format(said, said), told:match("^(.*|){"))
    assert.equal(said, json.decode(told:match("|({.*)$")).text)
  end)

  it("tries a program again that failed, and goes on with the other ways", function()
    local program = script("fails", "echo broken >&2; echo x >> " .. folder .. "/runs; exit 3\n")
    assert(manager:load("notify", { program = { program }, ntfy = url .. "/topic" }))
    finished "one"
    wait(1)
    helper.wait_for(function()
      return table.concat(logged, "\n"):find("program: .*fails ended with 3: broken.*; tried again later")
    end, 5, "the warning")
    now = now + 10
    helper.wait_for(function() return helper.read(folder .. "/runs") == "x\nx\n" end, 5, "the second run")
    assert.equal(1, #got)
  end)

  it("holds up nobody while a program takes its time", function()
    local began, go = folder .. "/began", folder .. "/go"
    local program = script("slow", ("touch %s; until [ -e %s ]; do sleep 0.1; done\n"):format(began, go))
    assert(manager:load("notify", { program = { program } }))
    finished "one"
    helper.wait_for(function() return uv.fs_stat(began) end, 5, "its beginning")
    helper.write(go, "") -- it ends no earlier: who waited for it would never come here
  end)

  it("shows the console of what it tells and how, and no address", function()
    local function rows()
      local data
      task.spawn(function() data = assert(manager:panel_data("notify", "told-by-this-plugin", {})) end)
      return data.rows
    end
    assert(manager:load("notify", { ntfy = url .. "/topic", desktop = false, webhook = url .. "/hook", hourly = 7 }))
    assert.same({
      { "events", "recipient-finished, download-finished, share-failed" }, { "ntfy", "nothing told yet" },
      { "webhook", "nothing told yet" }, { "at most", "7 messages an hour by each way" },
    }, rows())
    finished "one"
    for _, way in ipairs { 2, 3 } do
      helper.wait_for(function() return rows()[way][2]:find("^last told %d%d%d%d%-") end, 5, "the message")
    end
    assert.is_nil(json.encode(rows()):find("127.0.0.1", 1, true))
    status = 503
    finished "two"
    now = now + 60
    local wanted = "waiting: 1, tries that failed: 1"
    helper.wait_for(function() return rows()[3][2]:find(wanted, 1, true) end, 5, "the failure")
  end)

  for what, options in pairs {
    ["nobody would be told"] = {},
    ["nothing would be told: on wants events"] = { desktop = true, on = {} },
    ["option 'program' is empty: it wants the name of a program"] = { program = {} },
    ["event 'recipient%-finishd' is unknown, did you mean 'recipient%-finished'"] =
      { desktop = true, on = { "recipient-finishd" } },
    ["option 'mail' must be a mail address"] = { mail = "me@example.org\nBcc: x@y" },
    ["option 'smtp' must be a mail server"] = { mail = "me@example.org", smtp = "smtp://paul:secret@mail" },
    ["user and password belong together"] = { mail = "me@example.org", smtp = "smtp://mail", user = "paul" },
    ["option 'texts' must be a table in which each value has a name"] = { desktop = true, texts = { "x" } },
    ["option 'collect' must be from \"1s\" to \"1d\""] = { desktop = true, collect = 0 },
  } do
    it("refuses what would not be what was meant: " .. what, function()
      local loaded, message = manager:load("notify", options)
      assert.is_nil(loaded)
      assert.matches(what, message)
    end)
  end
end)
