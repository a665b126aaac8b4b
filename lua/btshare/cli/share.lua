-- `btshare DIR…`, `btshare share DIR…`: shares folders in the foreground, until it is told to end.
local exit = require "btshare.exit"
local facts = require "btshare.cli.facts"
local host = require "core.host"
local paths = require "btshare.paths"
local say_mistakes = require "btshare.cli.mistakes"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"
local uv = require "luv"

local share = {}

local function port(word)
  local number = math.tointeger(tonumber(word))
  if number and number >= 0 and number <= 65535 then return number end
  return nil, speaker:text("cli.share.no.port", { word = word })
end

local function address(word)
  local number = word:match("^%[[%x:.%%%w]+%]:(%d+)$") or word:match("^[^:%[%]]+:(%d+)$")
  if number and port(number) then return word end
  return nil, speaker:text("cli.share.no.address", { word = word })
end

local function owner_name(word)
  if word ~= "" then return word end
  return nil, speaker:text("cli.share.no.name")
end

function share.describe(parser, t)
  parser:argument(t("cli.word.dir"), t("cli.share.folders")):argname(t("cli.word.dir")):target("folders"):args("*")
  parser:option("--config", t("cli.config.option")):argname(t("cli.word.file")):target("config")
  parser:option("--console", t("cli.share.console")):argname(t("cli.word.address")):convert(address)
  parser:option("--public", t("cli.share.public")):argname(t("cli.word.address")):convert(address)
  parser:option("--port", t("cli.share.port")):argname(t("cli.word.number")):convert(port)
  parser:option("--name", t("cli.share.name")):argname(t("cli.word.text")):convert(owner_name)
  parser:flag("--json", t("cli.share.json"))
  parser:mutex(
    parser:flag("-q --quiet", t("cli.share.quiet")),
    parser:flag("-v --verbose", t("cli.share.verbose"))
  )
end

-- Resolves the folders, or says which cannot be one.
local function check_folders(words, context)
  local folders, seen = {}, {}
  for _, word in ipairs(words) do
    local path = uv.fs_realpath(word)
    local shown = text.escape(word)
    if not path then
      return nil, context:fail(speaker:text("cli.share.no.folder", { folder = shown }), exit.missing)
    end
    if uv.fs_stat(path).type ~= "directory" then
      return nil, context:fail(speaker:text("cli.share.is.file", { file = shown }), exit.usage)
    end
    if not seen[path] then folders[#folders + 1] = path end
    seen[path] = true
  end
  return folders
end

local function check_state(options, context)
  local possible, message = paths.check_socket(paths.find(options).socket)
  if possible then return exit.ok end
  return context:fail(speaker:message(message), exit.usage)
end

-- Signals while it runs. Once stopping has begun they are the system's again: a second Ctrl-C ends at once.
local function watch_signals(actions)
  local watched = {}
  for name, action in pairs(actions) do
    local handle = uv.new_signal()
    handle:start(name, action)
    watched[#watched + 1] = handle
  end
  return function()
    for _, handle in ipairs(watched) do handle:close() end
  end
end

-- Whoever closes a terminal may send SIGHUP before it has gone.
local closing_time = 1000

-- What SIGHUP means: `on_gone` where the terminal that we were started from is not there any more, else `on_order`.
-- Nothing at all where it was ignored at our start, which is how nohup has a program outlive its terminal.
local function watch_hangup(on_gone, on_order)
  if host.ignores_hangup() then return function() end end
  local terminal = host.is_terminal(0) and 0 or host.is_terminal(2) and 2 or nil
  local signal, timer = uv.new_signal(), uv.new_timer()
  local function has_gone() return terminal ~= nil and not host.is_terminal(terminal) end
  signal:start("sighup", function()
    if has_gone() then return on_gone() end
    on_order()
    timer:start(closing_time, 0, function()
      if has_gone() then on_gone() end
    end)
  end)
  return function()
    signal:close()
    timer:close()
  end
end

---@class btshare.cli.view
---@field on_fact fun(self, name: string, event: table)
---@field close fun(self)
---@field resized fun(self)?
---@field facts string[]? names of those it shows, default: all
---@field for_reader boolean? whether it ends with whoever reads what it prints

---Shows what a started instance does, and ends it on signals. Separate from `run` for the sake of tests.
---@param instance table with `events`, `stop`, `reload`
---@param view btshare.cli.view
---@param context btshare.cli.context
---@return fun() abandon lets go of everything, for an instance that never ran
function share.follow(instance, view, context)
  local code, has_ended, release, hook = exit.ok, false, nil, nil

  local function interrupt(reason, its_code)
    return function()
      code = its_code
      release()
      instance:stop(reason)
    end
  end
  local close_signals = watch_signals {
    sigint = interrupt("interrupted", exit.interrupted),
    sigterm = interrupt("terminated", exit.ok),
    sigwinch = function() if view.resized then view:resized() end end,
  }
  local close_hangup = watch_hangup(interrupt("terminal closed", exit.ok), function() instance:reload() end)
  function release()
    close_signals()
    close_hangup()
    close_signals, close_hangup = function() end, function() end
  end
  if view.for_reader then
    context.out.on_broken = function(reason)
      if has_ended then return end
      context:fail(reason == "EPIPE" and speaker:text("cli.share.reader.gone")
        or speaker:text("cli.share.output.broken", { reason = speaker:message(context.out:why_broken()) }))
      interrupt("nobody reads its events", exit.failed)()
    end
  end
  local function abandon()
    has_ended = true
    release()
    view:close()
  end
  function hook(name)
    instance.events:on(name, function(event)
      if has_ended or facts.is_old_news(name, event) then return end
      view:on_fact(name, event)
      if name == "started" then
        for _, late in ipairs(facts.after_start) do hook(late) end
      end
      if name ~= "stopping" then return end
      abandon()
      context:leave(event.exit_code or code)
    end)
  end
  for _, name in ipairs(view.facts or facts.names) do
    if not facts.is_after_start[name] then hook(name) end
  end
  return abandon
end

function share.run(options, context)
  local folders, code = check_folders(options.folders, context)
  if not folders then return code end
  code = check_state(options, context)
  if code ~= exit.ok then return code end
  options.folders = folders
  local view = require(options.json and "btshare.cli.share_json" or "btshare.cli.share_view").open(context, options)
  local abandon
  local function follow(instance)
    abandon = abandon or share.follow(instance, view, context)
  end
  -- One sentence, or the mistakes of config.lua; now, or while everything is being opened.
  local function failed(message, its_code)
    if abandon then abandon() else view:close() end
    if type(message) == "table" then
      say_mistakes(context, message)
    else
      context:fail(speaker:message(message))
    end
    context:leave(its_code or exit.failed)
  end
  host.exit_code(exit.failed) -- until the end is a clean one
  require("btshare").start({
    folders = folders, paths = paths.find(options),
    config_file = options.config and paths.absolute(options.config),
    console = options.console, public = options.public, port = options.port, name = options.name,
  }, follow, failed)
end

return share
