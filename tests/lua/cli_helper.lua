-- What the specs of the command line share: the program as a process, and a fake instance behind a socket.
local helper = require "helper"
local uv = require "luv"
require "cli_json"

local cli_helper = {}

local source = uv.fs_realpath(debug.getinfo(1, "S").source:match("^@(.*)/[^/]*$"))

local function collect(pipe, into)
  pipe:read_start(function(_, bytes)
    if bytes then
      into[#into + 1] = bytes
    else
      pipe:close()
      into.ended = true
    end
  end)
end

---Starts any program.
---@param program string
---@param home string
---@param words string[]
---@param options {env: table<string, string>?, cwd: string?, unread: boolean?}? unread: its output waits for `read()`
---@return table process with `pid`, `kill(signal)`, `wait() → code, out, err, signal`, `out()`, `err()`, `ended()`
function cli_helper.start_program(program, home, words, options)
  options = options or {}
  local environment = { "HOME=" .. home, "PATH=/usr/bin:/bin", "BTSHARE_STRICT=1", "TERM=xterm" }
  for name, value in pairs(options.env or {}) do environment[#environment + 1] = name .. "=" .. value end
  local out_pipe, err_pipe = uv.new_pipe(false), uv.new_pipe(false)
  local out, err, ended = {}, {}, nil
  local child, pid
  child, pid = uv.spawn(program, {
    args = words,
    env = environment,
    cwd = options.cwd or home,
    stdio = { nil, out_pipe, err_pipe },
  }, function(code, signal)
    ended = { code = code, signal = signal }
    child:close()
  end)
  assert(child, pid)
  if not options.unread then collect(out_pipe, out) end
  collect(err_pipe, err)
  local process = { pid = pid }
  function process.read() collect(out_pipe, out) end
  function process.ended() return ended end
  function process.out() return table.concat(out) end
  function process.err() return table.concat(err) end
  function process.kill(signal) child:kill(signal) end
  function process.wait()
    helper.wait_for(function() return ended and out.ended and err.ended end, 15, table.concat(words, " "))
    return ended.code, process.out(), process.err(), ended.signal
  end
  return process
end

---Starts btshare; its folders lie below `home`.
---@param home string
---@param words string[]
---@param options {env: table<string, string>?, cwd: string?}?
---@return table process
function cli_helper.start(home, words, options)
  return cli_helper.start_program(uv.exepath(), home, { source .. "/cli_process.lua", table.unpack(words) }, options)
end

---Runs a line of bash in which $BTSHARE is the program.
---@param home string
---@param line string
---@return integer code
---@return string out
---@return string err
function cli_helper.run_shell(home, line)
  local program = ("%s %s/cli_process.lua"):format(uv.exepath(), source)
  return cli_helper.start_program("/bin/bash", home, { "-c", line }, { env = { BTSHARE = program } }).wait()
end

---@return integer code
---@return string out
---@return string err
function cli_helper.run(home, words, options)
  return cli_helper.start(home, words, options).wait()
end

local function is_complete(request)
  local _, stop = request:find("\r\n\r\n", 1, true)
  local length = tonumber(request:lower():match("content%-length: (%d+)") or 0)
  return stop and #request >= stop + length, stop
end

---Listens on a Unix socket and hands each complete request to `answer`, which writes to the connection itself.
---@param path string
---@param answer fun(connection: table, request: {method: string, target: string, body: string, text: string})
---@return table server with `close()` and `requests`
function cli_helper.serve(path, answer)
  local listener, connections, requests = uv.new_pipe(false), {}, {}
  assert(listener:bind(path))
  listener:listen(16, function()
    local connection, text = uv.new_pipe(false), ""
    listener:accept(connection)
    connections[#connections + 1] = connection
    connection:read_start(function(_, bytes)
      if not bytes then
        if not connection:is_closing() then connection:close() end
        return
      end
      text = text .. bytes
      local complete, stop = is_complete(text)
      if not complete then return end
      local method, target = text:match("^(%S+) (%S+)")
      local request = { method = method, target = target, body = text:sub(stop + 1), text = text }
      requests[#requests + 1] = request
      answer(connection, request)
    end)
  end)
  local server = { requests = requests }
  function server.close()
    if listener:is_closing() then return end
    listener:close()
    for _, connection in ipairs(connections) do
      if not connection:is_closing() then connection:close() end
    end
    uv.run("nowait")
  end
  return server
end

---@param connection table
---@param status integer
---@param value any? encoded as JSON
---@param head string? further header lines
---@param text string? body that is sent as it is
function cli_helper.reply(connection, status, value, head, text)
  local body = text or (value and require("core.json").encode(value)) or ""
  local length = status == 204 and "" or ("Content-Length: %d\r\n"):format(#body)
  connection:write(("HTTP/1.1 %d X\r\n%s%s\r\n%s"):format(status, head or "", length, body))
  connection:shutdown()
end

return cli_helper
