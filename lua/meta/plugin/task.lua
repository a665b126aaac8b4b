---@meta btshare.task
-- Code that waits without holding anything up. Handlers, routes, commands, panels and timers run in a task already.

---@class btshare.task
local task = {}

---Starts `fn(...)` at once as a task of its own; comes back when that first waits, or has ended. It ends with the plugin.
---@param fn function
---@param ... any
---@return btshare.task.job job
function task.spawn(fn, ...) end

---Waits.
---@param milliseconds number
function task.sleep(milliseconds) end

---Lets everything else have its turn: for work that is long without waiting. Code that runs for two seconds without waiting
---is ended with an error.
function task.yield() end

---Calls `begin(resume)`, and waits until `resume(...)` is called.
---@param begin fun(resume: fun(...))
---@return any ... what `resume` was given
function task.await(begin) end

---A queue of which at most `limit` run at once.
---@param limit integer
---@return btshare.task.queue queue
function task.queue(limit) end

---A lock that one task at a time holds: `local held <close> = mutex:lock()`.
---@return btshare.task.mutex mutex
function task.mutex() end

---A value for `local x <close>`: `fn` is called when the block is left, also by an error or because the plugin goes.
---@param fn fun()
---@return table closed
function task.on_close(fn) end

---@return boolean inside whether this runs in a task, which may wait
function task.is_inside() end

---@class btshare.task.job
local job = {}

---Waits for its end.
---@return boolean succeeded
---@return any ... what it gave, or the message of its error
function job:wait() end

---Ends it where it waits, or when it next does.
function job:cancel() end

---@return boolean ended
function job:has_ended() end

---@class btshare.task.queue
local queue = {}

---Has `fn(...)` run when its turn comes.
---@param fn function
---@param ... any
---@return btshare.task.job job
function queue:add(fn, ...) end

---@class btshare.task.mutex
local mutex = {}

---@return table held until its block is left
function mutex:lock() end

return task
