-- `btshare get MAGNET|FILE|URL`: receives through the running instance, or in a process of its own.
local alone = require "btshare.alone"
local config = require "btshare.config"
local control = require "btshare.cli.control"
local exit = require "btshare.exit"
local get_alone = require "btshare.cli.get_alone"
local get_remote = require "btshare.cli.get_remote"
local kept = require "btshare.store.kept"
local numbers = require "btshare.cli.numbers"
local passwords = require "btshare.cli.password"
local paths = require "btshare.paths"
local place = require "btshare.downloads.place"
local places = require "btshare.library.places"
local say_mistakes = require "btshare.cli.mistakes"
local small_file = require "btshare.small_file"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"
local units = require "btshare.units"
local uv = require "luv"

local get = {}

local largest = 4 * 1024 * 1024 -- of a .torrent

function get.describe(parser, t)
  local source = t("cli.word.source")
  parser:argument(source, t("cli.get.source")):argname(source):target("source")
  parser:option("-o --output", t("cli.get.output")):argname(t("cli.word.dir")):target("output")
  parser:option("--files", t("cli.get.files")):argname("N,..."):convert(numbers.parse)
  parser:mutex(
    parser:flag("--no-share", t("cli.get.no.share")):target("no_share"),
    parser:option("--share-for", t("cli.get.share.for")):argname(t("cli.word.time")):target("share_for")
      :convert(units.parse_duration)
  )
  parser:option("--password-file", t("cli.get.password.file")):argname(t("cli.word.file")):target("password_file")
  parser:option("--config", t("cli.config.option")):argname(t("cli.word.file")):target("config")
  parser:flag("--json", t("cli.get.json"))
end

-- What the word on the command line stands for: a link, or a file's bytes.
local function read_source(word)
  if word:lower():find("^magnet:") or word:lower():find("^https?://") then
    return { source = word }
  end
  local path = word:match("^file://(/.*)$") or word
  local status = uv.fs_stat(path)
  if not status then return nil, speaker:text("cli.get.missing", { word = text.escape(word) }), exit.missing end
  if status.size > largest then return nil, speaker:text("cli.get.large", { file = text.escape(word) }), exit.failed end
  local bytes, message = small_file.read(path)
  if not bytes then return nil, text.escape(speaker:message(message)), exit.failed end
  -- All of BEP 3's are a dictionary; the rest is looked at by whoever receives.
  if bytes:sub(1, 1) ~= "d" then
    return nil, speaker:text("cli.get.not.torrent", { file = text.escape(word) }), exit.failed
  end
  return { torrent = bytes }
end

-- The folders that are shared, as far as this process can know: of config.lua, and of the running instance or what was
-- added to the last one.
local function shared_roots(settings, status, state)
  local roots = {}
  for _, share in ipairs(settings.shares) do roots[#roots + 1] = share end
  for _, root in ipairs(status and status.roots or kept(state .. "/btshare.db")) do roots[#roots + 1] = root end
  return roots
end

local function make_folder(path)
  local made, _, name = uv.fs_mkdir(path, 493) -- 0755
  return made or name == "EEXIST"
end

local function run_alone(options, context, request, status)
  local found = paths.find(options)
  local settings, mistakes = config.load(
    (options.config or uv.fs_stat(found.config_file)) and found.config_file or nil, { home = uv.os_homedir() })
  if not settings then
    say_mistakes(context, mistakes)
    return exit.configuration
  end
  local folder = places.real(options.output and paths.absolute(options.output) or settings.downloads or found.downloads)
  local possible, message = place.check_apart(folder, shared_roots(settings, status, found.state)) -- before it is made
  if not possible then return context:fail(text.escape(speaker:message(message)), exit.refused) end
  if not make_folder(folder) then
    return context:fail(speaker:text("cli.get.no.folder", { folder = text.escape(folder) }), exit.missing)
  end
  if uv.fs_stat(folder).type ~= "directory" then
    return context:fail(speaker:text("cli.get.not.folder", { folder = text.escape(folder) }), exit.usage)
  end
  request.share_after = options.share_for ~= nil
  return get_alone.run(context, options, function() return alone.start(folder, settings, request) end)
end

-- Only a link may ask for one.
local function read_password(options, request)
  if not options.password_file then return true end
  if not request.source or request.source:lower():find("^magnet:") then
    return nil, speaker:text("cli.password.needless"), exit.usage
  end
  local message, code
  request.password, message, code = passwords.read(options.password_file)
  return request.password ~= nil, message, code
end

function get.run(options, context)
  local request, message, code = read_source(options.source)
  if not request then return context:fail(message, code) end
  local is_read
  is_read, message, code = read_password(options, request)
  if not is_read then return context:fail(message, code) end
  request.files, request.share_seconds = options.files, options.share_for
  local status = control.status(options)
  if options.output or not status then return run_alone(options, context, request, status) end
  request.share_after = not options.no_share
  return get_remote.run(context, options, request)
end

return get
