-- Panels of plugins on the page of a share, as everybody sees them who has the link.
local client = require "http_client"
local place_module = require "place"

local figures = [[
plugin:panel { slot = "share.page", title = "In <figures>", kind = "stats", data = function(context)
  return {
    { label = "Votes", value = 12345 }, { label = "Weight", value = 0.256, unit = "kg" },
    { label = "Sent", value = 1500, unit = "bytes" }, { label = "Good", value = true },
    { label = "Share", value = #context.share > 4 },
  }
end }
plugin:panel { slot = "share.page", title = "Guests", kind = "table", data = function()
  return { columns = { "Who", "How much" }, rows = { { "Ma<rie \u{202E}", 3 }, { "Paul", -2.5 } } }
end }
plugin:panel { slot = "share.page", title = "Nothing", kind = "table", data = function()
  return { columns = { "Who" }, rows = {} }
end }
plugin:panel { slot = "share.detail", title = "For the owner", kind = "stats", data = function()
  return { { label = "Secret", value = 1 } }
end }
]]

local broken = [[
local task = require "btshare.task"
plugin:panel { slot = "share.page", title = "Slow", kind = "stats", data = function()
  task.sleep(60000)
  return {}
end }
plugin:panel { slot = "share.page", title = "Broken", kind = "stats", data = function() error "oh" end }
plugin:panel { slot = "share.page", title = "Odd", kind = "stats", data = function() return { "x" } end }
]]

describe("a panel on the page of a share", function()
  local place, daemon
  before_each(function()
    place = place_module.open()
    place:put("film.txt", "a film")
  end)
  after_each(function()
    daemon:stop()
    place:close()
  end)

  local function page(language)
    local link = daemon:ready("film.txt").link
    local answer = client.get({ port = place:port() }, place_module.path_of(link) .. "?lang=" .. language,
      "Accept: text/html\r\n")
    assert.equal(200, answer.status)
    return answer.body
  end

  it("shows figures and tables, in the reader's manner", function()
    place:write_plugin("figures", figures)
    daemon = place:start { config = 'plugin "figures"' }
    local english, french = page("en"), page("fr")
    assert.is_truthy(english:find('<h2 dir="auto">In &lt;figures&gt;</h2>', 1, true))
    for _, wanted in ipairs { ">Votes</dt><dd dir=\"auto\">12,345<", ">0.26\u{A0}kg<", ">1.5\u{A0}kB<", ">yes<",
      ">Ma&lt;rie \\u{202E}</td>", ">−2.5</td>" } do
      assert.is_truthy(english:find(wanted, 1, true), wanted)
    end
    for _, wanted in ipairs { ">0,26\u{A0}kg<", ">1,5\u{A0}Ko<", ">oui<", ">−2,5</td>" } do
      assert.is_truthy(french:find(wanted, 1, true), wanted)
    end
    for _, other in ipairs { "For the owner", "Nothing", "<Paul", "\u{202E}" } do
      assert.is_nil(english:find(other, 1, true), other)
    end
  end)

  it("that is slow or broken is left out, and the page comes all the same", function()
    place:write_plugin("figures", figures)
    place:write_plugin("broken", broken)
    daemon = place:start { config = 'plugin "figures"\nplugin "broken"' }
    local body = page("en")
    assert.is_truthy(body:find("12,345", 1, true))
    for _, other in ipairs { "Slow", "Broken", "Odd" } do assert.is_nil(body:find(other, 1, true), other) end
  end)
end)
