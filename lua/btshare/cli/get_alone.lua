-- A download in a process of its own, shown until it is there.
local exit = require "btshare.exit"
local host = require "core.host"
local speaker = require "btshare.terminal.speaker"
local task = require "btshare.task"
local uv = require "luv"
local views = require "btshare.cli.get_view"

local get_alone = {}

local refresh_milliseconds = 500
local exit_of = { invalid = exit.failed, missing = exit.missing, denied = exit.refused, exists = exit.refused,
  locked = exit.refused }

local function signals(action)
  local handles = {}
  for name, code in pairs { sigint = exit.interrupted, sigterm = exit.interrupted } do
    local handle = uv.new_signal()
    handle:start(name, function() action(code) end)
    handles[#handles + 1] = handle
  end
  return function()
    for _, handle in ipairs(handles) do handle:close() end
  end
end

local function exit_code(code)
  return math.type(code) == "integer" and code or exit_of[code] or exit.failed
end

-- Waits for the end, however it comes: an exit code.
local function follow(receiver, view, options, on_signal)
  local download, downloads = receiver.download, receiver.downloads
  return task.await(function(resume)
    local timer = uv.new_timer()
    local has_shown
    local function finish(code)
      if timer:is_closing() then return end
      timer:close()
      resume(code)
    end
    on_signal(finish)
    local function unlock(password)
      if not password then return finish(exit.interrupted) end
      downloads:spawn(function()
        downloads:unlock(download, password)
        view:answered()
      end)
    end
    timer:start(0, refresh_milliseconds, function()
      local described = downloads:describe(download)
      if view.is_asking or described.locked and view:ask(described, unlock) then return end
      if described.state == "failed" then
        view:failed(described, views.reason(described.reason))
        return finish(exit_code(download.failure.code))
      end
      if not download.finished then return view:show(described) end
      if not has_shown then view:finished(described) end
      has_shown = true
      if described.state == "finished" or not options.share_for then return finish(exit.ok) end
    end)
  end)
end

---@param context btshare.cli.context
---@param options table
---@param start fun(): btshare.Alone?, string?, any
function get_alone.run(context, options, start)
  local view = views.open(context, options)
  local interrupted, on_interrupt
  local release = signals(function(code)
    interrupted = code
    if on_interrupt then on_interrupt(code) end
  end)
  host.exit_code(exit.failed)
  task.spawn(function()
    local receiver, message, code = start()
    local result
    if receiver then
      result = interrupted or follow(receiver, view, options, function(finish) on_interrupt = finish end)
      receiver:stop()
      if result == exit.interrupted and not receiver.download.finished then
        view:say("btshare: " .. speaker:text("cli.get.stopped"))
      end
    else
      result = exit_code(code)
      view:failed(nil, speaker:message(message))
    end
    release()
    view:close()
    context:leave(result)
  end)
end

return get_alone
