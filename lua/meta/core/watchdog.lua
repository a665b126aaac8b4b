---@meta core.watchdog
-- Runs code whose time and memory are watched: what plugins do, by mistake, must not hold up the rest.

---@class core.watchdog
local watchdog = {}

---Says what looks after watched code. `look` is called inside code that has run for a while, the first time after 80 ms
---and then when its time is over, until it has ended: an error that it raises ends the code where it is. What is inside
---a C function is only found once that returns, where its caller is.
---@param look fun(seconds: number, is_over: boolean, is_between: boolean) `seconds` the code has run; is_between: where a function begins or ends, so that raising leaves none half done
function watchdog.on_look(look) end

---Has a thread look at the clock from now on. Without it the code does so itself, at every so many instructions, which
---misses what happens in C functions.
---@return true|nil started
---@return string? message
---@return string? code
function watchdog.start() end

---Has the thread write into a file whose code has held everything up for 5 s, as long as it does: so that it is known
---even where the process is killed. Before `start`.
---@param path string made if it is not there
---@return string? former who stood there, "" for nobody
---@return string? message
---@return string? code
function watchdog.note_in(path) end

---Whose code is watched.
---@param name string for people
---@param seconds number that it may run without waiting
---@param bytes integer of Lua's memory that it may hold; beyond that its requests fail ("not enough memory")
---@return core.watchdog.Owner
function watchdog.owner(name, seconds, bytes) end

---@class core.watchdog.Owner
local Owner = {}

---Calls `fn(...)`, which resumes or closes the coroutine `thread`, and counts what that takes as the owner's. Runs
---nest, and the time of an inner one is not the outer one's.
---@param thread thread
---@param fn function
---@return integer nanoseconds that it has taken
---@return any ... what `fn` returned
function Owner:run(thread, fn, ...) end

---@return integer bytes that were allocated while the owner's code ran and have not been freed since: what it holds, and garbage that waits for the collector
function Owner:memory() end

return watchdog
