local boxes = require "btshare.boxes"
local care = require "btshare.boxes.care"
local helper = require "helper"
local ids = require "btshare.boxes.ids"
local intake = require "btshare.boxes.intake"
local limits = require "btshare.boxes.limits"
local names = require "btshare.uploads.names"
local removal = require "btshare.boxes.removal"
local store = require "btshare.store"
local task = require "btshare.task"
local uv = require "luv"
local words = require "btshare.boxes.words"

-- Runs `fn` in a task to its end.
local function run(fn)
  local done, failed
  task.spawn(function()
    local succeeded, problem = xpcall(fn, debug.traceback)
    failed, done = not succeeded and problem or nil, true
  end)
  helper.wait_for(function() return done end, 120, "a task")
  assert(not failed, failed)
end

describe("a drop box", function()
  local folder, services, all, receive, told

  before_each(function()
    folder, told = helper.folder(), {}
    services = {
      store = assert(store.open(folder .. "/db")), library = { roots = {} },
      links = { address = function(_, purpose, subject) return purpose .. "/" .. subject end },
      events = {
        ask = function() return true end,
        tell = function(_, name, event) told[#told + 1] = { name = name, event = event } end,
      },
    }
    assert(uv.fs_mkdir(folder .. "/inbox", 448))
    all = boxes.new(services, folder .. "/inbox")
    all.staging.room = function() return 1 << 40, 1 << 41 end
    receive = intake.new(all)
  end)

  after_each(function()
    services.store:close()
    helper.remove(folder)
  end)

  local function offer(size, more)
    local made = { name = "a.bin", size = size, address = "192.0.2.1" }
    for name, value in pairs(more or {}) do made[name] = value end
    return made
  end

  local function count_files()
    local count = 0
    local pipe <close> = assert(io.popen("find '" .. folder .. "/inbox' -type f"))
    for _ in pipe:lines() do count = count + 1 end
    return count
  end

  it("takes what its limits allow, whatever is tried in whatever order", function()
    run(function()
      math.randomseed(23)
      local box = assert(all:create { files = 12, bytes = 5000, file_bytes = 1000 })
      local known, files, bytes = {}, 0, 0
      for _ = 1, 60 do
        if math.random() < 0.4 and known[1] then
          local upload = table.remove(known, math.random(#known))
          assert.is_true(removal.remove(receive, upload))
          files, bytes = files - 1, bytes - upload.size
        else
          local size = math.random(0, 1200)
          local upload, refusal = receive:begin(box, offer(size))
          local code = size > 1000 and "too_large" or (files >= 12 or bytes + size > 5000) and "box_full" or nil
          assert.equal(code, refusal and refusal.code)
          assert.equal(code == nil, upload ~= nil)
          if upload then
            known[#known + 1] = upload
            files, bytes = files + 1, bytes + size
          end
        end
        assert.equal(files, count_files())
      end
    end)
  end)

  it("keeps each of the choices that are made at once, and is deleted once", function()
    run(function()
      local box = assert(all:create {})
      local jobs = {}
      for index, choice in ipairs { { is_open = false }, { title = "Photos" }, { files = 3 } } do
        jobs[index] = task.spawn(all.change, all, box, choice)
      end
      for _, job in ipairs(jobs) do job:wait() end
      assert.same({ false, "Photos", 3, 3 }, { box.is_open, box.title, box.limits.files, box.revision })
      local row = services.store:query("SELECT is_open, title, files FROM boxes")[1]
      assert.same({ is_open = 0, title = "Photos", files = 3 }, row)
      told = {}
      local one, other = task.spawn(all.remove, all, box), task.spawn(all.remove, all, box)
      one:wait()
      assert.equal("missing", (select(4, other:wait())))
      assert.equal(1, #told)
    end)
  end)

  it("keeps 2 GiB and a twentieth of the disk free, for all that is still to come", function()
    run(function()
      assert.equal(2 << 30, limits.keep_free(10 << 30))
      assert.equal(5 << 30, limits.keep_free(100 << 30))
      local free = (5 << 30) + 1000
      all.staging.room = function() return free, 100 << 30 end
      local box = assert(all:create {})
      assert(receive:begin(box, offer(600)))
      local _, refusal = receive:begin(box, offer(401))
      assert.same({ 507, "no_room" }, { refusal.status, refusal.code })
      local second = assert(receive:begin(box, offer(400)))
      free = free - 700
      _, refusal = receive:open(second, 0, 400, { address = "192.0.2.1", cut = function() end })
      assert.equal(507, refusal.status)
      assert.equal(2, count_files())
    end)
  end)

  it("leaves nothing behind where it cannot be stored", function()
    run(function()
      local box = assert(all:create {})
      services.store.write = function() return nil, "state database: full", "full" end
      local upload, refusal = receive:begin(box, offer(10))
      assert.is_nil(upload)
      assert.equal(507, refusal.status)
      assert.equal(0, count_files())
      assert.same({}, all:list_uploads(box))
      services.store.write = nil
    end)
  end)

  it("is not stored where it would be shared", function()
    run(function()
      local box = assert(all:create {})
      services.library.roots = { { path = folder } }
      local made, _, code = all:create {}
      assert.same({ nil, "denied" }, { made, code })
      assert.equal(500, select(2, receive:begin(box, offer(1))).status)
    end)
  end)

  describe("over time", function()
    local real_time, real_now = os.time, uv.now
    local passed, steady

    before_each(function()
      passed, steady = 0, 0
      os.time = function(...) -- luacheck: ignore
        if ... then return real_time(...) end
        return real_time() + passed
      end
      uv.now = function() return real_now() + steady * 1000 end
    end)

    after_each(function()
      os.time, uv.now = real_time, real_now -- luacheck: ignore
    end)

    it("loses a part a day after its last byte, and at no jump of the clock", function()
      run(function()
        local keeper = care.new(all, receive)
        local box = assert(all:create { expires = false })
        local part, untouched = assert(receive:begin(box, offer(10))), assert(receive:begin(box, offer(10)))
        local whole = assert(receive:begin(box, offer(0)))
        part.received = 5
        local function look(seconds, is_jump)
          passed, steady = passed + seconds, steady + (is_jump and 0 or seconds)
          keeper:expire()
          return { part.is_gone or false, untouched.is_gone or false, whole.is_gone or false }
        end
        assert.same({ false, false, false }, look(3500))
        assert.same({ false, false, false }, look(200))
        assert.same({ false, true, false }, look(3700))
        assert.same({ false, true, false }, look(10 * 365 * 86400, true))
        assert.same({ false, true, false }, look(600))
        assert.same({ false, true, false }, look(-10 * 365 * 86400, true))
        assert.same({ false, true, false }, look(80000))
        assert.same({ true, true, false }, look(3700))
        assert.equal(1, count_files())
      end)
    end)

    it("ends when it was said, and goes on when that is taken back", function()
      run(function()
        local box = assert(all:create { expires = os.time() + 100 })
        assert.equal(box, all:find(box.token))
        passed = 101
        assert.is_nil(all:find(box.token))
        assert.equal("gone", select(2, receive:begin(box, offer(1))).code)
        assert(all:change(box, { expires = false }))
        assert.equal(box, all:find(box.token))
      end)
    end)
  end)

  it("tells of what has come, in words that are fit to be shown", function()
    run(function()
      local box = assert(all:create { title = "Party\27[31m" })
      assert(receive:begin(box, offer(0, { sender = "Ann\nBob", note = "one\r\ntwo\u{202E}" })))
      assert.equal("box-created", told[1].name)
      local event = told[2].event
      assert.same({ "upload-finished", "a.bin", "Ann Bob", "one\ntwo", "Party[31m" },
        { told[2].name, event.name, event.sender, event.note, event.box.title })
    end)
  end)

  it("tells of what goes again, once of each, and of an entry alone that goes nothing", function()
    run(function()
      local box = assert(all:create {})
      local uploads = {}
      for index = 1, 3 do uploads[index] = assert(receive:begin(box, offer(index == 3 and 5 or 0))) end
      uploads[2].accepted, uploads[2].accepted_as = os.time(), "a.bin"
      told = {}
      assert(removal.take_back(receive, uploads[1]))
      assert(removal.remove(receive, uploads[1], "owner"))
      assert(removal.remove(receive, uploads[2], "owner"))
      assert(removal.remove(receive, uploads[3], "owner"))
      assert(receive:begin(box, offer(5)))
      assert(all:change(box, { is_open = false }))
      assert(all:change(box, { is_open = true }))
      assert(all:remove(box))
      local said = {}
      for index, one in ipairs(told) do
        said[index] = { one.name, one.event.by or one.event.deleted, one.event.state }
      end
      assert.same({
        { "upload-removed", "sender", "waiting" }, { "upload-removed", "owner", "coming" }, { "box-closed" },
        { "box-opened" }, { "box-closed", 1 },
      }, said)
      assert.same({ true, false }, {
        receive.stopped:has(box, uploads[3].secret), receive.stopped:has(box, uploads[1].secret),
      })
    end)
  end)
end)

describe("names and words of others", function()
  it("are made fit for any file system", function()
    for given, wanted in pairs {
      ["../../etc/passwd"] = "_.._etc_passwd", ["a\\b"] = "a_b", [".hidden"] = "hidden", [" a . "] = "a",
      ["CON"] = "CON_", ["con.txt"] = "con_.txt", ["lpt9.a.b"] = "lpt9_.a.b", ["e\u{301}te\u{301}"] = "été",
      ["a\0b\nc\u{202E}d\u{200B}"] = "abcd", ["x\u{85}y"] = "xy",
    } do
      assert.equal(wanted, names.clean(given))
      assert.equal(wanted, names.clean(wanted))
    end
    for _, given in ipairs { "", ".", "..", " ", "\u{202E}", "\xff", "a\xc0\xaf" } do
      assert.is_nil((names.clean(given)), given)
    end
    assert.is_true(#names.clean(("é"):rep(500) .. ".jpeg") <= 200)
    assert.matches("%.jpeg$", names.clean(("é"):rep(500) .. ".jpeg"))
  end)

  it("stay clean when they are cleaned again, whatever they were", function()
    math.randomseed(29)
    local pieces = { ".", " ", "/", "\\", "\0", "a", "é", "e\u{301}", "\u{202E}", "CON", "\u{FEFF}", "😀", "-", "\n" }
    for _ = 1, 10000 do
      local parts = {}
      for index = 1, math.random(0, 90) do parts[index] = pieces[math.random(#pieces)] end
      local clean = names.clean(table.concat(parts))
      if clean then
        assert.is_true(#clean <= 201 and clean ~= "." and clean ~= ".." and not clean:find("[/\\%c]"), clean)
        assert.equal(clean, names.clean(clean))
      end
    end
  end)

  it("are cut between characters", function()
    assert.equal("éé", words.clean("  ééé", 4))
    assert.is_nil(words.clean("\xff", 10))
    assert.is_nil(words.clean(" \n ", 10))
  end)
end)

describe("ids of uploads", function()
  it("sort by when they were made, and are never the same", function()
    local seen, former = {}, ""
    for index = 1, 1000 do
      local id = ids.upload(1700000000000 + index)
      assert.equal(26, #id)
      assert.is_true(id > former and not seen[id])
      seen[id], former = true, id
    end
    assert.matches("^%w%w%w%w%-%w%w%w%w$", ids.receipt("secret"))
  end)
end)
