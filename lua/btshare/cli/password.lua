-- The password of somebody else's link: read from a file, or asked for on the terminal. Never a word of the command
-- line, where everybody on this machine could read it.
local exit = require "btshare.exit"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"
local uv = require "luv"

local password = {}

password.tries = 3

local longest = 4096 -- bytes
local standard_input = 0
local normal, raw = 0, 1 -- modes of a terminal

local function read_line(fd)
  local line = ""
  while #line < longest and not line:find("\n", 1, true) do
    local bytes, message = uv.fs_read(fd, longest - #line, -1)
    if not bytes then return nil, message end
    if bytes == "" then break end
    line = line .. bytes
  end
  return (line:match("^[^\n]*"):gsub("\r$", ""))
end

---The first line of a file, which may be a pipe.
---@param path string "-" is standard input
---@return string? password
---@return string? message for people
---@return integer? exit_code
function password.read(path)
  local fd, problem = standard_input, nil
  if path ~= "-" then fd, problem = uv.fs_open(path, "r", 0) end
  local line
  if fd then line, problem = read_line(fd) end
  if fd and fd ~= standard_input then uv.fs_close(fd) end
  if line and line ~= "" then return line end
  local file = text.escape(path)
  if line then return nil, speaker:text("cli.password.empty", { file = file }), exit.failed end
  local reason = tostring(problem):match("^%u+: ([^:]*)") or tostring(problem)
  return nil, speaker:text("cli.password.unread", { file = file, reason = reason }), exit.missing
end

---Whether there is somebody who can be asked.
---@param context btshare.cli.context
---@return boolean
function password.can_ask(context)
  return context.err.is_terminal and uv.guess_handle(standard_input) == "tty"
end

local keys = {}
keys["\r"] = function(self) return self.typed ~= "" and self.finish(self.typed) end
keys["\n"] = keys["\r"]
keys["\3"] = function(self) return self.finish(nil) end -- Ctrl-C
keys["\4"] = function(self) return self.finish(self.typed ~= "" and self.typed or nil) end -- Ctrl-D
keys["\21"] = function(self) self.typed = "" end -- Ctrl-U
keys["\127"] = function(self) self.typed = self.typed:gsub("[^\128-\191][\128-\191]*$", "") end
keys["\8"] = keys["\127"]

---Asks for it. What is typed is not shown, and the terminal is as before when `on_done` is called.
---@param context btshare.cli.context
---@param on_done fun(typed: string?) nil where they gave up
---@return fun()? cancel asks no longer, without a word; nil where the terminal cannot be read
function password.ask(context, on_done)
  local terminal = uv.new_tty(standard_input, true)
  if not terminal then return nil end
  local self, is_over = { typed = "" }, false
  local function close()
    if is_over then return false end
    is_over = true
    terminal:set_mode(normal)
    terminal:close()
    context.err:write "\n"
    return true
  end
  function self.finish(typed)
    if close() then on_done(typed) end
  end
  terminal:set_mode(raw) -- without echo, and so that Ctrl-C comes as a key
  context.err:write(speaker:text("cli.password.ask") .. " ")
  terminal:read_start(function(_, bytes)
    if not bytes then return self.finish(nil) end
    for key in bytes:gmatch(".") do
      if is_over then return end
      local act = keys[key]
      if act then
        act(self)
      elseif key:byte() >= 32 and #self.typed < longest then
        self.typed = self.typed .. key
      end
    end
  end)
  return close
end

return password
