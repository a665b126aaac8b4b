-- The library: shared folders (roots), and the way from a file on disk to a share.
--
-- The kernel tells what changed, `root` gathers it by entry and asks the tree to look again when an
-- entry has been quiet; what the tree finds is held against the shares here.
local add = require "btshare.library.add"
local policy = require "btshare.library.policy"
local roots = require "btshare.library.roots"
local settle = require "btshare.library.settle"
local skipped = require "btshare.library.skipped"

---@class btshare.Library
---@field services btshare.Services
---@field roots btshare.Root[]
local Library = {}
Library.__index = Library

for _, part in ipairs { policy, roots } do
  for name, method in pairs(part) do Library[name] = method end
end

local library = {}

local full_retry = 5 -- seconds until an entry that found the state's disk full is looked at again

---@param services btshare.Services
---@return btshare.Library
function library.new(services)
  return setmetatable({ services = services, roots = {} }, Library)
end

---Shares one file or folder wherever it is: within a root again, or as a root of its own. Call in a task.
---@param path string absolute
---@param chosen btshare.Chosen? default: as its folder says, or as was chosen for it before
---@return btshare.Share? share
---@return string? message
---@return string? code
function Library:add_path(path, chosen)
  return add.path(self, path, chosen or {})
end

---Looks at every root for the first time.
function Library:start()
  for _, root in ipairs(self.roots) do
    root:start()
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
    self.services.shares:distrust(share)
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

---What the tree found under a name that is not shared yet.
---@param root btshare.Root
---@param entry core.tree.Entry
---@param flags table of core.tree.Change, what was seen since we last looked
function Library:on_new(root, entry, flags)
  local shares = self.services.shares
  local function manifest_of(share)
    return (self.services.store:query("SELECT manifest FROM versions WHERE share = ?", share.id)[1] or {}).manifest
  end
  local moved = root.missing:find(entry, manifest_of)
    or flags.moved and root.missing:find_moved(entry, manifest_of)
  if moved then
    local is_trusted = flags.moved and not (flags.modified or flags.closed)
    shares:spawn(shares.rename, shares, moved, entry, is_trusted)
  else
    root.findings:put(entry, false)
  end
end

---Brings the share of a complete entry in line with it, or makes one. Call in a task.
---@param root btshare.Root
---@param entry core.tree.Entry
---@param is_trusted boolean whether a difference in times alone is known to be harmless
function Library:act(root, entry, is_trusted)
  local shares = self.services.shares
  local share = shares:at(root, entry.name)
  if not share then
    local message, code
    share, message, code = shares:create(root, entry)
    if code == "full" then
      root:touch(entry.name, {}, full_retry)
    elseif code == "exists" then -- another task was quicker
      share = shares:at(root, entry.name)
    elseif share then
      skipped.accept(self.services.events, root, entry)
    elseif shares.by_place[root] then
      skipped.refuse(self.services.events, root, entry, message)
    end
    root:answer(entry.name, share, message, code)
  elseif not share.is_stopped and not share.is_expired then
    shares:refresh(share, entry, is_trusted)
  end
end

---@private
---@param reason string? why its entry cannot be shared; none: there is no such entry
---@param flags table? of core.tree.Change, what was seen of it
function Library:lose(root, share, reason, flags)
  if self.services.shares:lose(share, reason or "not there any more") then
    root.lost[#root.lost + 1] = share
  end
  if not reason and not share.gone_since then
    root.gone[#root.gone + 1] = share
  end
  local is_over = share.is_stopped or share.is_expired
  if is_over and flags and flags.moved and not flags.removed then root.missing:note_moved(share) end
end

---What the tree found when it looked. `flags` is nil at a first or full look.
---@param root btshare.Root
---@param entry core.tree.Entry
---@param flags table?
function Library:on_entry(root, entry, flags)
  local shares = self.services.shares
  skipped.report(self.services.events, root, entry)
  local share = shares:at(root, entry.name)
  if entry.kind == "absent" or entry.kind == "skipped" then
    root.settling[entry.name] = nil
    root.findings:drop(entry.name)
    if share then
      self:lose(root, share, entry.reason, flags)
    end
    root:answer(entry.name, nil, skipped.why(root, entry))
    return
  end
  if share and (share.is_stopped or share.is_expired) then
    shares:rest(share, entry)
    return
  end
  local wait = settle.wait(root.future, entry, root.is_network)
  if wait then
    root.settling[entry.name] = { kind = entry.kind, size = entry.size, files = entry.files }
    root:touch(entry.name, flags or { modified = true }, wait) -- what nobody saw may have been anything
    return
  end
  root.settling[entry.name] = nil
  if share then
    root:answer(entry.name, share)
    local is_trusted = flags and not (flags.modified or flags.closed or flags.created or flags.removed)
    root.findings:put(entry, is_trusted and root.was_watched)
  else
    root:defer_new(entry, flags or {})
  end
end

---A full look at a root has ended: what it did not find is missing.
---@param root btshare.Root
function Library:on_scanned(root)
  local shares = self.services.shares
  local count = 0
  for name, share in pairs(shares.by_place[root]) do
    if not root.found[name] and not (root.only and name ~= root.only) then
      self:lose(root, share)
    elseif not share.is_stopped then
      count = count + 1
    end
  end
  self.services.events:tell("scan-finished", {
    root = root.path, shares = count + root:count_new(), skipped = root.skipped_count,
  })
end

---The whole folder went away.
---@param root btshare.Root
---@param reason string which may name the folder
function Library:on_gone(root, reason)
  local message = reason:find(root.path, 1, true) and reason or root.path .. ": " .. reason
  self.services.events:tell("notice", { level = "warning", message = message })
  local names = {}
  for name in pairs(root.waiting) do names[#names + 1] = name end
  for _, name in ipairs(names) do root:answer(name, nil, message, "missing") end
  for _, share in pairs(self.services.shares.by_place[root]) do
    if self.services.shares:lose(share, "its folder is not there") and not root.is_awaited then
      self.services.shares:tell_lost(share)
    end
  end
end

function Library:close()
  for _, root in ipairs(self.roots) do
    root:close()
  end
end

return library
