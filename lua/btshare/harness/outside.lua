-- The world outside of a plugin's tests: no request leaves it and no program is started; the test answers for them.
local fetch = require "core.fetch"
local task = require "btshare.task"
local types = require "btshare.types"

---@class btshare.harness.Outside
---@field fetches table[] requests that the plugin made by `btshare.http`
---@field runs table[] programs that it ran by `btshare.process`
---@field restrictions {up: integer?, down: integer?, pause: boolean?}[] by `btshare.limits` that hold now
---@field folder string? where its `btshare.fs` may read; the test's own
---@field private on_error fun(message: string)
---@field private answer_fetch function?
---@field private answer_run function?
local Outside = {}
Outside.__index = Outside

local outside = {}

---@param on_error fun(message: string) is told where an answer of the test fails
---@return btshare.harness.Outside
function outside.new(on_error)
  return setmetatable({ on_error = on_error, fetches = {}, runs = {}, restrictions = {} }, Outside)
end

-- What really waits is a turn of the loop, so that a plugin that forgets to be in a task is found out.
local function wait(name)
  if not task.is_inside() then error(name .. ": only a handler or a task can wait", 3) end
  task.yield()
end

---Has `fn(request)` answer what the plugin fetches; nil, message, code is a failure.
---@param fn fun(request: table): table?, string?, string?
function Outside:on_fetch(fn) self.answer_fetch = fn end

---Has `fn(arguments)` answer for the programs that the plugin runs.
---@param fn fun(arguments: table): table?, string?, string?
function Outside:on_run(fn) self.answer_run = fn end

local function filled(result, defaults, message, code)
  if result == nil then
    if type(message) == "string" then return nil, message, code or "failed" end
    result = {}
  end
  for name, value in pairs(defaults) do
    if result[name] == nil then result[name] = value end
  end
  return result
end

local function headers_of(lines)
  local headers = {}
  for _, line in ipairs(lines or {}) do
    local name, value = line:match("^([^:]+): (.*)$")
    headers[name] = value
  end
  return headers
end

local function head_of(answer)
  local lines = {}
  for name, value in pairs(answer.headers) do lines[#lines + 1] = ("%s: %s\r\n"):format(name, value) end
  return table.concat(lines)
end

-- Stands in for core.fetch, so that what `btshare.http` checks and makes of a request is the real thing.
---@private
function Outside:start_fetch(wire, resume)
  local request = {
    url = wire.url, method = wire.method, headers = headers_of(wire.headers), body = wire.body,
    timeout = wire.timeout / 1000, from = wire.mail_from, to = wire.mail_to,
  }
  table.insert(self.fetches, request)
  task.spawn(function()
    task.yield()
    local result, message, code
    local fine = true
    if self.answer_fetch then fine, result, message, code = pcall(self.answer_fetch, request) end
    if not fine then
      self.on_error(tostring(result))
      return resume(nil, "the test's own answer failed", "failed")
    end
    local answer, problem, kind = filled(result, { status = 200, headers = {}, body = "" }, message, code)
    if not answer then return resume(nil, problem, kind) end
    resume { status = answer.status, head = head_of(answer), body = answer.body }
  end)
  return { close = function() end }
end

---Puts itself in place of the network.
function Outside:install()
  self.genuine_start = fetch.start
  fetch.start = function(...) return self:start_fetch(...) end
end

function Outside:uninstall()
  fetch.start = self.genuine_start
end

local run_rules = {
  input = types.string, timeout = types.period, limit = types.size,
  environment = function(value)
    if type(value) == "table" then return value end
    return nil, "must be a table of texts by name"
  end,
}

local function check_command(command)
  local options = {}
  for key, value in pairs(command) do
    if math.type(key) ~= "integer" then options[key] = value end
  end
  local checked, messages = types.fields(run_rules, options, "its")
  if not checked then error("process.run: " .. table.concat(messages, "; "), 4) end
  for index, word in ipairs(command) do
    if type(word) ~= "string" then error(("process.run: number %d of its words must be a text"):format(index), 4) end
  end
end

---@private
function Outside:run(arguments)
  wait "process.run"
  if type(arguments) ~= "table" or type(arguments[1]) ~= "string" then
    error("process.run: a list that begins with the program is wanted", 3)
  end
  check_command(arguments)
  table.insert(self.runs, arguments)
  local result, message, code
  if self.answer_run then result, message, code = self.answer_run(arguments) end
  return filled(result, { status = 0, output = "", errors = "" }, message, code)
end

-- What `btshare.limits` gives: what is restricted now shows in `restrictions`.
---@private
function Outside:restrict(what)
  if type(what) ~= "table" then error("limits.restrict: a table is wanted", 3) end
  table.insert(self.restrictions, what)
  return function()
    for index, candidate in ipairs(self.restrictions) do
      if candidate == what then return table.remove(self.restrictions, index) end
    end
  end
end

---@return table<string, table> services as a plugin requires them
function Outside:services()
  return {
    numbers = { watch_lag = function(bounds)
      local lag = { bounds = bounds, counts = {}, count = 0, sum = 0 }
      for index = 1, #bounds do lag.counts[index] = 0 end
      return lag, function() end
    end },
    limits = { restrict = function(what) return self:restrict(what) end },
    process = { run = function(arguments) return self:run(arguments) end },
  }
end

return outside
