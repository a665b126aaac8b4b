---@meta btshare.process
-- Other programs. They run as BTshare does, with what BTshare may: they write into its own folders alone, and gain no
-- rights by being set-uid.

---@class btshare.process
local process = {}

---Runs a program without a shell, and waits for its end: only in handlers and tasks. The list is the program and its arguments;
---options stand beside them: `process.run { "mail", "-s", "Hello", "me", input = "…", timeout = "10s" }`. It ends, with all that it
---has started, when its time is over or the plugin goes.
---@param command btshare.process.Command
---@return btshare.process.Result? result also where the program failed: see its status
---@return string? message where it could not be run, or was ended
---@return string? code
function process.run(command) end

---@class btshare.process.Command
---@field [integer] string the program, found by PATH, and its arguments
---@field input string? what it reads; default: nothing
---@field environment table<string, string>? beside PATH, HOME, language and desktop
---@field timeout number|string|nil default "30s", at most "1h"
---@field limit integer|string|nil most bytes that it may write; default "1MiB", at most "64MiB"

---@class btshare.process.Result
---@field status integer its exit code
---@field signal integer? that ended it
---@field output string
---@field errors string

return process
