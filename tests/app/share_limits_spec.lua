-- Limits of one share that plugins offer to the console: the password, and how often it may be downloaded.
local client = require "http_client"
local console_module = require "console"
local helper = require "helper"
local json = require "dkjson"

local odd = [[
plugin:panel { slot = "share.limits", title = { en = "Odd", fr = "Étrange" }, kind = "form",
  data = function(context)
    return { fields = { { name = "what", label = context.language, kind = "text", value = context.share } } }
  end,
  submit = function() return true end,
  actions = { go = { title = { en = "Go", fr = "Aller" }, fn = function() end } },
}
]]

describe("a limit of a share", function()
  local console, headers, share

  setup(function()
    console = console_module.start({
      config = 'plugin "password" {}\nplugin "quota" { share = { bytes = "1GB" } }\nplugin "odd"',
    }, { odd = odd })
    share = console.daemon:ready "film.txt"
    headers = { Authorization = "Bearer " .. console:token("limits", "--scope", "read,admin") }
  end)
  teardown(function()
    console.daemon:stop()
    assert.is_nil(console.daemon.process.errors:find("traceback"))
    console.place:close()
  end)

  local function target(plugin, panel, more)
    return ("/api/v1/plugins/%s/panels/%s?share=%s%s"):format(plugin, panel, share.id, more or "")
  end
  local function look(plugin, panel, more) return console:ask("GET", target(plugin, panel, more), headers).json end
  local function set(plugin, panel, values)
    return console:ask("POST", target(plugin, panel), headers, { values = values })
  end
  local function status() return client.get({ port = console.public }, share.link:match("/s/.*$"), "").status end

  it("is a password: set, changed and taken away, and never told", function()
    local before = look("password", "password")
    assert.equal("form", before.kind)
    assert.same({ name = "password", label = "Password", kind = "secret", is_set = false }, before.fields[1])
    assert.is_nil(before.summary)
    assert.equal(200, status())
    assert.equal(200, set("password", "password", { password = "open sesame" }).status)
    assert.equal(401, status())
    local locked = look("password", "password", "&language=fr")
    assert.is_true(locked.fields[1].is_set)
    assert.is_nil(locked.fields[1].value)
    assert.equal("Mot de passe", locked.fields[1].label)
    assert.equal("Mot de passe demandé.", locked.summary)
    assert.is_nil(console:stored():find("open sesame", 1, true))
    assert.equal(200, set("password", "password", { password = "" }).status)
    assert.equal(200, status())
  end)

  it("is a number of downloads in all, of which it says what is left", function()
    local function fetch()
      return client.get({ port = console.public }, share.link:match("/s/.*$") .. "/f/1/x", "").status
    end
    assert.is_nil(look("quota", "downloads").summary)
    for _, wrong in ipairs { 0, 1.5, -3 } do
      assert.equal(400, set("quota", "downloads", { downloads = wrong }).status, wrong)
    end
    assert.equal(422, set("quota", "downloads", { downloads = "ten" }).status)
    assert.equal(200, set("quota", "downloads", { downloads = 2 }).status)
    assert.equal("2 of 2 downloads left.", look("quota", "downloads").summary)
    assert.equal(2, look("quota", "downloads").fields[1].value)
    assert.equal(200, fetch())
    helper.wait_for(function() return look("quota", "downloads").summary == "1 of 2 downloads left." end, 20)
    assert.equal(200, fetch())
    helper.wait_for(function() return status() == 404 end, 20, "the end of it")
    assert.equal(200, set("quota", "downloads", { downloads = json.null }).status)
    assert.equal(200, status())
    assert.is_nil(look("quota", "downloads").summary)
    assert.matches("film.txt: 3 downloads in all", (console.daemon:command { "downloads", "film.txt", "3" }))
    assert.equal("Téléchargements restants : 1 sur 3.", look("quota", "downloads", "&language=fr").summary)
    assert.matches("film.txt: without a limit now", (console.daemon:command { "downloads", "film.txt", "none" }))
  end)

  it("is offered by any plugin, in the language of whoever looks", function()
    local shown = look("odd", "odd", "&language=fr")
    assert.same({ "Étrange", "fr", share.id, "Aller" },
      { shown.title, shown.fields[1].label, shown.fields[1].value, shown.actions[1].title })
    assert.equal("Odd", look("odd", "odd").title)
    local listed
    for _, item in ipairs(console:ask("GET", "/api/v1/plugins?language=fr", headers).json.plugins) do
      if item.name == "odd" then listed = item.panels[1] end
    end
    assert.same({ id = "odd", slot = "share.limits", title = "Étrange", kind = "form",
      actions = { { name = "go", title = "Aller" } } }, listed)
    assert.equal(422, set("odd", "odd", { what = json.null }).status)
  end)
end)
