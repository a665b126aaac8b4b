-- A root: one shared folder, what is watched of it, and which of its entries must be looked at when.
local findings = require "btshare.library.findings"
local looks = require "btshare.library.looks"
local missing = require "btshare.library.missing"
local mistakes = require "btshare.config.mistakes"
local places = require "btshare.library.places"
local tree = require "core.tree"
local uv = require "luv"

local quiet_seconds = 2      -- without an event before we look at an entry
local quiet_full_seconds = 0.5 -- and before we look at everything because of a file that says what is shared, and how
local tick_milliseconds = 200
local many = 500             -- so many entries at once are cheaper by one full look

---@class btshare.Root
---@field id integer in the store
---@field path string absolute, resolved
---@field only string? the single entry of it that is shared
---@field options table {exposure, format, piece_length, web_seed, name, lifetime, ignore, only, wanted}
---@field policy table<string, any>? what its `.btshare.lua` says
---@field policy_mistakes string? what was told last of what is wrong with that
---@field is_network boolean
---@field was_watched boolean whether changes were told without a gap since the last full look
---@field skipped table<string, table<string, string>> by entry: path → reason
---@field skipped_count integer of all entries
---@field refused table<string, string> complete entries that were refused: name → reason
---@field settling table<string, table> entries still being written
---@field future table see library.settle
---@field found table<string, boolean> names that the full look under way has found
---@field private library btshare.Library
---@field private tree core.tree.Root
---@field private dirty table<string, {due: number, flags: table}>
---@field private timer uv_timer_t
---@field private is_scanning boolean
---@field private wants_full boolean
---@field private full_due number before which everything is not looked at: a file that says how may be half written
---@field private fresh {entry: core.tree.Entry, flags: table}[] found, not shared yet
---@field waiting table<string, table<fun(share: btshare.Share?, message: string?, code: string?), true>> by entry: who
---asked for it
---@field wanted table<string, btshare.Chosen> by entry: what somebody chose for it before it became a share
---@field findings btshare.Findings complete entries that the library has yet to act on
---@field lost btshare.Share[] gone missing in the look under way
---@field gone btshare.Share[] not found by the look under way, and not known to be gone before
---@field missing btshare.Missing shares whose entry is gone
---@field is_lost boolean? whether its folder is away
---@field is_awaited boolean? whether its folder has been away since the start
---@field next_full number? when all is looked at again; nil until the first full look has ended
local Root = {}
Root.__index = Root

for name, method in pairs(looks.methods) do
  Root[name] = method
end

local root = {}

local function now_seconds()
  return uv.now() / 1000
end

-- Whether the folder can be listed; of a single entry, its folder need not.
local function check_readable(path, only)
  if only or uv.fs_access(path, "RX") or not uv.fs_stat(path) then
    return true
  end
  return nil, path .. ": Permission denied", "denied"
end

-- What config.lua names may be a disk that is not plugged in: its root is lost from the start.
local function await(self, path)
  self.path, self.is_network, self.is_lost, self.is_awaited = places.real(path), false, true, true
  self.told_lost = mistakes.text(self.library.services.config.file, {
    line = self.options.wanted.line, message = places.say_awaited(path),
  })
  self.timer = uv.new_timer()
  return self
end

---@param library btshare.Library
---@param path string absolute
---@param options table
---@return btshare.Root? root that config.lua names: also where its folder is not there
---@return string? message
---@return string? code
function root.open(library, path, options)
  local self = setmetatable({
    library = library, only = options.only, options = options,
    skipped = {}, skipped_count = 0, refused = {}, settling = {}, future = {},
    found = {}, dirty = {}, is_scanning = false, wants_full = false, was_watched = false, fresh = {}, lost = {},
    full_due = 0, gone = {}, missing = missing.new(), waiting = {}, wanted = {}, is_polled = false,
  }, Root)
  local readable, message, code = check_readable(path, options.only)
  if not readable then
    return nil, message, code
  end
  self.findings = findings.new(function(entry, is_trusted) library:act(self, entry, is_trusted) end, function(...)
    return library.services.shares:spawn(...)
  end)
  self.tree, message, code = tree.open(path, function(changes) self:on_changes(changes) end)
  if not self.tree then
    if code == "missing" and options.wanted and options.wanted.line then
      return await(self, path)
    end
    return nil, message, code
  end
  local info
  info, message, code = self.tree:info()
  if not info then
    self.tree:close()
    return nil, message, code
  end
  self.path, self.is_network, self.is_polled = info.path, info.network, info.network
  self.timer = uv.new_timer()
  return self
end

---Takes new options and looks at everything under them.
---@param options table
function Root:set_options(options)
  self.options = options
  self.wants_full = true
end

