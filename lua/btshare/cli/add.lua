-- `btshare add FILE…`: shares single files or folders through the running instance.
local control = require "btshare.cli.control"
local exit = require "btshare.exit"
local exposure = require "btshare.exposure"
local json = require "core.json"
local paths = require "btshare.paths"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"
local units = require "btshare.units"
local uv = require "luv"

local add = {}

function add.describe(parser, t)
  parser:argument(t("cli.word.file"), t("cli.add.files")):argname(t("cli.word.file")):target("files"):args("+")
  parser:option("--for", t("cli.add.for")):argname(t("cli.word.time")):target("duration")
  parser:option("--exposure", t("cli.add.exposure")):choices { "link", "private", "public", "http" }
  parser:flag("--listed", t("cli.add.listed"))
  parser:option("--web-seed", t("cli.add.web_seed")):choices { "on", "auto", "off" }
  parser:option("--tracker", t("cli.add.tracker")):argname("URL"):target("trackers"):count("*")
  parser:option("--format", t("cli.add.format")):choices { "v1", "hybrid", "v2" }
end

-- What is asked for; nothing of what is not.
local function chosen(options)
  local trackers = options.trackers or {}
  return {
    exposure = options.exposure, listed = options.listed, format = options.format, web_seed = options.web_seed,
    trackers = trackers[1] and trackers or nil,
  }
end

-- A symbolic link stays one: whether it is followed is not decided here.
local function real_path(file)
  local own = uv.fs_lstat((file:gsub("(.)/+$", "%1")))
  local path, message = uv.fs_realpath(file)
  return path and own and own.type == "link" and paths.absolute(file) or path, message
end

local function add_one(file, seconds, options, context)
  local path, message = real_path(file)
  if not path then
    local missing = message:find("^ENOENT") or message:find("^ENOTDIR")
    if missing then return context:fail(speaker:text("cli.add.missing", { file = text.escape(file) }), exit.missing) end
    return context:fail(speaker:message(("%s: %s"):format(text.escape(file), message)))
  end
  local body = chosen(options)
  body.path, body.for_seconds = path, seconds
  local share, code = control.ask(context, options, "POST", "/api/v1/shares", body)
  if not share then return code end
  context:print(text.escape(share.link or share.id or ""))
  return exit.ok
end

function add.run(options, context)
  local seconds, message
  if options.duration == "never" then
    seconds = json.null
  elseif options.duration then
    seconds, message = units.parse_duration(options.duration)
    if not seconds then return context:fail(speaker:message("add: " .. message), exit.usage) end
  end
  local first_failure
  for _, file in ipairs(options.files) do
    local code = add_one(file, seconds, options, context)
    if code == exit.not_running or code == exit.timed_out then return code end
    if code ~= exit.ok then first_failure = first_failure or code end
  end
  if options.exposure and not first_failure then context:say(speaker:message(exposure.sentences[options.exposure])) end
  return first_failure or exit.ok
end

return add
