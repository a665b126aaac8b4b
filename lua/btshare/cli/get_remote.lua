-- A download of the running instance, followed until it is there.
local control = require "btshare.cli.control"
local crypto = require "core.crypto"
local exit = require "btshare.exit"
local speaker = require "btshare.terminal.speaker"
local uv = require "luv"
local views = require "btshare.cli.get_view"

local get_remote = {}

local refresh_milliseconds = 500

-- What somebody types who knows the password, and whether they could be asked.
local function ask_password(view, download, is_interrupted)
  local is_done, typed
  if not view:ask(download, function(password) is_done, typed = true, password end) then return nil, false end
  while not is_done and not is_interrupted() do uv.run("once") end
  view:answered()
  return typed, true
end

---@param context btshare.cli.context
---@param options table
---@param request btshare.downloads.request
---@return integer exit_code
function get_remote.run(context, options, request)
  local body = {
    source = request.source, torrent = request.torrent and crypto.base64url(request.torrent), files = request.files,
    share_after = request.share_after, share_seconds = request.share_seconds, password = request.password,
  }
  local download, code, problem = control.ask(context, options, "POST", "/api/v1/downloads", body)
  if not download then
    if problem and problem.code == "denied" then context:say("btshare: " .. speaker:text("cli.get.elsewhere")) end
    return code
  end
  if download.state == "failed" or download.state == "paused" then
    download, code = control.ask(context, options, "PATCH", "/api/v1/downloads/" .. download.id, { paused = false })
    if not download then return code end
  end
  local view = views.open(context, options)
  local is_interrupted = false
  local function was_interrupted() return is_interrupted end
  local signals = { uv.new_signal(), uv.new_signal() }
  for index, name in ipairs { "sigint", "sigterm" } do
    signals[index]:start(name, function() is_interrupted = true end)
  end
  local target = "/api/v1/downloads/" .. download.id
  local result
  while not result do
    local password, was_asked
    if download.locked then password, was_asked = ask_password(view, download, was_interrupted) end
    if password then
      download, code = control.ask(context, options, "PATCH", target, { password = password })
      if not download then result = code end
    elseif was_asked then
      result = exit.interrupted
    elseif download.state == "failed" then
      view:failed(download, views.reason(download.reason))
      result = download.locked and exit.refused or exit.failed
    elseif download.finished then
      view:finished(download)
      result = exit.ok
    elseif is_interrupted then
      view:say("btshare: " .. speaker:text("cli.get.goes.on"))
      result = exit.interrupted
    else
      view:show(download)
      local timer, is_time = uv.new_timer(), false
      timer:start(refresh_milliseconds, 0, function() is_time = true end)
      while not is_time and not is_interrupted do uv.run("once") end
      timer:close()
      download, code = control.ask(context, options, "GET", target)
      if not download then result = code end
    end
  end
  view:close()
  for _, signal in ipairs(signals) do signal:close() end
  return result
end

return get_remote