---Looks at everything, then keeps watching.
function Root:start()
  self.wants_full = true
  if self.is_awaited then
    self.next_try = now_seconds() + places.return_seconds
    self.library:on_gone(self, self.told_lost)
  end
  self.timer:start(0, tick_milliseconds, function() self:tick() end)
end

---@private
---@param changes (core.tree.Change|core.tree.Notice)[]
function Root:on_changes(changes)
  for _, change in ipairs(changes) do
    if change.notice then
      self:on_notice(change)
    elseif change.name == "" then
      self.wants_full = self.wants_full or not not (change.modified or change.created or change.moved or change.removed)
      self.full_due = now_seconds() + quiet_full_seconds
    elseif (not self.only or change.name == self.only) then
      self:touch(change.name, change, quiet_seconds)
      self.library:on_change(self, change)
    end
  end
end

---@private
---@param notice core.tree.Notice
function Root:on_notice(notice)
  if notice.notice == "gone" then
    self:lose(notice.message)
    return
  end
  self.was_watched = false
  self.wants_full = true
  if notice.notice == "overflow" then
    self.library.services.events:tell("notice", {
      level = "debug", message = notice.message .. "; looking at everything",
    })
  elseif not self.is_polled then
    self.is_polled = true
    self.library.services.events:tell("notice", {
      level = "warning",
      message = ("%s; looking every %d s instead"):format(notice.message, looks.poll_seconds),
    })
  end
end

-- The folder went away: close, and try to open it again from time to time.
function Root:lose(reason)
  if self.is_lost then return end
  self.is_lost, self.was_watched = true, false
  self.tree:close()
  self.dirty, self.is_scanning, self.fresh = {}, false, {}
  self.findings:clear()
  if self.told_lost ~= reason then -- not at each try
    self.told_lost = reason
    self.library:on_gone(self, reason)
  end
  self.next_try = now_seconds() + places.return_seconds
end

-- Of a folder that is seen for the first time: whether it is what its path promised, and may be shared.
local function is_welcome(self, again)
  local info, message = again:info()
  local possible = info and info.path == self.path
  if info and not possible then
    message = self.path .. ": leads to " .. info.path .. "; please restart BTshare to share it"
  elseif possible then
    possible, message = places.check(info.path, self.library.services.paths)
  end
  if possible then
    self.is_network, self.is_polled = info.network, info.network
  elseif self.told_lost ~= message then
    self.told_lost = message
    self.library:on_gone(self, message)
  end
  return possible
end

local function try_return(self)
  self.next_try = now_seconds() + places.return_seconds
  local again = tree.open(self.path, function(changes) self:on_changes(changes) end)
  if again and self.is_awaited and not is_welcome(self, again) then
    again:close()
  elseif again then
    self.tree, self.is_lost, self.is_awaited, self.wants_full = again, false, false, true
  end
end

---Remembers that an entry must be looked at, `seconds` from now at the earliest.
---@param name string
---@param flags table what was seen, of core.tree.Change
---@param seconds number
function Root:touch(name, flags, seconds)
  local entry = self.dirty[name]
  if not entry then
    entry = { flags = {} }
    self.dirty[name] = entry
  end
  entry.due = now_seconds() + seconds
  for flag, value in pairs(flags) do
    if value == true then
      entry.flags[flag] = true
    end
  end
end

---@private
function Root:take_due()
  local now, names, count = now_seconds(), {}, 0
  for name, entry in pairs(self.dirty) do
    if entry.due <= now then
      count = count + 1
      names[count] = name
    end
  end
  return names, count
end

---@private
function Root:tick()
  if self.is_lost then
    if now_seconds() >= self.next_try then try_return(self) end
    return
  end
  if self.is_scanning then return end
  if self.next_full and now_seconds() >= self.next_full then
    self.wants_full = true
  end
  local is_full_due = self.wants_full and now_seconds() >= self.full_due
  if not is_full_due and not next(self.dirty) then return end
  local names, count = self:take_due()
  if is_full_due or count > many then
    self:scan(nil)
  elseif count > 0 then
    self:scan(names)
  end
end

---Tells whoever waits for an entry what became of it.
---@param name string
---@param share btshare.Share?
---@param message string?
---@param code string?
function Root:answer(name, share, message, code)
  local waiting = self.waiting[name]
  self.waiting[name] = nil
  for resume in pairs(waiting or {}) do
    resume(share, message, code)
  end
end

---@return integer count of entries found and about to be shared
function Root:count_new()
  return #self.fresh
end

---Ends watching. Idempotent.
function Root:close()
  if not self.timer:is_closing() then
    self.timer:close()
    if self.tree then self.tree:close() end
    self.findings:clear()
  end
end

return root
