-- What the log says while everything goes wrong at the public door: no secret, and nothing that a terminal obeys (S13).
local client = require "http_client"
local console_module = require "console"
local crypto = require "core.crypto"

local plugins = {
  -- It fails at what it was handed, but says no secret itself.
  clumsy = [[
    plugin:on("share-open", function(event)
      if event.purpose == "file" then error("nothing works for " .. tostring(event.share.name)) end
    end)
    plugin:route("GET /clumsy/:id", function(request) error("no such " .. #request.parameters.id) end)
  ]],
}

local password = "open sesame, please"

local function base64(text)
  local encoded = crypto.base64url(text):gsub("[-_]", { ["-"] = "+", ["_"] = "/" })
  return encoded .. ("="):rep(-#encoded % 4)
end

describe("the log of a busy day", function()
  local console

  before_each(function()
    console = console_module.start({
      config = 'plugin "password"\nplugin "clumsy"\n', words = { "--verbose" },
    }, plugins)
    console.place:put("locked.txt", "a secret")
    console.daemon:ready "locked.txt"
    console.daemon:command { "password", "locked.txt", password }
  end)

  after_each(function() console:close() end)

  local function get(target, more)
    return client.get({ port = console.public }, target, more)
  end

  local function token_of(address)
    return address:match("/s/([%w_-]+)")
  end

  -- All that stands in the addresses of a share, and would open it.
  local function secrets_of(share)
    local secrets = { page = token_of(share.link) }
    local path = "/s/" .. secrets.page
    local torrent = get(path .. "/torrent", "Authorization: Basic " .. base64(":" .. password) .. "\r\n").body
    for purpose, token in torrent:gmatch "/([aw]%l*)/([%w_.-]+)" do secrets[purpose] = token end
    assert.is_truthy(secrets.announce and secrets.w, torrent)
    return secrets, path
  end

  -- Every way of asking for it, right and wrong.
  local function ask_everything(secrets, path)
    for _, ending in ipairs { "", "/", "/f/1/x", "/f/9/x", "/f/x/\\", "/zip", "/tar", "/torrent", "/qr.svg", "/open",
      "/%1b%5b31m", "/nothing", "?lang=fr&x=%0d%0a" } do
      get(path .. ending)
      get(path .. ending, "Range: bytes=5-1\r\nUser-Agent: \27[31mred\r\n")
      local request = "DELETE %s%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
      client.exchange({ port = console.public }, request:format(path, ending))
    end
    for _, token in pairs(secrets) do
      for _, route in ipairs { "/announce/", "/scrape/", "/w/", "/d/", "/s/", "/clumsy/" } do
        get(route .. token .. "?info_hash=%1b%5b31m&peer_id=%0a")
        get(route .. token .. "/film.txt")
      end
    end
  end

  it("holds no link, no token, no password and no control character (S13)", function()
    local film, locked = console.daemon:ready "film.txt", console.daemon:ready "locked.txt"
    local marie = console.daemon:command { "link", "film.txt", "--to", "Marie" }
    local all = { marie = token_of(marie), password = password, key = console.key,
      api = console:token("robot", "--scope", "read") }
    for name, share in pairs { film = film, locked = locked } do
      local secrets, path = secrets_of(share)
      ask_everything(secrets, path)
      for what, secret in pairs(secrets) do all[name .. " " .. what] = secret end
    end
    local guess = "Authorization: Basic " .. base64 ":a wrong guess" .. "\r\n"
    assert.equal(401, get("/s/" .. token_of(locked.link), guess).status)
    all.guess = "a wrong guess"
    console.daemon:command { "link", "film.txt", "--revoke", "Marie" }
    get("/s/" .. all.marie)
    console.daemon:command { "reload" }
    local logged = console.daemon.process.errors
    assert.is_truthy(logged:find("nothing works for film.txt", 1, true), "the plugin was not heard: " .. logged)
    local count = 0
    for what, secret in pairs(all) do
      assert.is_nil(logged:find(secret, 1, true), what .. " is in the log: " .. secret)
      count = count + 1
    end
    assert.is_true(count >= 10, count .. " secrets were looked for")
    assert.is_nil(logged:find("[\0-\9\11-\31]"))
  end)
end)
