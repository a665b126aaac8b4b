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

-- What was asked for beside sharing it.
local function choose(shares, share, expires, exposure)
  local done, message, code = true, nil, nil
  if exposure then done, message, code = shares:set_exposure(share, exposure) end
  if done and expires then done, message, code = shares:set_expires(share, expires) end
  return done and share, message, code
end

---@param library btshare.Library
---@param path string absolute
---@param expires integer? seconds since 1970
---@param exposure string? default: that of its folder, or what was chosen for it before
---@return btshare.Share? share
---@return string? message
---@return string? code
function add.path(library, path, expires, exposure)
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
    return choose(shares, share, expires, exposure)
  end
  if not root then
    local message, code
    root, message, code = library:add_root(folder, library:options_for { only = name })
    if not root then
      return nil, message, code
    end
    share = shares:at(root, name)
    root.wanted_exposures[name] = exposure -- before it is found: it must not be exposed otherwise even for a moment
    root:start()
  end
  root.wanted_exposures[name] = exposure
  if share then
    local done, message, code = choose(shares, share, nil, exposure)
    if done then done, message, code = shares:restart(share, expires) end
    if not done then
      return nil, message, code
    end
  end
  root:touch(name, {}, 0)
  local message, code
  share, message, code = wait_for(root, name)
  if share then return choose(shares, share, expires, exposure) end
  return nil, message, code
end

return add
