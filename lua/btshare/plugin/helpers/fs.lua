-- btshare.fs for plugins: reading beneath a folder that is named, off the loop. No ".." and no symbolic link leads out.
local beneath = require "core.beneath"
local task = require "btshare.task"
local types = require "btshare.types"
local waiting = require "btshare.plugin.helpers.waiting"

local fs = {}

local most_at_once = 2 -- of one plugin: they share threads with everybody
local most_names = 10000

local limit = types.between(types.size, 0, "64MiB")
local rules = { limit = types.default(limit, "1MiB") }

local function check_place(folder, path, who)
  if type(folder) ~= "string" or folder:sub(1, 1) ~= "/" or folder:find("\0", 1, true) then
    error(("fs.%s: the folder must be an absolute path"):format(who), 3)
  elseif type(path) ~= "string" or path:find("\0", 1, true) then
    error(("fs.%s: the path must be a text"):format(who), 3)
  end
  return path == "" and "." or path
end

local function call(act, folder, path, most)
  return task.await(function(resume) beneath[act](folder, path, most, resume) end)
end

---@param instance btshare.plugin.instance
function fs.new(instance)
  local turns = waiting.new(instance, "fs", most_at_once)
  local api = {}

  function api.read(folder, path, options)
    path = check_place(folder, path, "read")
    if options ~= nil and type(options) ~= "table" then error("fs.read: its options must be a table", 2) end
    local checked, messages = types.fields(rules, options or {})
    if not checked then error("fs.read: " .. table.concat(messages, "; "), 2) end
    return turns:run(call, "read", folder, path, checked.limit)
  end

  function api.list(folder, path)
    path = check_place(folder, path or "", "list")
    local entries, message, code = turns:run(call, "list", folder, path, most_names)
    if not entries then return nil, message, code end
    table.sort(entries, function(one, other) return one.name < other.name end)
    return entries
  end

  function api.stat(folder, path)
    path = check_place(folder, path or "", "stat")
    return turns:run(call, "stat", folder, path, 0)
  end

  return api
end

return fs
