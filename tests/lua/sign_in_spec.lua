local crypto = require "core.crypto"
local helper = require "helper"
local sign_in = require "btshare.sign_in"
local store = require "btshare.store"
local task = require "btshare.task"
local throttle = require "btshare.sign_in.throttle"
local uv = require "luv"

local cheap = { passes = 1, memory = 8192 }
local password = "correct horse battery"

-- Runs `fn` in a task and gives what it returned.
local function run(fn)
  local job = task.spawn(fn)
  helper.wait_for(function() return job:has_ended() end, 20, "a task")
  assert.equal("ended", job.state, job.message)
  return table.unpack(job.results, 1, job.results.n)
end

describe("signing in", function()
  local folder, database, door, now, seconds

  local function open(cost)
    database = assert(store.open(folder .. "/btshare.db"))
    door = sign_in.new(database, {
      now = function() return now end, steady = function() return seconds end, cost = cost or cheap,
    })
  end

  before_each(function()
    folder, now, seconds = helper.folder(), 1800000000, 1000
    open()
  end)

  after_each(function()
    database:close()
    helper.remove(folder)
  end)

  local function key_of(url) return url:match("^http://here/#k=([%w_-]+)$") end
  local function mint() return key_of(door:key_url("http://here/")) end
  local function with_key(key, more)
    local attempt = { address = more and more.address or "127.0.0.1", former = more and more.former }
    return run(function() return door:with_key(attempt, key) end)
  end

  describe("with a one-time key", function()
    it("opens one session, once", function()
      local key = mint()
      assert.equal(43, #key)
      local secret = assert(with_key(key))
      assert.is_truthy(door.sessions:find(secret))
      local again, _, code = with_key(key)
      assert.is_nil(again)
      assert.equal("gone", code)
    end)

    it("is refused after half an hour", function()
      local key = mint()
      seconds = seconds + 30 * 60 + 1
      assert.equal("gone", (select(3, with_key(key))))
    end)

    it("is refused after ten wrong tries, until another is made", function()
      local key = mint()
      for try = 1, 10 do
        seconds = seconds + 60
        assert.equal(try < 10 and "wrong" or "gone", (select(3, with_key("x" .. try))))
      end
      seconds = seconds + 60
      assert.equal("gone", (select(3, with_key(key))))
      assert.is_truthy(with_key(mint(), { address = "127.0.0.2" }))
    end)

    it("sets up once", function()
      local first, second = mint(), mint()
      assert.equal("setup", door:wants())
      assert.is_truthy(run(function() return door:set_up({ address = "127.0.0.1" }, first) end))
      assert.equal("key", door:wants())
      assert.equal("gone", (select(3, run(function() return door:set_up({ address = "127.0.0.1" }, second) end))))
      assert.is_truthy(with_key(second))
    end)
  end)

  describe("gives a session that", function()
    it("survives a restart, and is stored as a hash only", function()
      local secret = assert(with_key(mint()))
      database:close()
      local bytes = helper.read(folder .. "/btshare.db")
      assert.is_nil(bytes:find(secret, 1, true))
      assert.is_nil(bytes:find(crypto.from_base64url(secret), 1, true))
      open()
      assert.is_truthy(door.sessions:find(secret))
    end)

    it("ends after a week without use, and after a month in any case", function()
      local idle, used = assert(with_key(mint())), assert(with_key(mint()))
      for _ = 1, 29 do
        now = now + 86400
        assert.is_truthy(door.sessions:find(used))
      end
      assert.is_nil(door.sessions:find(idle))
      now = now + 86400
      assert.is_nil(door.sessions:find(used))
    end)

    it("takes the place of the one before, of which there are never more than 25", function()
      local first = assert(with_key(mint()))
      local second = assert(with_key(mint(), { former = first }))
      assert.is_nil(door.sessions:find(first))
      for _ = 1, 25 do
        now = now + 1
        assert(with_key(mint()))
      end
      assert.is_nil(door.sessions:find(second))
      assert.equal(25, database:query("SELECT count(*) AS n FROM sessions")[1].n)
    end)

    it("can be closed, of which others are told", function()
      local ended = {}
      door:on_ended(function(kind, id) ended[#ended + 1] = kind .. " " .. id end)
      local secret = assert(with_key(mint()))
      local id = door.sessions:find(secret).id
      local second = assert(with_key(mint(), { former = secret }))
      assert.same({ "session " .. id }, ended)
      id = door.sessions:find(second).id
      run(function() return door.sessions:close(id) end)
      assert.is_nil(door.sessions:find(second))
      assert.equal("session " .. id, ended[2])
    end)
  end)

  describe("with a password", function()
    local function set(text, by)
      return run(function() return door:set_password(text, by or {}) end)
    end
    local function try(text, address)
      return run(function() return door:with_password({ address = address or "127.0.0.1" }, text) end)
    end

    it("wants one that is long, and not everybody's", function()
      for _, weak in ipairs { "short", "123456789", "1234567890", "QwertyUiop", "aaaaaaaaaaaaaaaa", "ababababababab",
        ("x1y2"):rep(300), "\xFFinvalid utf8" } do
        local done, message, code = set(weak)
        assert.is_nil(done)
        assert.matches("^password: ", message)
        assert.equal("invalid", code)
      end
      assert.is_false(door.passwords:is_set())
    end)

    it("lets in who knows it, and nobody else", function()
      assert.is_true(set(password))
      assert(run(function() return door:set_up({ address = "1.1.1.1" }, mint()) end))
      assert.equal("password", door:wants())
      assert.is_truthy(door.sessions:find(assert(try(password))))
      local secret, message, code = try(password .. "x")
      assert.is_nil(secret)
      assert.equal("password: is not right", message)
      assert.equal("wrong", code)
      assert.is_nil(helper.read(folder .. "/btshare.db-wal"):find(password, 1, true))
    end)

    it("is changed by who knows it, which ends other sessions", function()
      local other, own = assert(with_key(mint())), assert(with_key(mint()))
      local id = door.sessions:find(own).id
      assert.is_true(set(password, { address = "127.0.0.1", session = id }))
      assert.is_nil(door.sessions:find(other))
      assert.is_truthy(door.sessions:find(own))
      assert.equal("wrong", (select(3, set("another good one", { address = "127.0.0.1", session = id }))))
      assert.is_true(set("another good one", { address = "127.0.0.1", session = id, current = password }))
      assert.is_nil(try(password))
      assert.is_true(set("a third good one")) -- the control socket needs no current one
    end)

    it("is hashed anew when hashing became dearer", function()
      set(password)
      local before = database:setting("console_password")
      database:close()
      open { passes = 2, memory = 16384 }
      assert.is_truthy(try(password))
      helper.wait_for(function() return database:setting("console_password") ~= before end, 5, "the new hash")
      assert.is_false(crypto.is_outdated(database:setting("console_password"), 2, 16384))
      assert.is_truthy(try(password))
    end)

    it("is compared off the loop, one at a time, with a short queue", function()
      database:close()
      open { passes = 3, memory = 64 * 1024 * 1024 }
      set(password)
      local codes, turns = {}, 0
      local timer = uv.new_timer()
      timer:start(1, 1, function() turns = turns + 1 end)
      local count = 0
      for index = 1, 12 do
        task.spawn(function()
          local _, _, code = door:with_password({ address = "10.0.0." .. index }, "wrong password")
          codes[code] = (codes[code] or 0) + 1
          count = count + 1
        end)
      end
      helper.wait_for(function() return count == 12 end, 30, "all answers")
      timer:close()
      assert.same({ wrong = 9, busy = 3 }, codes)
      assert.is_true(turns > 100, turns .. " turns of the loop while nine were compared") -- on it: about nine
    end)
  end)

  describe("by API token", function()
    it("is found by its secret, until it is revoked or over", function()
      local token, secret = run(function() return door.tokens:make("robot", { "share", "read", "read" }, now + 100) end)
      assert.same({ "read", "share" }, token.scopes)
      assert.matches("^btsh_[%w_-]+$", secret)
      assert.equal(token.id, door.tokens:find(secret).id)
      assert.is_nil(door.tokens:find(secret .. "x"))
      assert.is_nil(door.tokens:find(secret:sub(6)))
      assert.equal("exists", (select(3, run(function() return door.tokens:make("robot", { "read" }) end))))
      now = now + 100
      assert.is_nil(door.tokens:find(secret))
      local other, its_secret = run(function() return door.tokens:make("other", { "admin" }) end)
      assert.is_true(run(function() return door.tokens:revoke(other.id) end))
      assert.is_nil(door.tokens:find(its_secret))
      assert.equal("missing", (select(3, run(function() return door.tokens:revoke(other.id) end))))
    end)

    it("has what its rights include", function()
      local rights = require("btshare.sign_in.tokens").rights
      assert.same({}, rights {})
      assert.same({ read = true }, rights { "read" })
      assert.same({ read = true, share = true }, rights { "share" })
      assert.same({ read = true, share = true, admin = true }, rights { "admin" })
    end)

    it("is stored as a hash, and lists no secret", function()
      local _, secret = run(function() return door.tokens:make("robot", { "read" }) end)
      assert.is_nil(helper.read(folder .. "/btshare.db-wal"):find(secret:sub(6), 1, true))
      for _, token in ipairs(door.tokens:list()) do
        assert.is_nil(token.hash)
        assert.is_nil(token.secret)
      end
    end)
  end)
end)

describe("wrong tries to log in", function()
  local clock, limit

  before_each(function()
    clock = 0
    limit = throttle.new(function() return clock end)
  end)

  local function try(address, succeeded)
    local finish, seconds = limit:begin(address)
    if finish then finish(succeeded and "right" or "wrong") end
    return finish ~= nil, seconds
  end

  it("are five at once, then after 1, 2, 4 … 60 s", function()
    for _ = 1, 5 do assert.is_true(try("192.0.2.1")) end
    for _, wait in ipairs { 1, 2, 4, 8, 16, 32, 60, 60 } do
      local allowed, seconds = try("192.0.2.1")
      assert.is_false(allowed)
      assert.equal(wait, seconds)
      clock = clock + wait - 0.01
      assert.is_false(try("192.0.2.1"))
      clock = clock + 0.01
      assert.is_true(try("192.0.2.1"))
    end
  end)

  it("cost others nothing, and are forgotten after the right one", function()
    for _ = 1, 6 do try("192.0.2.1") end
    assert.is_true(try("192.0.2.2", true))
    clock = clock + 1
    assert.is_true(try("192.0.2.1", true))
    for _ = 1, 5 do assert.is_true(try("192.0.2.1")) end
  end)

  it("are counted for a whole /64 of IPv6", function()
    for index = 1, 5 do assert.is_true(try(("2001:db8:1:2:%x::1"):format(index))) end
    assert.is_false(try("2001:db8:1:2::9"))
    assert.is_false(try("2001:DB8:1:2:3:4:5:6"))
    assert.is_true(try("2001:db8:1:3::9"))
    for _ = 1, 5 do assert.is_true(try("::1")) end
    assert.is_false(try("0:0:0:0:0:0:0:2"))
    for _ = 1, 5 do assert.is_true(try("::ffff:192.0.2.9")) end
    assert.is_false(try("192.0.2.9"))
  end)

  it("go one at a time", function()
    local finish = limit:begin("192.0.2.1")
    for _ = 1, 100 do
      local allowed, seconds = limit:begin("192.0.2.1")
      assert.is_nil(allowed)
      assert.equal(1, seconds)
    end
    finish("right")
    assert.is_true(try("192.0.2.1"))
  end)

  it("do not count when nobody could say whether they were", function()
    for _ = 1, 20 do limit:begin("192.0.2.1")("unknown") end
    assert.is_true(try("192.0.2.1"))
  end)

  it("are remembered of so many addresses at most", function()
    for index = 1, 25000 do try(("10.%d.%d.%d"):format(index // 65536, index // 256 % 256, index % 256)) end
    assert.is_true(limit.count <= 10000)
  end)
end)
