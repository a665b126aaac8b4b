-- btshare.process for plugins: other programs, run without a shell. Each is the head of a process group of its own,
-- which ends with it, with its time, or with the plugin.
local task = require "btshare.task"
local types = require "btshare.types"
local uv = require "luv"
local waiting = require "btshare.plugin.helpers.waiting"

local process = {}

local most_at_once = 8 -- of one plugin
local grace = 2000 -- milliseconds between asking a group to end and ending it
local passed_on = { "PATH", "HOME", "LANG", "LC_ALL", "TZ", "USER", "LOGNAME", "TMPDIR", "XDG_RUNTIME_DIR",
  "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY" }

local function word(value)
  if type(value) == "string" and not value:find("\0", 1, true) then return value end
  return nil, "must be a text without zeros"
end

local function variables(value)
  if type(value) ~= "table" then return nil, "must be a table of texts by name" end
  for name, text in pairs(value) do
    if type(name) ~= "string" or name == "" or name:find("[=%z]") or not word(text) then
      return nil, ("must be a table of texts by name, and '%s' is none"):format(tostring(name))
    end
  end
  return value
end

local rules = {
  input = types.default(types.string, ""), environment = types.default(variables, {}),
  timeout = types.default(types.between(types.period, 0.001, "1h"), "30s"),
  limit = types.default(types.between(types.size, 0, "64MiB"), "1MiB"),
}

local function split(command)
  local words, options = {}, {}
  for key, value in pairs(command) do
    if math.type(key) ~= "integer" then options[key] = value end
  end
  for index, value in ipairs(command) do
    local checked, message = word(value)
    if not checked then return nil, ("number %d of its words %s"):format(index, message) end
    words[index] = checked
  end
  if not words[1] or words[1] == "" then return nil, "the program's name is wanted" end
  return words, options
end

local function environment(more)
  local all, list = {}, {}
  for _, name in ipairs(passed_on) do all[name] = os.getenv(name) end
  for name, value in pairs(more) do all[name] = value end
  for name, value in pairs(all) do list[#list + 1] = name .. "=" .. value end
  return list
end

local failures = { ENOENT = { "there is no such program", "missing" }, EACCES = { "may not be run", "denied" } }

local function close(handle)
  if not handle:is_closing() then handle:close() end
end

---@class btshare.plugin.Run a program that runs
---@field package words string[]
---@field package pid integer?
---@field package status integer?
---@field package signal integer?
---@field package open integer pipes that are read still
---@field package problem {[1]: string, [2]: string}? why it is ended
---@field package done fun()?
local Run = {}
Run.__index = Run

-- Its number is nobody else's as long as the head has not been waited for, or others of the group live.
function Run:kill(signal)
  if self.pid then uv.kill(-self.pid, signal) end
end

function Run:fail(message, code)
  if self.problem or self.is_over then return end
  self.problem = { self.words[1] .. ": " .. message, code }
  self:kill "sigterm"
  self.timer:start(grace, 0, function() self:finish() end)
end

-- What it left behind in its group ends with it.
function Run:finish()
  if self.is_over then return end
  self.is_over = true
  self:kill "sigkill"
  for _, pipe in ipairs(self.pipes) do close(pipe) end
  close(self.timer)
  if self.done then self.done() end
end

function Run:follow(pipe, parts, limit)
  self.open = self.open + 1
  pipe:read_start(function(_, bytes)
    if not bytes then
      self.open = self.open - 1
      return self:look()
    end
    self.length = self.length + #bytes
    if self.length > limit then return self:fail(("wrote more than %d bytes"):format(limit), "full") end
    parts[#parts + 1] = bytes
  end)
end

-- Over when it has ended and all that it wrote is read. Who holds its pipes on has a moment, no more.
function Run:look()
  if self.is_over or not self.status then return end
  if self.open == 0 or self.problem then return self:finish() end
  self.timer:start(grace, 0, function() self:finish() end)
end

function Run:start(request)
  local input, output, errors = uv.new_pipe(false), uv.new_pipe(false), uv.new_pipe(false)
  self.pipes, self.timer = { input, output, errors }, uv.new_timer()
  local handle, problem, name
  handle, problem, name = uv.spawn(self.words[1], {
    args = table.move(self.words, 2, #self.words, 1, {}), env = environment(request.environment), cwd = "/",
    stdio = { input, output, errors }, detached = true,
  }, function(status, signal)
    handle:close()
    self.status, self.signal = status, signal
    self:look()
  end)
  if not handle then
    self:finish()
    local known = failures[name] or { tostring(problem), "failed" }
    return nil, self.words[1] .. ": " .. known[1], known[2]
  end
  self.pid = problem
  self:follow(output, self.output, request.limit)
  self:follow(errors, self.errors, request.limit)
  if request.input ~= "" then input:write(request.input) end -- who reads no input fails by itself
  input:shutdown(function() close(input) end)
  self.timer:start(math.max(1, math.ceil(request.timeout * 1000)), 0, function()
    self:fail(("did not end within %g s"):format(request.timeout), "busy")
  end)
  return true
end

local function run_now(words, request)
  local run = setmetatable({ words = words, open = 0, length = 0, output = {}, errors = {} }, Run)
  local started, message, code = run:start(request)
  if not started then return nil, message, code end
  local _ <close> = task.on_close(function()
    run.done = nil
    run:finish()
  end)
  task.await(function(resume)
    run.done = resume
    if run.is_over then resume() end
  end)
  if run.problem then return nil, run.problem[1], run.problem[2] end
  return {
    status = run.status, signal = run.signal ~= 0 and run.signal or nil, output = table.concat(run.output),
    errors = table.concat(run.errors),
  }
end

---@param instance btshare.plugin.instance
function process.new(instance)
  local turns = waiting.new(instance, "process.run", most_at_once)
  local api = {}

  function api.run(command)
    if type(command) ~= "table" then error("process.run: a list of words is wanted", 2) end
    local words, options = split(command)
    if not words then error("process.run: " .. options, 2) end
    local checked, messages = types.fields(rules, options, "its")
    if not checked then error("process.run: " .. table.concat(messages, "; "), 2) end
    return turns:run(run_now, words, checked)
  end

  return api
end

return process
