-- Looks at a root: what is asked of the tree, and what is made of its answer. Methods of btshare.Root.
local absence = require "btshare.shares.absence"
local uv = require "luv"

local full_seconds = 3600 -- between full looks where everything is watched

local looks = {
  poll_seconds = 60, -- between full looks where nothing can be watched
}

---@class btshare.Root
local Looks = {}
looks.methods = Looks

local function now_seconds()
  return uv.now() / 1000
end

-- The flags of an entry that is being looked at; what happens from now on is a new change.
local function take_flags(self, name)
  local entry = self.dirty[name]
  if entry and entry.due <= now_seconds() then
    self.dirty[name] = nil
    return entry.flags
  end
end

---@private
---@param names string[]? nil for everything
function Looks:scan(names)
  local is_full = not names
  local started = now_seconds()
  self.is_scanning = true
  local flags = {}
  if is_full then
    self.library:follow_policy(self)
    self.wants_full, self.found = false, {}
    for name in pairs(self.dirty) do
      flags[name] = take_flags(self, name)
    end
  else
    for _, name in ipairs(names) do
      flags[name] = take_flags(self, name) or {}
    end
  end
  self.tree:scan({
    entries = self.only and { self.only } or names,
    ignore = self.options.ignore,
    watch = not self.is_network,
    leases = true,
  }, function(entries)
    self:on_entries(entries, flags, is_full)
  end, function(succeeded, message)
    self:on_done(succeeded, message, is_full, started)
  end)
end

---@private
function Looks:on_entries(entries, flags, is_full)
  for _, entry in ipairs(entries) do
    if is_full and entry.kind ~= "absent" then
      self.found[entry.name] = true
    end
    self.library:on_entry(self, entry, flags[entry.name])
  end
end

---@private
function Looks:on_done(succeeded, message, is_full, started)
  self.is_scanning = false
  local took, is_first = now_seconds() - started, is_full and not self.next_full
  if not succeeded then
    self:lose(message)
    return
  end
  self.told_lost = nil
  if is_full then
    self.library:on_scanned(self)
    self.was_watched = not self.is_polled and not self.wants_full -- of which a gap meanwhile is one reason
    self.next_full = now_seconds() + (self.is_polled and math.max(looks.poll_seconds, 20 * took) or full_seconds)
  end
  local fresh = self.fresh
  self.fresh = {}
  for _, item in ipairs(fresh) do
    self.library:on_new(self, item.entry, item.flags)
  end
  self:tell_lost(is_first) -- unless it was found under another name just now
  if is_full then
    absence.review(self.library.services.shares, self)
  end
end

---@private
---@param is_first boolean whether this is the first full look of a start
function Looks:tell_lost(is_first)
  local shares, lost, gone = self.library.services.shares, self.lost, self.gone
  self.lost, self.gone = {}, {}
  if is_first then
    absence.tell_first(shares, self, lost)
  else
    for _, share in ipairs(lost) do
      shares:tell_lost(share)
    end
  end
  absence.note(shares, gone)
end

---Keeps a found entry until the look has ended: only then is it known what went missing, and so what was renamed.
---@param entry core.tree.Entry
---@param flags table
function Looks:defer_new(entry, flags)
  self.fresh[#self.fresh + 1] = { entry = entry, flags = flags }
end

return looks
