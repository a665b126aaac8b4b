-- `btshare add`: shares one file or folder, wherever it is, and waits until it is shared.
local task = require "btshare.task"
local uv = require "luv"

local patience = 20000 -- milliseconds a caller waits for a file that is still being written

local add = {}

local function root_of(library, folder, name)
  for _, root in ipairs(library.roots) do
    if root.path == folder and (not root.only or root.only == name) then
      return root
    end
  end
end

-- Waits for the entry to be shared or refused. The library calls whoever waits for a place.
local function wait_for(root, name)
  local timer = uv.new_timer()
  local answer
  local _ <close> = task.on_close(function()
    timer:close()
    if root.waiting[name] == answer then root.waiting[name] = nil end
  end)
  return task.await(function(resume)
    answer = resume
    root.waiting[name] = resume
    timer:start(patience, 0, function()
      resume(nil, name .. ": is still being written; it will be shared when it is complete", "busy")
    end)
  end)
end

---@param library btshare.Library
---@param path string absolute
---@param expires integer? seconds since 1970
---@return btshare.Share? share
---@return string? message
---@return string? code
function add.path(library, path, expires)
  local real, why = uv.fs_realpath(path)
  if not real then
    return nil, path .. ": " .. (why:match("^%u+: ([^:]+)") or why), "missing"
  end
  local folder, name = real:match("^(.*)/([^/]+)$")
  if not name then
    return nil, "/: would share the whole system; name a file or a folder of yours", "invalid"
  end
  folder = folder == "" and "/" or folder
  local shares = library.services.shares
  local root = root_of(library, folder, name)
  local share = root and shares:at(root, name)
  if share and not share.is_stopped and not share.is_expired then
    local written, message, code = true, nil, nil
    if expires then
      written, message, code = shares:set_expiry(share, expires)
    end
    return written and share, message, code
  end
  if not root then
    local message, code
    root, message, code = library:add_root(folder, library:options_for { only = name })
    if not root then
      return nil, message, code
    end
    share = shares:at(root, name)
    root:start()
  end
  if share then
    local done, message, code = shares:restart(share, expires)
    if not done then
      return nil, message, code
    end
  end
  root:touch(name, {}, 0)
  local message, code
  share, message, code = wait_for(root, name)
  if share and expires then
    local written
    written, message, code = shares:set_expiry(share, expires)
    return written and share, message, code
  end
  return share, message, code
end

return add
