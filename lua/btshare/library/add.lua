-- `btshare add`: shares one file or folder, wherever it is, and waits until it is shared.
local choices = require "btshare.shares.choices"
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
  local waiting = root.waiting[name] or {}
  local answer
  local _ <close> = task.on_close(function()
    timer:close()
    waiting[answer] = nil
    if not next(waiting) and root.waiting[name] == waiting then root.waiting[name] = nil end
  end)
  return task.await(function(resume)
    answer = resume
    waiting[resume], root.waiting[name] = true, waiting
    timer:start(patience, 0, function()
      resume(nil, name .. ": is still being written; it will be shared when it is complete", "busy")
    end)
  end)
end

---@class btshare.Chosen what is asked for beside sharing it
---@field expires integer? seconds since 1970
---@field is_endless boolean? it has no end of its own any more
---@field exposure ("link"|"private"|"public"|"http")?
---@field listed boolean?
---@field web_seed ("on"|"auto"|"off")?
---@field trackers string[]?
---@field format ("v1"|"hybrid"|"v2")?

local setters = { "exposure", "format", "web_seed", "trackers", "listed", "expires" }

local function choose(shares, share, chosen)
  for _, name in ipairs(setters) do
    if chosen[name] ~= nil then
      local done, message, code = shares["set_" .. name](shares, share, chosen[name])
      if not done then return nil, message, code end
    end
  end
  if chosen.is_endless then
    local done, message, code = shares:set_expires(share, nil)
    if not done then return nil, message, code end
  end
  if share.is_unconfirmed then
    local done, message, code = shares:set_paused(share, false)
    if not done then return nil, message, code end
  end
  return share
end

-- All but the end, which `restart` sets.
local function without_end(chosen)
  local others = {}
  for name, value in pairs(chosen) do
    if name ~= "expires" then others[name] = value end
  end
  return others
end

-- What was refused is not shared later either, when it has become something else.
local function forget(library, root)
  task.yield() -- we may have been called by the root itself
  if not library.services.shares:at(root, root.only) then library:forget_root(root) end
end

---@param library btshare.Library
---@param path string absolute
---@param chosen btshare.Chosen
---@return btshare.Share? share
---@return string? message
---@return string? code
function add.path(library, path, chosen)
  local trackers, message, code = choices.check_trackers(chosen.trackers or {})
  if not trackers then return nil, message, code end
  chosen.trackers = trackers[1] and trackers or nil
  local real, why = uv.fs_realpath(path)
  if not real then
    return nil, path .. ": " .. (why:match("^%u+: ([^:]+)") or why), "missing"
  end
  local own = uv.fs_lstat((path:gsub("(.)/+$", "%1")))
  if own and own.type == "link" then -- above it there may be some
    return nil, path .. ": is a symbolic link; add what it leads to: " .. real, "denied"
  end
  local folder, name = real:match("^(.*)/([^/]+)$")
  if not name then
    return nil, "/: would share the whole system; name a file or a folder of yours", "invalid"
  end
  folder = folder == "" and "/" or folder
  local shares = library.services.shares
  local root = root_of(library, folder, name)
  local is_new = not root
  local share = root and shares:at(root, name)
  if share and not share.is_stopped and not share.is_expired then
    return choose(shares, share, chosen)
  end
  if not root then
    root, message, code = library:add_root(folder, library:options_for { only = name })
    if not root then
      return nil, message, code
    end
    share = shares:at(root, name)
    root.wanted[name] = chosen -- before it is found: it must not be exposed otherwise even for a moment
    root:start()
  end
  root.wanted[name] = chosen
  if share then
    local done
    done, message, code = choose(shares, share, without_end(chosen))
    if done then done, message, code = shares:restart(share, chosen.expires) end
    if not done then
      return nil, message, code
    end
  end
  root:touch(name, {}, 0)
  share, message, code = wait_for(root, name)
  if is_new and not share and code ~= "busy" then forget(library, root) end
  if share and (share.is_stopped or share.is_expired) then return add.path(library, path, chosen) end -- by another name
  if share then return choose(shares, share, chosen) end
  return nil, message, code
end

return add
