-- `btshare plugin new NAME`: writes the beginning of a plugin, with its test; nothing that is there is overwritten.
local exit = require "btshare.exit"
local host = require "core.host"
local paths = require "btshare.paths"
local skeleton = require "btshare.harness.skeleton"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"
local uv = require "luv"

local function make_folders(folder)
  for parent in folder:gmatch("()/") do
    if parent > 1 then uv.fs_mkdir(folder:sub(1, parent - 1), 448) end
  end
  uv.fs_mkdir(folder, 448)
  local status = uv.fs_stat(folder)
  return status and status.type == "directory"
end

-- "wx": a file that has come in the meantime is not overwritten either.
local function write(path, content)
  local descriptor, problem, code = uv.fs_open(path, "wx", 420)
  if not descriptor then return nil, problem, code end
  local written
  written, problem, code = uv.fs_write(descriptor, content, 0)
  uv.fs_close(descriptor)
  if written ~= #content then return nil, problem or "ENOSPC: no space left", code end
  return true
end

-- What would be written over, or hidden by the new file.
local function obstacle(folder, files, name)
  for _, file in ipairs(files) do
    local path = folder .. "/" .. file.name
    if not file.is_shared and uv.fs_lstat(path) then
      return speaker:text("cli.plugin.new.exists", { file = text.escape(path) })
    end
  end
  if uv.fs_stat(("%s/plugins/%s.lua"):format(host.data, name)) then
    return speaker:text("cli.plugin.new.shipped", { name = name })
  end
end

return function(options, context)
  local name, message = skeleton.check_name(options.name)
  if not name then return context:fail(speaker:message(message), exit.usage) end
  local folder = options.folder and paths.absolute(options.folder) or paths.find(options).plugins
  local files = skeleton.files(name, { host.data .. "/lua/meta/plugin", host.data .. "/lua/btshare/harness/fake.lua" })
  local in_the_way = obstacle(folder, files, name)
  if in_the_way then return context:fail(in_the_way) end
  if not make_folders(folder) then
    return context:fail(speaker:text("cli.plugin.new.no.folder", { folder = text.escape(folder) }))
  end
  for _, file in ipairs(files) do
    local path = folder .. "/" .. file.name
    local written, problem, code = write(path, file.content)
    if not written and not (file.is_shared and code == "EEXIST") then
      return context:fail(speaker:text("cli.plugin.new.unwritten", { file = text.escape(path), reason = problem }))
    end
    if written and not file.is_shared then context:print(text.escape(path)) end
  end
  context:say(speaker:text("cli.plugin.new.next", { name = name, path = text.escape(folder .. "/" .. name .. ".lua") }))
  return exit.ok
end
