local helper = require "helper"
local log = require "btshare.log"
local task = require "btshare.task"
local uv = require "luv"

describe("a task", function()
  local logged
  before_each(function()
    logged = {}
    log.set_writer(function(level, text) table.insert(logged, level .. " " .. text) end)
  end)
  after_each(function() log.set_writer(nil) end)

  it("starts at once and goes on when what it waits for has come", function()
    local steps, resume = {}, nil
    task.spawn(function(word)
      table.insert(steps, word)
      table.insert(steps, (task.await(function(go) resume = go end)))
    end, "first")
    assert.same({ "first" }, steps)
    resume("second")
    assert.same({ "first", "second" }, steps)
  end)

  it("does not wait for what is there already", function()
    local got
    task.spawn(function()
      got = table.pack(task.await(function(resume) resume(1, nil, 3) end))
    end)
    assert.same({ n = 3, 1, nil, 3 }, got)
  end)

  it("counts only the first call of resume", function()
    local got, resume, other = {}, nil, nil
    task.spawn(function()
      got[1] = task.await(function(go) resume = go end)
      got[2] = task.await(function(go) other = go end)
    end)
    resume("a")
    resume("stale")
    assert.same({ "a" }, got)
    other("b")
    assert.same({ "a", "b" }, got)
  end)

  it("counts only the first call also before it waits", function()
    local got
    task.spawn(function()
      got = task.await(function(resume)
        resume(1)
        resume(2)
      end)
    end)
    assert.equal(1, got)
  end)

  it("puts its error with a traceback into the log, and only there", function()
    local job = task.spawn(function()
      local function deep() error("boom") end
      deep()
    end)
    assert.equal("failed", job.state)
    assert.equal(1, #logged)
    assert.matches("^error .*boom", logged[1])
    assert.matches("stack traceback", logged[1])
    assert.matches("task_spec", logged[1])
  end)

  it("is the only place where one can wait", function()
    assert.is_false(task.is_inside())
    for _, name in ipairs { "sleep", "yield" } do
      assert.has_error(function() task[name](1) end, "task." .. name .. ": only a task can wait")
    end
    assert.has_error(function() task.await(function() end) end, "task.await: only a task can wait")
    local inside
    task.spawn(function() inside = task.is_inside() end)
    assert.is_true(inside)
  end)

  it("sleeps", function()
    local began, slept = uv.hrtime(), nil
    task.spawn(function()
      task.sleep(20)
      slept = (uv.hrtime() - began) / 1e6
    end)
    assert.is_nil(slept)
    helper.wait_for(function() return slept end)
    assert.is_true(slept >= 18)
  end)

  it("lets timers have their turn when it yields, and leaves no handle", function()
    local ticks, turns, done = 0, 0, false
    local timer = uv.new_timer()
    timer:start(1, 1, function() ticks = ticks + 1 end)
    task.spawn(function()
      while ticks < 3 do
        turns = turns + 1
        task.yield()
      end
      done = true
    end)
    assert.equal(1, turns)
    helper.wait_for(function() return done end)
    timer:close()
    uv.run("nowait")
    assert.is_true(turns > 1)
    uv.walk(function(handle) assert(handle:is_closing(), "a handle is left") end)
  end)

  it("lets who is waited for go before those in the background, who go on all the same", function()
    local order, running = {}, 3
    local function work(name, turns)
      for _ = 1, turns do
        order[#order + 1] = name
        task.yield()
      end
      running = running - 1
    end
    local patient = { is_patient = true }
    task.spawn_with(patient, work, "a", 30)
    task.spawn_with(patient, work, "b", 30)
    task.spawn(work, "now", 20)
    helper.wait_for(function() return running == 0 end)
    local seen = { a = 0, b = 0, now = 0 }
    for _, name in ipairs(order) do
      seen[name] = seen[name] + 1
      if name == "now" and seen.now == 20 then break end
    end
    assert.is_true(seen.a + seen.b >= 10, "nobody else goes on meanwhile")
    assert.is_true(seen.a + seen.b <= 24, seen.a + seen.b .. " turns of others before its end")
  end)

  it("can be waited for, with its results or its error", function()
    local results, message, before = nil, nil, nil
    local resume
    local slow = task.spawn(function() return task.await(function(go) resume = go end), 2 end)
    local bad = task.spawn_with({ on_error = function() end }, error, "no", 0)
    task.spawn(function()
      message = table.pack(bad:wait())
      before = true
      results = table.pack(slow:wait())
    end)
    assert.is_true(before)
    assert.is_nil(results)
    resume(1)
    assert.same({ n = 3, true, 1, 2 }, results)
    assert.is_false(message[1])
    assert.equal("no", message[2])
  end)

  it("wakes a chain of ten thousand without using up the stack", function()
    local count, resumes = 0, {}
    for index = 1, 10000 do
      task.spawn(function()
        task.await(function(resume) resumes[index] = resume end)
        count = count + 1
        if resumes[index + 1] then resumes[index + 1]() end
      end)
    end
    resumes[1]()
    assert.equal(10000, count)
    assert.same({}, logged)
  end)

  it("resumed by another one runs when that one waits or ends", function()
    local order, resume = {}, nil
    task.spawn(function()
      task.await(function(go) resume = go end)
      table.insert(order, "woken")
    end)
    task.spawn(function()
      resume()
      table.insert(order, "waker")
    end)
    assert.same({ "waker", "woken" }, order)
  end)

  it("can be cancelled where it waits, and closes what it holds", function()
    local closed, after
    local job = task.spawn(function()
      local _ <close> = task.on_close(function() closed = true end)
      task.sleep(60000)
      after = true
    end)
    job:cancel()
    assert.equal("cancelled", job.state)
    assert.is_true(closed)
    assert.is_nil(after)
    uv.run("nowait")
    uv.walk(function(handle) assert(handle:is_closing(), "the timer is left") end)
  end)

  it("that is cancelled ends what it holds, also another that it waits for", function()
    local inner
    local outer = task.spawn(function()
      inner = task.spawn(function() task.sleep(100000) end)
      local _ <close> = task.on_close(function() inner:cancel() end)
      inner:wait()
      error("never reached")
    end)
    outer:cancel()
    assert.same({ "cancelled", "cancelled" }, { outer.state, inner.state })
    local went_on
    task.spawn(function() task.yield() went_on = true end)
    helper.wait_for(function() return went_on end)
  end)

  it("in a queue does not begin any more once its group is cancelled", function()
    local group, begun = {}, 0
    local line = task.queue(1, { group = group })
    for _ = 1, 50 do
      line:add(function()
        begun = begun + 1
        task.sleep(100000)
      end)
    end
    task.cancel(group)
    assert.same({ 1, 0 }, { begun, line:size() })
  end)

  it("that cancels itself ends when it next waits", function()
    local job, reached, passed
    job = task.spawn(function()
      task.await(function(resume)
        local timer = uv.new_timer()
        timer:start(1, 0, function()
          timer:close()
          resume()
        end)
      end)
      job:cancel()
      reached = true
      task.yield()
      passed = true
    end)
    helper.wait_for(function() return reached end)
    assert.equal("cancelled", job.state)
    assert.is_nil(passed)
  end)
end)

describe("a watched task", function()
  before_each(function() log.set_writer(function() end) end)
  after_each(function() log.set_writer(nil) end)

  local function watched(fn, on_held, seconds)
    local message
    local options = { watch = task.watch { name = "plugin x", seconds = seconds or 0.05, on_held = on_held } }
    options.on_error = function(_, text) message = text end
    local job = task.spawn_with(options, fn)
    return job, message
  end

  it("that runs on without waiting is ended", function()
    local job, message = watched(function() while true do end end) -- luacheck: ignore 542
    assert.equal("failed", job.state)
    assert.matches("task_spec.lua:%d+: plugin x ran for more than 0.05 s", message)
  end)

  it("has two seconds if nothing else was said", function()
    local message
    local began = uv.hrtime()
    local options = { watch = task.watch { name = "plugin x" }, on_error = function(_, text) message = text end }
    task.spawn_with(options, function()
      while true do end -- luacheck: ignore 542
    end)
    local seconds = (uv.hrtime() - began) / 1e9
    assert.matches("plugin x ran for more than 2 s", message)
    assert.is_true(seconds >= 2 and seconds < 8)
  end)

  it("may run as often as it likes for less", function()
    local done
    local job = watched(function()
      local began = uv.hrtime()
      while uv.hrtime() - began < 1e9 do
        local start = uv.hrtime()
        while uv.hrtime() - start < 0.005e9 do end -- luacheck: ignore 542
        task.yield()
      end
      done = true
    end, nil, 0.5)
    helper.wait_for(function() return job:has_ended() end)
    assert.is_true(done)
  end)

  it("is told from other errors", function()
    local problem
    watched(function()
      local _
      _, problem = pcall(function() while true do end end) -- luacheck: ignore 542
    end)
    assert.is_true(task.is_overtime(problem))
    assert.is_false(task.is_overtime("text"))
    assert.is_false(task.is_overtime(nil))
  end)
end)

describe("a queue", function()
  it("runs no more jobs at once than its limit, in order of arrival", function()
    local queue, running, most, order = task.queue(2), 0, 0, {}
    for index = 1, 6 do
      queue:add(function()
        running = running + 1
        most = math.max(most, running)
        table.insert(order, index)
        task.sleep(2)
        running = running - 1
      end)
    end
    assert.equal(6, queue:size())
    assert.same({ 1, 2 }, order)
    helper.wait_for(function() return queue:size() == 0 end)
    assert.equal(2, most)
    assert.same({ 1, 2, 3, 4, 5, 6 }, order)
  end)

  it("goes on after a job that failed or was cancelled", function()
    log.set_writer(function() end)
    local queue, ran, resume = task.queue(1), {}, nil
    local first = queue:add(function() task.await(function(go) resume = go end) end)
    local second = queue:add(function() table.insert(ran, "second") end)
    queue:add(error, "boom")
    queue:add(function() table.insert(ran, "last") end)
    second:cancel()
    first:cancel()
    resume()
    log.set_writer(nil)
    assert.same({ "last" }, ran)
    assert.equal(0, queue:size())
  end)

  it("takes a hundred thousand jobs that do not wait", function()
    local queue, count, resume = task.queue(1), 0, nil
    queue:add(function() task.await(function(go) resume = go end) end)
    for _ = 1, 100000 do queue:add(function() count = count + 1 end) end
    resume()
    assert.equal(100000, count)
  end)
end)

describe("a mutex", function()
  it("is held by one task at a time, in order of arrival", function()
    local mutex, order, inside, done = task.mutex(), {}, 0, 0
    for index = 1, 4 do
      task.spawn(function()
        local _ <close> = mutex:lock()
        inside = inside + 1
        assert(inside == 1, "two tasks hold the lock")
        table.insert(order, index)
        task.sleep(1)
        inside = inside - 1
        done = done + 1
      end)
    end
    helper.wait_for(function() return done == 4 end)
    assert.same({ 1, 2, 3, 4 }, order)
    assert.is_false(mutex:is_locked())
  end)

  it("is given back by an error and by cancelled tasks", function()
    log.set_writer(function() end)
    local mutex, resume, got = task.mutex(), nil, false
    local holder = task.spawn(function()
      local _ <close> = mutex:lock()
      task.await(function(go) resume = go end)
    end)
    local waiting = task.spawn(function()
      local _ <close> = mutex:lock()
      error("never reached")
    end)
    task.spawn(function()
      local _ <close> = mutex:lock()
      error("boom")
    end)
    task.spawn(function()
      local _ <close> = mutex:lock()
      got = true
    end)
    waiting:cancel()
    assert.is_false(got)
    holder:cancel()
    resume()
    log.set_writer(nil)
    assert.is_true(got)
    assert.is_false(mutex:is_locked())
  end)
end)
