-- The share page as people, command lines and programs meet it, from the real program.
local bencode_reader = require "bencode_reader"
local client = require "http_client"
local crypto = require "core.crypto"
local downloads = require "btshare.routes.downloads"
local helper = require "helper"
local json = require "dkjson"
local pages = require "btshare.routes.pages"
local routers = require "btshare.http.router"
local site = require "site"
local uv = require "luv"

local function put(folder, name, content)
  local path = folder .. "/" .. name
  helper.write(path, content)
  uv.fs_utime(path, os.time() - 3600, os.time() - 3600)
end

local function without_date(response)
  return (response.raw:gsub("\nDate: [^\n]*", ""))
end

describe("a share's page", function()
  local public

  setup(function()
    public = site.start(function(share)
      put(share, "Projet final.pdf", ("x"):rep(3000000))
      uv.fs_mkdir(share .. "/Vacances", 493)
      uv.fs_mkdir(share .. "/Vacances/été", 493)
      put(share, "Vacances/a & b.jpg", ("a"):rep(123457))
      put(share, "Vacances/été/plage.jpg", ("b"):rep(500))
      put(share, "stopped.txt", "stopped")
      put(share, "deleted.txt", "deleted")
      put(share, "empty.txt", "")
    end, 'name = "Paul <& fils>"\n')
    for _, name in ipairs { "Projet final.pdf", "Vacances", "stopped.txt", "deleted.txt", "empty.txt" } do
      public:wait("share-ready", name)
    end
  end)

  teardown(function() public:close() end)

  it("says what it is, and offers the download, the torrent and the magnet", function()
    local path = public:page "Vacances"
    local page = public:get(path)
    assert.equal(200, page.status)
    assert.equal("text/html; charset=utf-8", page.headers["content-type"])
    for _, wanted in ipairs {
      "<title>Vacances · BTshare</title>", '<h1 dir="auto">Vacances</h1>', "2 files", "124\u{A0}kB",
      "from Paul &lt;&amp; fils&gt;", 'href="' .. path .. '/zip/Vacances.zip"',
      'href="' .. path .. '/tar/Vacances.tar"',
      'href="' .. path .. '/torrent"', 'href="magnet:?xt=urn:btih:', 'src="' .. path .. '/qr.svg"',
      'href="' .. path .. '/f/1/a%20%26%20b.jpg"', "a &amp; b.jpg", "<bdi>été/</bdi>",
      'href="' .. path .. '/f/2/plage.jpg"', 'content="2 files, 124\u{A0}kB"',
    } do
      assert.is_truthy(page.body:find(wanted, 1, true), wanted)
    end
    assert.is_true(#page.body < 20000, #page.body)
    assert.is_nil(page.headers["refresh"])
    local file = public:page "Projet final.pdf"
    assert.is_truthy(public:get(file).body:find('href="' .. file .. '/f/1/Projet%20final.pdf"', 1, true))
  end)

  it("speaks the asker's language, or the one that was chosen, and keeps it in its links", function()
    local path = public:page "Vacances"
    local french = public:get(path, public.accepts.html .. "Accept-Language: de, fr;q=0.9, en;q=0.8\r\n")
    assert.equal("fr", french.headers["content-language"])
    assert.is_truthy(french.body:find('<html lang="fr">', 1, true))
    assert.is_truthy(french.body:find("Télécharger", 1, true))
    assert.is_truthy(french.body:find("124\u{A0}Ko", 1, true))
    local chosen = public:get(path .. "?lang=en", public.accepts.html .. "Accept-Language: fr\r\n")
    assert.is_truthy(chosen.body:find('<html lang="en">', 1, true))
    assert.is_truthy(chosen.body:find(path .. '/zip/Vacances.zip?lang=en"', 1, true))
    assert.equal("en", public:get(path .. "?lang=xx").headers["content-language"])
  end)

  it("is a short text with commands for curl and wget", function()
    local path = public:page "Vacances"
    local url = ("'http://127.0.0.1:%d%s/zip/Vacances.zip'"):format(public.public.port, path)
    for _, accept in ipairs {
      "plain", "User-Agent: Wget/1.21\r\nAccept: */*\r\n", "", "Accept: text/plain\r\nUser-Agent: Mozilla/5.0\r\n",
    } do
      local text = public:get(path, accept)
      assert.equal("text/plain; charset=utf-8", text.headers["content-type"])
      assert.is_truthy(text.body:find("Vacances\n2 files, 124\u{A0}kB from Paul <& fils>\n", 1, true), text.body)
      assert.is_truthy(text.body:find("  curl -OJ " .. url, 1, true), text.body)
      assert.is_truthy(text.body:find("  aria2c 'magnet:%?xt=urn:btih:%x+&[^']*'\n"), text.body)
    end
    local preview = public:get(path, "User-Agent: TelegramBot (like TwitterBot)\r\nAccept: */*\r\n")
    assert.is_truthy(preview.body:find('property="og:title"', 1, true))
  end)

  it("is a description for programs", function()
    local path = public:page "Vacances"
    local answer = public:get(path, "json")
    assert.equal("application/json", answer.headers["content-type"])
    local value = json.decode(answer.body)
    local base = ("http://127.0.0.1:%d%s"):format(public.public.port, path)
    assert.same({ "Vacances", "folder", 2, 123957, base .. "/zip/Vacances.zip", base .. "/torrent", 0 },
      { value.name, value.kind, value.files, value.size, value.download, value.torrent, value.more })
    assert.same({ path = "été/plage.jpg", size = 500, url = base .. "/f/2/plage.jpg" }, value.list[2])
    assert.matches("^magnet:", value.magnet)
  end)

  it("hands out its torrent, with our tracker, and without the page's token", function()
    local path = public:page "Projet final.pdf"
    local share = public:wait("share-ready", "Projet final.pdf").share
    for _, answer in ipairs { public:get(path .. "/torrent"), public:get(path, "torrent") } do
      assert.equal(200, answer.status)
      assert.equal("application/x-bittorrent", answer.headers["content-type"])
      assert.equal("attachment; filename=\"Projet final.pdf.torrent\"; filename*=UTF-8''Projet%20final.pdf.torrent",
        answer.headers["content-disposition"])
      local torrent = bencode_reader.decode(answer.body)
      assert.matches(("^http://127.0.0.1:%d/announce/"):format(public.public.port), torrent.announce)
      assert.equal(torrent.announce, torrent["announce-list"][1][1])
      assert.equal("Projet final.pdf", torrent.info.name)
      assert.is_nil(answer.body:find(path:match("[^/]+$"), 1, true))
      assert.is_nil(share.magnet:find(path:match("[^/]+$"), 1, true))
      for key in pairs(torrent) do
        assert.is_truthy(({
          announce = 1, ["announce-list"] = 1, ["created by"] = 1, info = 1, ["url-list"] = 1,
        })[key], key)
      end
      assert.matches(("^http://127.0.0.1:%d/w/[%%w_-]+/Projet%%%%20final.pdf$"):format(public.public.port),
        torrent["url-list"][1])
    end
  end)

  it("has a QR code of its address", function()
    local answer = public:get(public:page "Vacances" .. "/qr.svg")
    assert.equal("image/svg+xml", answer.headers["content-type"])
    assert.matches("^<svg", answer.body)
  end)

  it("offers no torrent where there is nothing to hash", function()
    local path = public:page "empty.txt"
    assert.is_nil(public:get(path).body:find("magnet:", 1, true))
    assert.is_nil(public:get(path).body:find("/torrent", 1, true))
    assert.equal(404, public:get(path .. "/torrent").status)
    assert.is_truthy(public:get(path).body:find("/f/1/empty.txt", 1, true))
  end)

  it("answers HEAD as GET, without a body", function()
    for _, target in ipairs { "", "/torrent", "/qr.svg" } do
      local path = public:page "Vacances" .. target
      local get, head = public:get(path), public:get(path, "html", "HEAD")
      assert.equal(200, head.status)
      assert.equal(get.headers["content-length"], head.headers["content-length"])
      assert.matches("\r\n\r\n$", head.raw)
    end
  end)

  it("answers under names of this machine, and of no other", function()
    local own = uv.os_gethostname():lower():match("^[^.]+")
    local function status(host)
      local text = ("GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"):format(host)
      return client.parse(client.exchange(public.public, text)).status
    end
    for _, host in ipairs { "localhost", own, own .. ".local", own:upper() .. ".local:80", "127.0.0.1", "[::1]:1" } do
      assert.equal(200, status(host), host)
    end
    for _, host in ipairs { "evil.test", own .. ".evil.test", "local", "0.0.0.0", "169.254.1.1" } do
      assert.equal(421, status(host), host)
    end
  end)

  it("refuses other methods", function()
    for _, method in ipairs { "PUT", "DELETE", "PATCH" } do
      local answer = public:get(public:page "Vacances", "html", method)
      assert.equal(405, answer.status)
      assert.equal("GET, HEAD", answer.headers["allow"])
    end
  end)

  it("says the same, byte for byte, of every link that is not or no longer one", function()
    local stopped = public:page "stopped.txt"
    local announce = public:wait("share-ready", "Vacances").share.magnet:match("announce%%2F([%w_-]+)")
    local seed = bencode_reader.decode(public:get(stopped .. "/torrent").body)["url-list"][1]:match("/w/.*")
    assert.equal("stopped", public:get(seed).body)
    put(public.folder, "short.txt", "short")
    public:command("add", public.folder .. "/short.txt", "--for", "1s")
    public:command("stop", "stopped.txt")
    public:wait("share-expired", "short.txt")
    local expired = public:page "short.txt"
    for form in pairs(public.accepts) do
      for _, language in ipairs { "en", "fr" } do
        local accept = public.accepts[form] .. "Accept-Language: " .. language .. "\r\n"
        local unknown = without_date(public:get("/s/" .. ("A"):rep(27), accept))
        assert.matches("^HTTP/1.1 404 ", unknown)
        for _, target in ipairs {
          stopped, expired, stopped .. "/torrent", expired .. "/qr.svg", stopped .. "/f/1/stopped.txt",
          expired .. "/zip", seed, "/w/" .. ("A"):rep(27) .. "/stopped.txt", "/s/" .. announce, "/s/x",
          "/nothing", "/s",
          public:page "Vacances" .. "/nothing",
        } do
          assert.equal(unknown, without_date(public:get(target, accept)), target .. " " .. form)
        end
      end
    end
    assert.is_truthy(public:get("/s/x").body:find("This link does not work, or no longer does.", 1, true))
    assert.is_truthy(public:get("/s/x?lang=fr").body:find("Ce lien ne fonctionne pas, ou plus.", 1, true))
  end)

  it("says that files have gone, and has them again when they are back", function()
    local path = public:page "deleted.txt"
    uv.fs_unlink(public.share .. "/deleted.txt")
    public:wait("share-missing", "deleted.txt")
    local answer = public:get(path)
    assert.equal(410, answer.status)
    assert.is_truthy(answer.body:find("This is not there any more.", 1, true))
    assert.equal(410, public:get(path .. "/torrent").status)
    put(public.share, "deleted.txt", "deleted")
    helper.wait_for(function() return public:get(path).status == 200 end, 20, "the file to be back")
  end)

  it("is not found by guessing, and stays quick while somebody tries", function()
    local started = uv.hrtime()
    for _ = 1, 2000 do
      assert.equal(404, public:get("/s/" .. crypto.base64url(crypto.random(20)), "plain").status)
    end
    assert.is_true((uv.hrtime() - started) / 1e9 < 30)
    assert.equal(200, public:get(public:page "Vacances").status)
  end)

  it("tells nobody by its time whether a link has ended or never was", function()
    local ended, never = public:page "stopped.txt", "/s/" .. ("B"):rep(27)
    local times = { [ended] = {}, [never] = {} }
    for _ = 1, 200 do
      for target, list in pairs(times) do
        local started = uv.hrtime()
        public:get(target)
        list[#list + 1] = (uv.hrtime() - started) / 1e6
      end
    end
    for _, list in pairs(times) do table.sort(list) end
    assert.is_true(math.abs(times[ended][100] - times[never][100]) < 5)
  end)

  -- An address for every route that is there, and one where nothing is.
  local function targets_of_routes()
    local router = routers.new()
    pages.new({}):add(router)
    downloads.add(router, {})
    local torrent = bencode_reader.decode(public:get(public:page "Vacances" .. "/torrent").body)
    local examples = {
      [":version"] = public:get("/").body:match("/assets/(%x+)/"), [":file"] = "1",
      [":display"] = "name",
      ["*path"] = "Vacances/a%20%26%20b.jpg",
    }
    local tokens = { s = public:page("Vacances"):match("[^/]+$"), w = torrent["url-list"][1]:match("/w/([^/]+)/$") }
    local targets = { "/nothing", "/announce/x", "/scrape/x" }
    for _, route in ipairs(router:routes()) do
      local path = route.pattern:match("/.*"):gsub("[:*][%l_]+", examples)
      targets[#targets + 1] = path:gsub("^/(%l)/:token", function(kind) return "/" .. kind .. "/" .. tokens[kind] end)
      targets[#targets + 1] = path:gsub(":token", ("A"):rep(27))
    end
    return targets
  end

  it("has its headers on every reply, and so has every download", function()
    local attachments = 0
    for _, target in ipairs(targets_of_routes()) do
      assert.is_nil(target:find("[:*]"), "no example for " .. target)
      local is_unknown = target:find("AAAA", 1, true) or target == "/nothing" or target:find "/x$"
      for form in pairs(public.accepts) do
        local answer = public:get(target, form)
        local is_page = answer.headers["content-type"] == "text/html; charset=utf-8"
        local leads_back = answer.status == 303 and answer.headers.location == target:match("^(.*)/open$")
        assert.is_true(is_unknown ~= nil or leads_back or answer.status < 300, target .. ": " .. answer.status)
        assert.equal("nosniff", answer.headers["x-content-type-options"], target)
        assert.equal("DENY", answer.headers["x-frame-options"], target)
        assert.equal("same-origin", answer.headers["referrer-policy"], target)
        assert.equal("noindex, nofollow", answer.headers["x-robots-tag"], target)
        assert.equal("same-origin", answer.headers["cross-origin-resource-policy"], target)
        assert.equal("same-origin", answer.headers["cross-origin-opener-policy"], target)
        assert.matches("default%-src 'none'", answer.headers["content-security-policy"], target)
        assert.is_nil(answer.headers["content-security-policy"]:find("unsafe", 1, true), target)
        assert.is_truthy(answer.headers["cache-control"], target)
        assert.is_nil(answer.head:lower():find("access%-control"), target)
        assert.is_nil(answer.head:lower():find("set%-cookie"), target)
        if is_page then
          assert.equal("private, no-store", answer.headers["cache-control"])
          assert.is_nil(answer.body:find("<script", 1, true))
          assert.is_nil(answer.body:find('[fc]="https?:'), "nothing comes from elsewhere")
        elseif answer.headers["accept-ranges"] then
          attachments = attachments + 1
          assert.equal("private, no-cache", answer.headers["cache-control"], target)
          assert.matches("^attachment; ", answer.headers["content-disposition"], target)
          assert.equal("sandbox; default-src 'none'", answer.headers["content-security-policy"], target)
        end
      end
    end
    assert.equal(7 * 4, attachments) -- file, ZIP and TAR, each with and without a name, and the web seed
  end)

  it("has one style sheet, kept for ever under an address of its own", function()
    local address = public:get("/").body:match('href="(/assets/%x+/style.css)"')
    local style = public:get(address)
    assert.equal("text/css; charset=utf-8", style.headers["content-type"])
    assert.matches("immutable", style.headers["cache-control"])
    assert.equal(404, public:get("/assets/000000000000/style.css").status)
    assert.equal(204, public:get("/favicon.ico").status)
  end)

  it("lists nothing at the root, nor does the console before somebody logs in", function()
    for _, answer in ipairs { public:get("/"), client.get(public.console, "/") } do
      assert.equal(200, answer.status)
      assert.is_nil(answer.body:find("Vacances", 1, true))
    end
    local health = client.get(public.console, "/healthz")
    assert.same({ 200, "ok\n", "no-referrer" }, { health.status, health.body, health.headers["referrer-policy"] })
  end)
end)
