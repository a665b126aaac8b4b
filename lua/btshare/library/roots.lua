-- Which folders are shared: roots come, follow config.lua, and go. Methods of btshare.Library.
local place = require "btshare.downloads.place"
local places = require "btshare.library.places"
local root_module = require "btshare.library.root"
local task = require "btshare.task"

---@class btshare.Library
local Roots = {}

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
function Roots:add_root(path, options)
  local root, message, code = root_module.open(self, path, options)
  if not root then
    return nil, message, code
  end
  local is_kept = false
  local _ <close> = task.on_close(function() -- also where we are stopped while it is stored
    if not is_kept then root:close() end
  end)
  local allowed
  allowed, message, code = places.check(place.whole_of(root, root.path), self.services.paths)
  if allowed then
    allowed, message, code = places.check_beside(root.path, root.only, self.roots)
  end
  if allowed then
    allowed, message, code = place.check_beside(root, self.services.written or {})
  end
  local id
  if allowed then
    id, message, code = store_root(self.services.store, root.path, root.only)
  end
  if not id then
    return nil, message, code
  end
  root.id, is_kept = id, true
  self.roots[#self.roots + 1] = root
  self.services.shares:load(root)
  return root
end

---Whether a root is there for a single entry alone that is shared no longer.
---@param root btshare.Root
---@return boolean
function Roots:is_over(root)
  local share = root.only and self.services.shares:at(root, root.only)
  return not not (share and (share.is_stopped or share.is_expired))
end

---@return {path: string, only: string}[] roots what was added and is shared, resolved
function Roots:added()
  local list = {}
  for _, root in ipairs(self.roots) do
    local is_shared = root.only and self.services.shares:at(root, root.only)
    if is_shared and not self:is_over(root) then list[#list + 1] = root end
  end
  return list
end

---The options of a root: what its own policy says, else config.lua, else the defaults.
---@param wanted table {exposure, format, piece_length, ignore, only, line, …} of config.lua
---@param policy table<string, any>? see btshare.config.folder
---@return table options
function Roots:options_for(wanted, policy)
  policy = policy or {}
  local function of(name, default)
    if policy[name] ~= nil then return policy[name] end
    if wanted[name] ~= nil then return wanted[name] end
    return default
  end
  local ignore = {}
  for _, patterns in ipairs { self.services.config.ignore, wanted.ignore or {}, policy.ignore or {} } do
    table.move(patterns, 1, #patterns, #ignore + 1, ignore)
  end
  return {
    exposure = of("exposure", "link"),
    format = of("format", "v1"),
    piece_length = of "piece_length",
    web_seed = of "web_seed",
    name = of "name",
    lifetime = of "expires",
    listed = of "listed",
    ignore = ignore,
    only = wanted.only,
    wanted = wanted,
  }
end

---Shares a folder no longer; the store keeps what is known of its shares.
---@param root btshare.Root
function Roots:remove_root(root)
  local shares = self.services.shares
  root:close()
  for _, share in pairs(shares.by_place[root]) do
    if not share.is_stopped then shares:tell("share-removed", share, { reason = "folder" }) end
  end
  shares:unload(root)
  for index, candidate in ipairs(self.roots) do
    if candidate == root then
      table.remove(self.roots, index)
      return
    end
  end
end

---As `remove_root`, of a root that has no shares and never had any: the next start does not know it either. Call in a
---task.
---@param root btshare.Root
function Roots:forget_root(root)
  self:remove_root(root)
  local forgotten, message = self.services.store:write { { "DELETE FROM roots WHERE id = ?", root.id, n = 1 } }
  if not forgotten then self.services.log.warning("%s: %s", root.path, message) end
end

-- Of the roots that there are: those that config.lua named and names no longer go, the others get their options anew.
local function update_roots(self, named)
  for index = #self.roots, 1, -1 do
    local root = self.roots[index]
    local wanted = root.options.wanted
    local item = not root.only and named[root.path]
    if wanted.line and not item and not self.services.is_named[root.path] then
      self:remove_root(root)
    else
      root:set_options(self:options_for(item or { only = wanted.only }))
    end
  end
end

---Brings the roots in line with a new config.lua: those it names no longer end, new ones are opened, all are looked
---at anew. Call in a task.
---@param wanted table[] of config.shares
function Roots:reload(wanted)
  local named = {}
  for _, item in ipairs(wanted) do
    named[places.real(item.path)] = item
  end
  update_roots(self, named)
  for _, item in ipairs(wanted) do
    local root, message, code = self:add_root(item.path, self:options_for(item))
    if root then
      root:start()
    elseif code ~= "exists" then
      self.services.events:tell("notice", { level = "warning", message = message })
    end
  end
end

return Roots
