-- What is copied into a report of a fault: enough to help, and nothing of what the owner shares, with whom or where.
local console_module = require "console"
local json = require "dkjson"

local clumsy = [[
  plugin:on("share-ready", function(event) plugin:log("warning", "Marie wants %s", event.share.name) end)
]]

describe("the diagnostics", function()
  local console, text, found

  setup(function()
    console = console_module.start({ config = 'name = "Paul Secret"\nlimits { up = "5M" }\nplugin "clumsy"\n' },
      { clumsy = clumsy })
    console.place:put("Journal intime.txt", "a secret")
    console.daemon:ready "Journal intime.txt"
    text = console.daemon:command { "status", "--diagnostics" }
    found = json.decode(console.daemon:command { "status", "--diagnostics", "--json" })
  end)

  teardown(function() console:close() end)

  it("tell versions, the write lock, listeners by their kind, limits and counts", function()
    local versions = {}
    for _, library in ipairs(found.libraries) do
      versions[library.name] = library.version
      assert.matches("^%d+%.%d", library.version, library.name)
      assert.is_truthy(#library.licence > 2)
    end
    for _, name in ipairs { "libtorrent", "SQLite", "libsodium", "libcurl", "libmicrohttpd", "libuv", "Lua" } do
      assert.is_truthy(versions[name], name)
    end
    assert.matches("^Linux ", found.system.kernel)
    assert.equal(found.sandbox.state:match("ABI (%d+)"), found.sandbox.kernel_abi > 0
      and tostring(found.sandbox.kernel_abi) or nil)
    assert.equal(5000000, found.limits.up)
    assert.is_true(found.open_files >= 256)
    assert.equal(2, found.shares.ready)
    assert.equal(1, found.roots.all)
    assert.is_true(found.plugins.running >= 1)
    local reaches = {}
    for _, one in ipairs(found.listeners) do reaches[one.name] = one.reach end
    assert.same({ console = "loopback", public = "loopback", BitTorrent = "loopback" }, reaches)
    for _, word in ipairs { "BTshare", "kernel", "write lock", "5.0 MB/s", "console: IPv4, loopback", "2 ready" } do
      assert.is_truthy(text:find(word, 1, true), word .. " is not in\n" .. text)
    end
    assert.equal(found.text:match("^[^\n]+\n[^\n]+"), text:match("^[^\n]+\n[^\n]+"))
  end)

  it("tell of warnings that there were some, and not what was in them", function()
    local last = found.warnings[#found.warnings]
    assert.equal("warning", last.level)
    assert.is_nil(last.form)
    assert.is_truthy(text:find("warning: of a plugin", 1, true), text)
  end)

  it("name no file, folder, person, address, token or key", function()
    local all = text .. json.encode(found)
    local cookie = console:log_in()
    local shares = console:ask("GET", "/api/v1/shares?view=full", console:own(cookie)).json.shares
    local kept = { "Journal", "film.txt", "Paul", "Marie", "clumsy", "127.0.0.1", console.place.home,
      console.place.share, console.key, cookie:match("=(.*)$") }
    for _, share in ipairs(shares) do
      table.move({ share.id, share.link, share.info_hash, share.link:match("/s/([%w_-]+)") }, 1, 4, #kept + 1, kept)
    end
    for _, word in ipairs(kept) do assert.is_nil(all:find(word, 1, true), word .. " is in\n" .. all) end
  end)

  it("are for those alone who may do everything", function()
    assert.equal(403, console:ask("GET", "/api/v1/diagnostics", {
      Authorization = "Bearer " .. console:token("reader", "--scope", "read"),
    }).status)
    assert.equal(401, console:ask("GET", "/api/v1/diagnostics").status)
    local answer = console:ask("GET", "/api/v1/diagnostics", console:own(console:log_in(console:mint())))
    assert.equal(200, answer.status)
    assert.matches("^BTshare ", answer.json.text)
  end)
end)
