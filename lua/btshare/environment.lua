-- Environments for chunks that people wrote: config.lua and plugins. They get the harmless part of the standard
-- library, in copies of their own, so that nothing they do by mistake reaches the core or one another.
local task = require "btshare.task"

local environment = {}

local basic = {
  "_VERSION", "assert", "error", "ipairs", "next", "pairs", "rawequal", "rawget", "rawlen", "rawset", "select",
  "tonumber", "tostring", "type",
}
local libraries = {
  string = { "byte", "char", "find", "format", "gmatch", "gsub", "len", "lower", "match", "pack", "packsize", "rep",
    "reverse", "sub", "unpack", "upper" },
  table = { "concat", "insert", "move", "pack", "remove", "sort", "unpack" },
  math = { "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge", "log", "max",
    "maxinteger", "min", "mininteger", "modf", "pi", "rad", "random", "sin", "sqrt", "tan", "tointeger", "type",
    "ult" },
  utf8 = { "char", "charpattern", "codepoint", "codes", "len", "offset" },
  os = { "clock", "date", "difftime", "getenv", "time" },
}

local function pick(from, names)
  local picked = {}
  for _, name in ipairs(names) do picked[name] = from[name] end
  return picked
end

---A copy of `members` that can be read and walked, but not written.
---@param name string for messages
---@param members table
---@return table
function environment.read_only(name, members)
  local copy = {}
  for key, member in pairs(members) do copy[key] = member end
  return setmetatable({}, {
    __index = copy,
    __newindex = function(_, key) error(("%s.%s: %s cannot be changed"):format(name, tostring(key), name), 2) end,
    __pairs = function() return next, copy, nil end,
    __metatable = false,
  })
end

-- These let the end of a task that ran too long through: what catches every error could otherwise not
-- be ended.
local function pass_on(is_fine, problem, ...)
  if not is_fine and task.is_overtime(problem) then error(problem, 0) end
  return is_fine, problem, ...
end

local function protected_call(fn, ...)
  return pass_on(pcall(fn, ...))
end

local function protected_call_with(fn, handler, ...)
  return pass_on(xpcall(fn, function(problem)
    if task.is_overtime(problem) then return problem end
    return handler(problem)
  end, ...))
end

-- A finalizer runs where no hook can end it, and strings share their metatable with the core.
local function set_metatable(value, metatable)
  if type(metatable) == "table" and rawget(metatable, "__gc") ~= nil then
    error("setmetatable: __gc is not allowed here", 2)
  end
  return setmetatable(value, metatable)
end

local function get_metatable(value)
  if type(value) ~= "table" then return nil end
  return getmetatable(value)
end

---The harmless part of the standard library, made anew.
---@return table<string, any>
function environment.library()
  local library = pick(_G, basic)
  library.pcall, library.xpcall = protected_call, protected_call_with
  library.setmetatable, library.getmetatable = set_metatable, get_metatable
  for name, members in pairs(libraries) do
    library[name] = environment.read_only(name, pick(_G[name], members))
  end
  return library
end

---A `print` that says its line with `say`.
---@param say fun(format: string, line: string)
function environment.print_to(say)
  return function(...)
    local words = table.pack(...)
    for index = 1, words.n do words[index] = tostring(words[index]) end
    say("%s", table.concat(words, "\t"))
  end
end

return environment
