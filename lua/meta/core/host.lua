---@meta core.host
-- The house Lua lives in: what only the C program knows.

---@class core.host
---@field version string of BTshare, "0.1.0"
---@field data string absolute path of the folder that holds `lua/`, `plugins/` and `web/`
---@field arguments string[] the words after the program's name
local host = {}

---Says what to do with an error that escaped from a callback. C calls it inside its one
---protected call; without a handler the traceback goes to stderr. The program never exits for it.
---@param handler fun(traceback: string)
function host.on_error(handler) end

---Runs `fn(...)` as C would run a callback: an error is reported, not raised.
---@param fn function
---@return boolean succeeded
function host.call(fn, ...) end

---@return integer bytes resident set size of this process (VmRSS)
function host.memory() end

---@return boolean is_terminal whether file descriptor `fd` is a terminal
---@param fd integer
function host.is_terminal(fd) end

---@return boolean ignored whether SIGHUP does nothing, as whoever started us wanted it (nohup)
function host.ignores_hangup() end

---Locks `path` (made if missing, mode 0600) for this process until it ends, or says who has it.
---@param path string
---@return true|nil locked
---@return string? message
---@return string? code "exists" when another process holds it
function host.lock(path) end

---Tells the service manager that started us, if one did (sd_notify(3)). Never blocks.
---@param text string such as "READY=1"
---@return boolean|nil told false where nobody asked to be told
---@return string? message
---@return string? code
function host.notify(text) end

---Names the exit code; the program ends when the loop has nothing left to do.
---@param code integer
function host.exit_code(code) end

return host
