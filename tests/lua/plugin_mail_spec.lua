-- btshare.mail as plugins have it: what reaches a mail server, and each way in which it fails.
local helper = require "helper"
local mail_server = require "mail_server"
local plugin_bench = require "plugin_bench"
local process = require "support.process"

describe("btshare.mail", function()
  local bench, server

  before_each(function() bench = plugin_bench.open() end)
  after_each(function()
    process.stop_all()
    if server then server:close() end
    server = nil
    bench:close()
  end)

  local function letter(more)
    local made = { server = server.url, to = "me@example.org", subject = "Hello", text = "one\n.\ntwo" }
    for name, value in pairs(more or {}) do made[name] = value end
    return made
  end

  local function send(more)
    return bench:wait(bench:api("mail").send, letter(more))
  end

  it("hands a mail over, whole, from whom it says", function()
    server = mail_server.open()
    assert.same({ true }, { send { from = "btshare@example.org" } })
    local got = server.mails[1]
    assert.same({ "btshare@example.org", "me@example.org" }, { got.from, got.to })
    assert.matches("^From: btshare@example.org\r\nTo: me@example.org\r\nSubject: Hello\r\nDate: ", got.data)
    assert.matches("\r\nDate: Tue, 14 Nov 2023 22:13:20 %+0000\r\n", got.data)
    assert.matches("\r\nMessage%-ID: <%x+@example.org>\r\n", got.data)
    assert.matches("\r\n\r\nb25lCi4KdHdv\r?\n?$", got.data)
    assert.is_nil(got.data:gsub("\r\n", ""):find("[\r\n]"))
  end)

  it("is from whom it is for, where nobody is named", function()
    server = mail_server.open()
    assert(send())
    assert.equal("me@example.org", server.mails[1].from)
  end)

  it("says who it is to a server that asks, and takes its no for a no", function()
    server = mail_server.open("paul", "pass word")
    assert(send { user = "paul", password = "pass word" })
    assert.equal("paul", server.mails[1].user)
    local done, message, code = send { user = "paul", password = "wrong" }
    assert.same({ nil, "denied" }, { done, code })
    assert.is_nil(message:find("wrong", 1, true))
    assert.equal("denied", select(3, send()))
    assert.equal(1, #server.mails)
  end)

  it("tells what will pass from what will not", function()
    server = mail_server.open()
    for command, codes in pairs {
      RCPT = { ["550 nobody here"] = "denied", ["450 later"] = "failed" },
      MAIL = { ["553 not you"] = "denied", ["451 later"] = "failed" },
      END = { ["554 no"] = "denied", ["452 full"] = "failed" },
    } do
      for said, expected in pairs(codes) do
        server.replies = { [command] = said }
        local done, message, code = send()
        assert.same({ nil, expected }, { done, code }, said .. ": " .. tostring(message))
        assert.matches("^mail: ", message)
      end
    end
    assert.equal(0, #server.mails)
    local url = server.url
    server:close()
    assert.equal("missing", select(3, send { server = url }))
  end)

  it("waits for no goodbye", function()
    server = mail_server.open()
    server.replies.QUIT = ""
    assert(send { timeout = "9m" })
    assert.equal(1, #server.mails)
  end)

  it("takes no longer than its time", function()
    server = mail_server.open()
    server.serve = function() end
    assert.equal("busy", select(3, send { timeout = "0.3s" }))
  end)

  it("sends nothing in the clear to another machine", function()
    server = mail_server.open("paul", "secret")
    -- What is not loopback by its name: it leads here all the same.
    local done, _, code = send { server = "smtp://0.0.0.0:" .. server.port, user = "paul", password = "secret" }
    assert.same({ nil, "denied" }, { done, code })
    assert.equal(0, #server.mails)
    assert.is_nil(table.concat(server.lines, "\n"):find("AUTH", 1, true))
  end)

  it("shows nothing to a server that nobody vouches for", function()
    server = mail_server.open()
    local folder = helper.folder()
    process.run { "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder .. "/key", "-out",
      folder .. "/cert", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1" }
    local tls = process.start { "openssl", "s_server", "-accept", "127.0.0.1:0", "-key", folder .. "/key",
      "-cert", folder .. "/cert", "-naccept", "1" }
    local port
    helper.wait_for(function()
      port = port or tls.output:match("ACCEPT 127%.0%.0%.1:(%d+)")
      return port
    end, 10, "the server")
    local done, _, code = send { server = "smtps://127.0.0.1:" .. port, user = "paul", password = "secret" }
    assert.same({ nil, "denied" }, { done, code })
    assert.is_nil(tls.output:find("secret", 1, true))
    helper.remove(folder)
  end)

  it("is told its misuses with the line of the plugin", function()
    for text, expected in pairs {
      ["mail.send 'x'"] = "x.lua:5: mail.send: a table is wanted$",
      ["mail.send { server = 'http://x', to = 'a@b', subject = '', text = '' }"] =
        "x.lua:5: mail.send: its 'server' must be a mail server such as",
      ["mail.send { server = 'smtp://u:p@x', to = 'a@b', subject = '', text = '' }"] = "its 'server' must be",
      ["mail.send { server = 'smtp://x', to = 'a@b\\n', subject = '', text = '' }"] = "its 'to' must be a mail address",
      ["mail.send { server = 'smtp://x', to = 'a@b', subject = '', text = '', user = 'a\\nb' }"] =
        "its 'user' must be a text in one line",
      ["mail.send { server = 'smtp://x', to = 'a@b', subject = '', text = '', user = 'a' }"] =
        "its 'password' must be given with its 'user'",
    } do
      local _, message = bench:load("x", "local mail = require 'btshare.mail'\n\n" .. text)
      assert.matches(expected, message)
    end
  end)
end)
