-- The library: shared folders (roots), and the way from a file on disk to a share.
--
-- The kernel tells what changed, `root` gathers it by entry and asks the tree to look again when an
-- entry has been quiet; what the tree finds is held against the shares here.
local add = require "btshare.library.add"
local root_module = require "btshare.library.root"
local set_state = require "btshare.shares.state"
local settle = require "btshare.library.settle"
local task = require "btshare.task"

---@class btshare.Library
---@field services btshare.Services
---@field roots btshare.Root[]
local Library = {}
Library.__index = Library

local library = {}

---@param services btshare.Services
---@return btshare.Library
function library.new(services)
  return setmetatable({ services = services, roots = {} }, Library)
end

---@param outer string
---@param inner string
---@return boolean
local function is_inside(outer, inner)
  return inner ~= outer and inner:sub(1, #outer + 1) == (outer == "/" and "/" or outer .. "/")
end
library.is_inside = is_inside

---@private
function Library:check_place(path, only)
  if path == "/" then
    return nil, "/: would share the whole system; name a folder of yours", "invalid"
  end
  for _, root in ipairs(self.roots) do
    if root.path == path and root.only == only then
      return nil, path .. ": shared already", "exists"
    elseif not only and not root.only and (is_inside(root.path, path) or is_inside(path, root.path)) then
      local outer, inner = root.path, path
      if is_inside(path, root.path) then
        outer, inner = path, root.path
      end
      return nil, inner .. ": is inside " .. outer .. ", which is shared already", "invalid"
    end
  end
  local state = self.services.paths.state
  if not only and (state == path or is_inside(path, state)) and not state:sub(#path + 1):find("/%.") then
    return nil, path .. ": holds BTshare's own state, " .. state .. "; share another folder", "invalid"
  end
  return true
end

local function store_root(store, path, only)
  local row = store:query("SELECT id FROM roots WHERE path = ? AND ifnull(only, '') = ?", path, only or "")[1]
  if row then
    return row.id
  end
  local id = store:query("SELECT ifnull(max(id), 0) + 1 AS id FROM roots")[1].id
  local written, message, code = store:write {
    { "INSERT INTO roots (id, path, only, added) VALUES (?, ?, ?, ?)", id, path, only, os.time(), n = 4 },
  }
  return written and id, message, code
end

---Shares a folder: everything that is or will be directly inside it. Call in a task.
---@param path string absolute
---@param options table {exposure, format, piece_length, ignore, expires, only}
---@return btshare.Root? root
---@return string? message
---@return string? code
function Library:add_root(path, options)
  local root, message, code = root_module.open(self, path, options)
  if not root then
    return nil, message, code
  end
  local allowed
  allowed, message, code = self:check_place(root.path, root.only)
  local id
  if allowed then
    id, message, code = store_root(self.services.store, root.path, root.only)
  end
  if not id then
    root:close()
    return nil, message, code
  end
  root.id = id
  self.roots[#self.roots + 1] = root
  self.services.shares:load(root)
  return root
end

---Shares one file or folder wherever it is: within a root again, or as a root of its own. Call in a task.
---@param path string absolute
---@param expires integer? seconds since 1970
---@return btshare.Share? share
---@return string? message
---@return string? code
function Library:add_path(path, expires)
  return add.path(self, path, expires)
end

---The options of a root, with config.lua's defaults.
---@param options table
---@return table options
function Library:options_for(options)
  local config = self.services.config
  return {
    exposure = options.exposure or "link",
    format = options.format or "v1",
    piece_length = options.piece_length,
    web_seed = options.web_seed,
    ignore = options.ignore or config.ignore,
    only = options.only,
  }
end

---Looks at every root for the first time.
function Library:start()
  for _, root in ipairs(self.roots) do
    root:start()
  end
end

---@param root btshare.Root
function Library:remove_root(root)
  root:close()
  self.services.shares:unload(root)
  for index, candidate in ipairs(self.roots) do
    if candidate == root then
      table.remove(self.roots, index)
      return
    end
  end
end

---The share of a torrent has a file that is not as it was.
---@param info_hash string
---@param path string
---@param message string
function Library:on_file_error(info_hash, path, message)
  local share = self.services.shares.by_hash[info_hash]
  if share then
    self.services.log.info("%s: %s: %s; looking again", share.entry, path, message)
    share.is_suspended = true
    share.root:touch(share.entry, { modified = true }, 2)
  end
end

---The kernel told of a change below an entry.
---@param root btshare.Root
---@param change core.tree.Change
function Library:on_change(root, change)
  local share = self.services.shares:at(root, change.name)
  if share then
    self.services.shares:suspend(share)
  end
end

---What cannot be shared, told once for each path and reason.
---@param root btshare.Root
---@param entry core.tree.Entry
local function report_skipped(self, root, entry)
  local list = entry.skipped or {}
  if entry.kind == "skipped" then
    list = { { path = entry.name, reason = entry.reason } }
  end
  local before, now = root.skipped[entry.name], nil
  for _, item in ipairs(list) do
    now = now or {}
    now[item.path] = item.reason
    if not before or before[item.path] ~= item.reason then
      self.services.events:tell("entry-skipped", {
        root = root.path, path = item.path, reason = item.reason,
      })
    end
  end
  root.skipped[entry.name] = now
end

---What the tree found under a name that is not shared yet. Runs in a task of its own.
---@param root btshare.Root
---@param entry core.tree.Entry
---@param flags table of core.tree.Change, what was seen since we last looked
function Library:on_new(root, entry, flags)
  local shares = self.services.shares
  local moved = root.missing:find(entry, function(share)
    return self.services.store:query("SELECT manifest FROM versions WHERE share = ?", share.id)[1].manifest
  end)
  if moved then
    local is_trusted = flags.moved and not (flags.modified or flags.closed)
    shares:rename(moved, entry, is_trusted)
    return
  end
  local share, message, code = shares:create(root, entry)
  if not share and code ~= "exists" then
    self.services.events:tell("entry-skipped", { root = root.path, path = entry.name, reason = message })
  end
  root:answer(entry.name, share, message, code)
end

---What the tree found when it looked. `flags` is nil at a first or full look.
---@param root btshare.Root
---@param entry core.tree.Entry
---@param flags table?
function Library:on_entry(root, entry, flags)
  local shares = self.services.shares
  report_skipped(self, root, entry)
  local share = shares:at(root, entry.name)
  if entry.kind == "absent" or entry.kind == "skipped" then
    root.settling[entry.name] = nil
    if share then
      shares:lose(share, entry.reason or "not there any more")
    end
    root:answer(entry.name, nil, entry.name .. ": " .. (entry.reason or "not there, or of a kind that is left alone"),
      entry.reason and "invalid" or "missing")
    return
  end
  if share and (share.is_stopped or share.is_expired) then
    if share.is_expired then
      set_state(share, "expired")
    end
    return
  end
  local wait = settle.wait(root.future, entry, root.is_network)
  if wait then
    root.settling[entry.name] = { kind = entry.kind, size = entry.size, files = entry.files }
    root:touch(entry.name, flags or {}, wait)
    return
  end
  root.settling[entry.name] = nil
  if share then
    root:answer(entry.name, share)
    local is_trusted = flags and not (flags.modified or flags.closed or flags.created or flags.removed)
    task.spawn(shares.refresh, shares, share, entry, is_trusted and root.was_watched)
  else
    root:defer_new(entry, flags or {})
  end
end

---A full look at a root has ended: what it did not find is missing.
---@param root btshare.Root
function Library:on_scanned(root)
  local shares = self.services.shares
  local count, skipped = 0, 0
  for name, share in pairs(shares.by_place[root]) do
    if not root.found[name] and not (root.only and name ~= root.only) then
      shares:lose(share, "not there any more")
    elseif not share.is_stopped then
      count = count + 1
    end
  end
  for _, list in pairs(root.skipped) do
    for _ in pairs(list) do
      skipped = skipped + 1
    end
  end
  self.services.events:tell("scan-finished", {
    root = root.path, shares = count + root:count_new(), skipped = skipped,
  })
end

---The whole folder went away, or came back.
---@param root btshare.Root
---@param reason string
function Library:on_gone(root, reason)
  self.services.events:tell("notice", { level = "warning", message = root.path .. ": " .. reason })
  for _, share in pairs(self.services.shares.by_place[root]) do
    self.services.shares:lose(share, "its folder is not there")
  end
end

---Brings the roots in line with a new config.lua: new ones are opened, changed ones looked at anew. Roots that are no
---longer named stay until the next start. Call in a task.
---@param wanted table[] of config.shares
function Library:reload(wanted)
  for _, item in ipairs(wanted) do
    local options = self:options_for(item)
    local root, message, code = self:add_root(item.path, options)
    if root then
      root:start()
    elseif code ~= "exists" then
      self.services.events:tell("notice", { level = "warning", message = message })
    end
  end
  for _, root in ipairs(self.roots) do
    root.options.ignore = self.services.config.ignore
    root.wants_full = true
  end
end

function Library:close()
  for _, root in ipairs(self.roots) do
    root:close()
  end
end

return library
