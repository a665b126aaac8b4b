-- A folder's own policy: `.btshare.lua` in a shared folder, which says by assignments what config.lua could say of it.
--
-- It is less than config.lua: nothing but those names, no functions, no plugins, little time and little memory. It
-- counts only where it is the owner's own and nobody else can write it.
local schema = require "btshare.config.schema"
local small_file = require "btshare.small_file"
local suggest = require "btshare.suggest"
local task = require "btshare.task"
local types = require "btshare.types"
local uv = require "luv"

local folder = {}

folder.file_name = ".btshare.lua"

local seconds, bytes = 0.2, 8 * 1024 * 1024
local others_write = 18 -- 022

---@class btshare.config.mistake
---@field line integer?
---@field message string

-- What a share of config.lua may say, but for where it is.
local function checks()
  local known, fields = {}, schema.share(types.path)
  fields.path = nil
  for name, field in pairs(fields) do known[name] = types.check_of(field) end
  return known
end

-- The line of the file that runs.
local function line_in(source)
  local level = 2
  while true do
    local frame = debug.getinfo(level, "Sl")
    if not frame then return nil end
    if frame.source == source then return frame.currentline end
    level = level + 1
  end
end

local function globals(source, values, mistakes)
  local known = checks()
  local function complain(format, ...)
    mistakes[#mistakes + 1] = { line = line_in(source), message = format:format(...) }
  end
  return setmetatable({}, {
    __index = function(_, name)
      if known[name] then return values[name] end
      complain("'%s' is unknown; a folder's policy has only assignments", tostring(name))
      error(setmetatable({}, { __tostring = function() return "" end }), 0)
    end,
    __newindex = function(_, name, value)
      if not known[name] then
        return complain("setting '%s' is unknown%s", tostring(name), suggest.phrase(tostring(name), known))
      end
      local checked, message = known[name](value)
      if checked == nil then return complain("%s %s", name, message) end
      values[name] = checked
    end,
    __metatable = false,
  })
end

---Runs a policy.
---@param path string of its file, for messages
---@param text string
---@return table<string, any>? values as of schema.share
---@return btshare.config.mistake[]? mistakes
function folder.run(path, text)
  local source, values, mistakes = "@" .. path, {}, {}
  local function add_failure(problem)
    local line, message = tostring(problem):match(":(%d+): (.*)$")
    if tostring(problem) ~= "" then
      mistakes[#mistakes + 1] = { line = math.tointeger(tonumber(line)), message = message or tostring(problem) }
    end
  end
  local chunk, problem = load(text, source, "t", globals(source, values, mistakes))
  if not chunk then
    add_failure(problem)
    return nil, mistakes
  end
  local watch = task.watch { name = folder.file_name, source = source, seconds = seconds, bytes = bytes }
  local job = task.spawn_with({ watch = watch, on_error = function(_, message) add_failure(message) end }, chunk)
  if not job:has_ended() then
    job:cancel()
    add_failure("it waits")
  end
  if mistakes[1] then return nil, mistakes end
  return values
end

-- Whether what is open is a file of ours that nobody else can write.
local function check_owner(status)
  if status.type ~= "file" then return nil, "is not a file" end
  if status.uid ~= uv.getuid() then return nil, "belongs to somebody else, so it does not count" end
  if status.mode & others_write ~= 0 then
    return nil, "others can write it, so it does not count; chmod go-w takes that from them"
  end
  return true
end

---Reads the policy of a folder.
---@param path string of the folder
---@return string? text nil without a message: there is none
---@return string? message what is wrong with the file
function folder.read(path)
  local file = path .. "/" .. folder.file_name
  local status = uv.fs_lstat(file)
  if not status then return nil end
  local fine, message = check_owner(status)
  if not fine then return nil, message end
  local text, problem = small_file.read(file)
  local now = text and uv.fs_lstat(file)
  if not text then return nil, (problem:gsub("^.*: cannot", "cannot")) end
  if not now or now.ino ~= status.ino or now.dev ~= status.dev then return nil, "changed while it was read" end
  return text
end

return folder
