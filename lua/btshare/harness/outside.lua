-- The world outside of a plugin's tests: no request leaves it and no program is started; the test answers for them.
local task = require "btshare.task"

---@class btshare.harness.Outside
---@field fetches table[] requests that the plugin made by `btshare.http`
---@field runs table[] programs that it ran by `btshare.process`
---@field restrictions {up: integer?, down: integer?, pause: boolean?}[] by `btshare.limits` that hold now
---@field folder string? where its `btshare.fs` may read; the test's own
---@field private answer_fetch function?
---@field private answer_run function?
local Outside = {}
Outside.__index = Outside

local outside = {}

---@return btshare.harness.Outside
function outside.new()
  return setmetatable({ fetches = {}, runs = {}, restrictions = {} }, Outside)
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

---@private
function Outside:fetch(request)
  wait "http.fetch"
  if type(request) ~= "table" or type(request.url) ~= "string" then
    error("http.fetch: a table with a url is wanted", 3)
  end
  table.insert(self.fetches, request)
  local result, message, code
  if self.answer_fetch then result, message, code = self.answer_fetch(request) end
  return filled(result, { status = 200, headers = {}, body = "" }, message, code)
end

---@private
function Outside:run(arguments)
  wait "process.run"
  if type(arguments) ~= "table" or type(arguments[1]) ~= "string" then
    error("process.run: a list that begins with the program is wanted", 3)
  end
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
    limits = { restrict = function(what) return self:restrict(what) end },
    http = { fetch = function(request) return self:fetch(request) end },
    process = { run = function(arguments) return self:run(arguments) end },
  }
end

return outside
