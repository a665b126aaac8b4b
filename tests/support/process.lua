-- Child processes of a spec: they die with it, and are only ever ended by their own id.
local helper = require "helper"
local uv = require "luv"

local process = {}

---@class Namespace
---@field pid integer the process that keeps the network namespace alive

local ticks = 100 -- a second, of /proc/PID/stat

---@class ProcessOptions
---@field namespace Namespace? the network namespace to run in
---@field environment table<string, string>? added to the few variables every child gets
---@field home string? the child's home, so that no client reads or writes the real one
---@field on_line fun(line: string)? called with each line of stdout as it arrives

---@class Process
---@field pid integer
---@field output string all of stdout and stderr so far
---@field errors string of that, stderr alone
---@field code integer? exit code, once it has ended
---@field signal integer? the signal that ended it, or 0
---@field private handle userdata
---@field private input userdata
local Process = {}
Process.__index = Process

local running = {} ---@type table<Process, true>

-- Keeps the end of `output` readable in a message.
local function tail(output)
  return #output > 2000 and "…" .. output:sub(-2000) or output
end

local function environment(options)
  local home = options.home or "/nonexistent"
  local variables = {
    PATH = os.getenv("PATH"), LANG = "C.UTF-8", HOME = home, TMPDIR = os.getenv("TMPDIR") or "/tmp",
    XDG_CONFIG_HOME = home .. "/config", XDG_STATE_HOME = home .. "/state",
    XDG_CACHE_HOME = home .. "/cache", XDG_DOWNLOAD_DIR = home .. "/downloads",
  }
  for name, value in pairs(options.environment or {}) do variables[name] = value end
  local list = {}
  for name, value in pairs(variables) do list[#list + 1] = name .. "=" .. value end
  return list
end

-- The kernel ends the child when the spec's process goes, however it goes. setpriv and nsenter
-- both exec, so the id that uv knows is the child's own.
local function wrapped(command, namespace)
  local words = { "setpriv", "--pdeathsig", "KILL", "--" }
  if namespace then
    words[#words + 1] = "nsenter"
    words[#words + 1] = ("--net=/proc/%d/ns/net"):format(namespace.pid)
    words[#words + 1] = "--"
  end
  return table.move(command, 1, #command, #words + 1, words)
end

-- Reads a pipe to its end; `on_data` gets what came, `on_line` the lines without their newline.
local function follow(pipe, child, on_data, on_line)
  local rest = ""
  pipe:read_start(function(_, data)
    if not data then
      pipe:close()
      child.open_pipes = child.open_pipes - 1
      return
    end
    child.output = child.output .. data
    if on_data then on_data(data) end
    if not on_line then return end
    rest = rest .. data
    local after = 1
    for line, next_line in rest:gmatch("([^\n]*)\n()") do
      on_line(line)
      after = next_line
    end
    rest = rest:sub(after)
  end)
end

---Starts `command`, a program and its words.
---@param command string[]
---@param options ProcessOptions?
---@return Process
function process.start(command, options)
  options = options or {}
  local words = wrapped(command, options.namespace)
  local input, stdout, stderr = uv.new_pipe(false), uv.new_pipe(false), uv.new_pipe(false)
  local child = setmetatable({ name = command[1], output = "", errors = "", open_pipes = 2, input = input },
    Process)
  local handle, pid = uv.spawn(table.remove(words, 1), {
    args = words, stdio = { input, stdout, stderr }, env = environment(options),
  }, function(code, signal)
    child.code, child.signal = code, signal
    child.handle:close()
    input:close()
    running[child] = nil
  end)
  if not handle then error("cannot start " .. command[1] .. ": " .. pid) end
  child.handle, child.pid = handle, pid
  running[child] = true
  follow(stdout, child, nil, options.on_line)
  follow(stderr, child, function(data) child.errors = child.errors .. data end)
  return child
end

---Runs `command` to its end; raises when it fails.
---@param command string[]
---@param options ProcessOptions? also `seconds`, default 30
---@return string output
function process.run(command, options)
  local child = process.start(command, options)
  local code = child:wait(options and options.seconds or 30)
  if code ~= 0 then
    error(("%s ended with %d: %s"):format(table.concat(command, " "), code, tail(child.output)), 2)
  end
  return child.output
end

---Waits until it has ended and all it wrote was read.
---@param seconds number
---@return integer code
function Process:wait(seconds)
  self:wait_for(function() return self.code and self.open_pipes == 0 end, seconds, "the end")
  return self.code
end

---Waits until `done()` is true; raises, with the end of its output, when that takes too long.
---@param done fun(): any
---@param seconds number
---@param what string
function Process:wait_for(done, seconds, what)
  local ok, result = pcall(helper.wait_for, done, seconds, what .. " of " .. self.name)
  if not ok then error(("%s\nits output: %s"):format(result, tail(self.output)), 2) end
  return result
end

---Writes to its stdin.
---@param text string
function Process:write(text)
  self.input:write(text)
end

---@param signal string? default "sigkill"
function Process:kill(signal)
  if not self.code then self.handle:kill(signal or "sigkill") end
end

---@return number seconds of processor time that it has taken so far, all its threads together
function Process:processor_seconds()
  local file <close> = assert(io.open(("/proc/%d/stat"):format(self.pid)))
  local fields = {}
  for field in file:read("a"):match(".*%)(.*)"):gmatch("%S+") do fields[#fields + 1] = tonumber(field) or 0 end
  return (fields[12] + fields[13]) / ticks -- utime, stime
end

---Ends it and waits for it.
function Process:stop()
  self:kill()
  self:wait(10)
end

---Ends all that is still running.
function process.stop_all()
  local children = {}
  for child in pairs(running) do children[#children + 1] = child end
  for _, child in ipairs(children) do child:kill() end
  for _, child in ipairs(children) do child:wait(10) end
end

return process
