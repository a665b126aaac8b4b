local assets = require "btshare.routes.assets"
local helper = require "helper"
local json = require "core.json"
local router = require "btshare.http.router"
local uv = require "luv"

describe("the console's files", function()
  local folder, routes

  local function get(path, headers)
    local segments = {}
    for segment in path:gmatch("[^/]+") do segments[#segments + 1] = segment end
    local handler, parameters, about = routes:find("GET", segments)
    return handler({ segments = segments, headers = headers or {} }, parameters), about
  end

  before_each(function()
    folder = helper.folder()
    uv.fs_mkdir(folder .. "/vendor", 493)
    helper.write(folder .. "/index.html", "<p>page")
    helper.write(folder .. "/index.html.gz", "zipped page")
    helper.write(folder .. "/app.js", "code")
    helper.write(folder .. "/vendor/lib-0123abcd.js", "library")
    routes = router.new()
    assets.add(routes, folder)
  end)

  after_each(function() helper.remove(folder) end)

  it("come from memory: nothing is read later", function()
    helper.write(folder .. "/app.js", "other code")
    helper.write(folder .. "/new.js", "new")
    local reply, about = get "/app.js"
    assert.equal("code", reply.body)
    assert.equal("text/javascript; charset=utf-8", reply.headers["Content-Type"])
    assert.equal("no-cache", reply.headers["Cache-Control"])
    assert.equal("open", about.scope)
    assert.equal(404, get("/new.js").status)
    assert.equal(404, get("/app.js.gz").status)
  end)

  it("are the page wherever the browser's own paths lead, but never below /api", function()
    for _, path in ipairs { "/", "/shares/abc", "/settings" } do
      local reply = get(path)
      assert.equal("<p>page", reply.body)
      assert.matches("require%-trusted%-types%-for", reply.headers["Content-Security-Policy"])
      assert.matches("script%-src 'self'", reply.headers["Content-Security-Policy"])
    end
    assert.equal(404, get("/shares/abc.png").status)
    local reply, about = get "/api/v1/nothing"
    assert.equal(404, reply.status)
    assert.equal("read", about.scope)
    assert.equal(404, get("/api").status)
  end)

  it("are compressed for whoever takes that, and known again by their tags", function()
    local plain, zipped = get "/", get("/", { ["accept-encoding"] = "br, gzip" })
    assert.is_nil(plain.headers["Content-Encoding"])
    assert.equal("gzip", zipped.headers["Content-Encoding"])
    assert.equal("zipped page", zipped.body)
    assert.equal("Accept-Encoding", zipped.headers.Vary)
    assert.equal("<p>page", get("/", { ["accept-encoding"] = "gzip;q=0" }).body)
    assert.are_not.equal(plain.headers.ETag, zipped.headers.ETag)
    local again = get("/", { ["if-none-match"] = plain.headers.ETag })
    assert.equal(304, again.status)
    assert.is_nil(again.body)
    assert.equal(200, get("/", { ["if-none-match"] = '"other"' }).status)
  end)

  it("never change where their name has a hash", function()
    assert.equal("public, max-age=31536000, immutable", get("/vendor/lib-0123abcd.js").headers["Cache-Control"])
  end)

  it("say how to get the console where it was not built", function()
    routes = router.new()
    assets.add(routes, "")
    local reply = get("/", { ["accept-language"] = "fr" })
    assert.matches("npm", reply.body)
    assert.matches('lang="fr"', reply.body)
    assert.matches('lang="en"', get("/").body)
    assert.equal(404, get("/app.js").status)
  end)

  it("come with their texts in each language", function()
    for _, language in ipairs { "en", "fr" } do
      local reply = get("/i18n/" .. language .. ".json")
      local answer = json.decode(reply.body)
      assert.equal(language, answer.language)
      assert.is_truthy(answer.texts["console.percent"])
      for key in pairs(answer.texts) do
        assert.is_nil(key:find("^cli%.") or key:find("^message%."), key .. ": is not the page's")
      end
    end
    assert.equal(404, get("/i18n/xx.json").status)
    uv.fs_mkdir(folder .. "/i18n", 493)
    helper.write(folder .. "/i18n/en.json", "built")
    routes = router.new()
    assets.add(routes, folder)
    assert.equal("built", get("/i18n/en.json").body)
    assert.equal("fr", json.decode(get("/i18n/fr.json").body).language)
  end)
end)
