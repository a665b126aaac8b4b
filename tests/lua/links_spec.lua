-- Tokens of links: found while they live, and not to be told from unknown ones afterwards.
local helper = require "helper"
local links = require "btshare.links"
local store = require "btshare.store"
local task = require "btshare.task"

describe("links", function()
  local folder, database, known

  -- Runs in a task, as whoever writes must.
  local function run(fn)
    local done, problem = false, nil
    task.spawn(function()
      local fine, message = xpcall(fn, debug.traceback)
      done, problem = true, not fine and message
    end)
    helper.wait_for(function() return done end, 5, "a task")
    if problem then error(problem, 2) end
  end

  local function write(statements) assert(database:write(statements)) end

  before_each(function()
    folder = helper.folder()
    run(function()
      database = assert(store.open(folder .. "/db"))
      known = assert(links.open(database, folder .. "/key"))
      write {
        { "INSERT INTO roots (id, path, added) VALUES (1, '/x', 0)" },
        { "INSERT INTO shares (id, root, entry, kind, created, changed) VALUES ('s', 1, 'e', 'file', 0, 0)" },
      }
      write(known:statements("s", "s", 0))
      write(known:statements("m", "s", 0, { name = "Marie", limit = 2 }))
    end)
  end)

  after_each(function()
    database:close()
    helper.remove(folder)
  end)

  it("are found by a token of the purpose that it was made for", function()
    for _, purpose in ipairs(links.purposes) do
      local share, link, more = known:find(known:token("m", purpose), purpose)
      assert.same({ "s", "m", "Marie" }, { share, link, more.name })
    end
    assert.is_nil(known:find(known:token("m", "announce"), "page"))
    assert.are_not.equal(known:token("m", "page"), known:token("s", "page"))
  end)

  it("end with their time and with their downloads", function()
    local token = known:token("m", "page")
    run(function() write { { "UPDATE links SET downloads = 1 WHERE id = 'm'" } } end)
    assert.equal("s", (known:find(token, "page")))
    run(function() write { { "UPDATE links SET downloads = 2 WHERE id = 'm'" } } end)
    assert.is_nil(known:find(token, "page"))
    run(function() write { { "UPDATE links SET downloads = 0, expires = ? WHERE id = 'm'", os.time() + 100 } } end)
    assert.equal(os.time() + 100, select(3, known:find(token, "page")).expires)
    run(function() write { { "UPDATE links SET expires = ? WHERE id = 'm'", os.time() } } end)
    assert.is_nil(known:find(token, "page"))
  end)

  it("are dead for every purpose when they are revoked, also with a new key", function()
    run(function() assert(known:revoke("m", false)) end)
    for _, purpose in ipairs(links.purposes) do
      assert.is_nil(known:find(known:token("m", purpose), purpose))
    end
    os.remove(folder .. "/key")
    run(function() known = assert(links.open(database, folder .. "/key")) end)
    assert.is_nil(known:find(known:token("m", "page"), "page"))
    assert.equal("s", (known:find(known:token("s", "page"), "page")))
  end)

  it("are made anew where they are renewed, and stay so", function()
    local before = known:token("s", "page")
    run(function() assert(known:revoke("s", true)) end)
    local after = known:token("s", "page")
    assert.are_not.equal(before, after)
    assert.is_nil(known:find(before, "page"))
    assert.equal("s", (known:find(after, "page")))
    run(function() known = assert(links.open(database, folder .. "/key")) end)
    assert.equal(after, known:token("s", "page"))
  end)
end)
