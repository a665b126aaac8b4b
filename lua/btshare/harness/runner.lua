-- Runs the tests of one plugin: a Lua file that is handed `test`, and says `test("what is so", function(fake) … end)`.
local environment = require "btshare.environment"
local fakes = require "btshare.harness.fake"
local small_file = require "btshare.small_file"
local task = require "btshare.task"

---@class btshare.harness.Result
---@field name string
---@field message string? why it failed, beginning with file and line where that is known
---@field trace string? of the plugin's own error

local runner = {}

---How long a test may run without waiting, in seconds.
local patience = 10

local function line_of(path, number)
  local text = small_file.read(path) or ""
  local at = 0
  for line in (text .. "\n"):gmatch("(.-)\n") do
    at = at + 1
    if at == number then return line:match("^%s*(.-)%s*$") end
  end
end

-- As Lua's own, but says where, and shows the line.
local function assert_for(path)
  return function(value, ...)
    if value then return value, ... end
    local message = ...
    local line = debug.getinfo(2, "l").currentline
    local said = "not so: " .. (line_of(path, line) or "assert")
    if message ~= nil then said = said .. ": " .. tostring(message) end
    error(("%s:%d: %s"):format(path, line, said), 0)
  end
end

local offered = { "json", "types" }

local function globals(path)
  local known = environment.library()
  known.assert = assert_for(path)
  known.print = environment.print_to(function(_, line) io.stderr:write(line, "\n") end)
  known._G = known
  known.require = function(module)
    for _, name in ipairs(offered) do
      if module == "btshare." .. name then
        return name == "json" and require "core.json" or require "btshare.types"
      end
    end
    error(("module '%s' is not for tests, which have btshare.json and btshare.types"):format(tostring(module)), 2)
  end
  return known
end

---The names and functions of a file's tests.
---@param path string of the tests
---@return {name: string, fn: function}[]|nil tests
---@return string? message
function runner.read(path)
  local text, message = small_file.read(path)
  if not text then return nil, message end
  local chunk
  chunk, message = load(text, "@" .. path, "t", globals(path))
  if not chunk then return nil, message end
  local tests = {}
  local ran, problem = pcall(chunk, function(name, fn)
    if type(name) ~= "string" or type(fn) ~= "function" then
      error('test: a name and a function are wanted: test("what is so", function(fake) … end)', 2)
    end
    tests[#tests + 1] = { name = name, fn = fn }
  end)
  if not ran then return nil, tostring(problem) end
  if #tests == 0 then return nil, path .. ": has no tests" end
  return tests
end

local function split_error(text)
  local message, trace = text:match("^(.-)\n(stack traceback:.*)$")
  return message or text, trace
end

local function run_one(test, plugin_path, watch)
  local fake, world = fakes.open(plugin_path)
  local _ <close> = task.on_close(function() world:close() end)
  local failure
  local job = task.spawn_with({ watch = watch, on_error = function(_, message) failure = message end }, function()
    test.fn(fake)
    if not world.was_tried then
      local loaded, message = world:load()
      if not loaded then error(message, 0) end
    end
    world:settle()
  end)
  job:wait()
  local own, trace = nil, nil
  if world.errors[1] then own, trace = split_error(world.errors[1]) end
  if failure and own then trace = own .. (trace and "\n" .. trace or "") end
  return { name = test.name, message = failure or own, trace = trace }
end

---Runs all tests of a file, each with a BTshare of its own. Call in a task.
---@param plugin_path string absolute
---@param test_path string
---@param on_result fun(result: btshare.harness.Result)
---@return integer|nil passed
---@return integer|string failed, or the message
function runner.run(plugin_path, test_path, on_result)
  local tests, message = runner.read(test_path)
  if not tests then return nil, message end
  local passed, failed = 0, 0
  for _, test in ipairs(tests) do
    local watch = task.watch { name = "the test", source = "@" .. test_path, seconds = patience }
    local result = run_one(test, plugin_path, watch)
    if result.message then failed = failed + 1 else passed = passed + 1 end
    on_result(result)
  end
  return passed, failed
end

return runner
