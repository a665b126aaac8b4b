-- The live stream: numbers what changes, at most twice a second, and says it to all who look, in one encoding for all.
--
-- A change costs one mark in a set; a tick costs what has changed since the last, however many shares there are. While
-- nobody looks nothing is marked at all: whoever comes then begins with a snapshot.
local json = require "core.json"
local readers = require "btshare.live.readers"
local ring = require "btshare.live.ring"
local uv = require "luv"

---@class btshare.live.Kind things that change, each known by an id
---@field member string of a delta: the list of those that changed
---@field removed string of a delta: the list of ids that are gone
---@field text fun(id: string): string? its JSON now; nil when it is gone
---@field ids (fun(): string[])? of all there are, where they are few: a snapshot holds them, and they are compared each
---second instead of being told of
---@field begin fun()? called before a number of them are told

---@class btshare.Live
---@field number integer of the latest delta; what is read now is at least as new
---@field status (fun(): table)? all of the status, for a snapshot; may wait
---@field private kinds btshare.live.Kind[]
---@field private dirty table<string, table<string, true>> by member: ids that changed since the last delta
---@field private compared table<string, table<string, string>> by member, then id: JSON as it was looked at last
---@field private members table<string, fun(): any> of the status: what may change, and is cheap to tell
---@field private known table<string, string> their JSON as it was told last
---@field private changed table<string, true> those to be told next
---@field private events table[] since the last delta
---@field private ring btshare.live.Ring
---@field private readers btshare.live.Readers
---@field private is_marked boolean whether anything waits to be told
---@field private is_behind boolean whether something has changed that was not marked
---@field private seen integer? loop time, milliseconds: when somebody looked last who may come again
local Live = {}
Live.__index = Live

local live = {}

local gap_milliseconds = 500  -- between deltas
local first_milliseconds = 20 -- what changes together is told together
local look_milliseconds = 1000
local heartbeat_milliseconds = 15000
local return_milliseconds = 60000 -- how long whoever polls, or was cut off, is waited for
local most_events = 200         -- in a delta
local most_bytes = 160 * 1024   -- of a delta: a quick reader is never cut (core.http)

---@param clock (fun(): integer)? seconds since 1970
---@return btshare.Live
function live.new(clock)
  -- Numbers go on rising over a restart: what a client knows of an earlier run is never taken for this one's.
  local self = setmetatable({
    number = (clock or os.time)() * 4, kinds = {}, dirty = {}, compared = {}, members = {}, known = {}, changed = {},
    events = {}, is_marked = false, is_behind = false, last = 0,
  }, Live)
  self.readers = readers.new(function() self.seen = uv.now() end)
  self.ring = ring.new(self.number)
  self.timer, self.slow = uv.new_timer(), uv.new_timer()
  self.slow:start(look_milliseconds, look_milliseconds, function() self:look() end)
  self.heart = uv.new_timer()
  self.heart:start(heartbeat_milliseconds, heartbeat_milliseconds, function() self.readers:push(": \n\n") end)
  return self
end

-- The JSON of the few things of a kind, by id.
local function read(kind)
  local texts = {}
  for _, id in ipairs(kind.ids()) do texts[id] = kind.text(id) end
  return texts
end

---Says what kind of things there are; before anything of it changes.
---@param kind btshare.live.Kind
function Live:offer(kind)
  self.kinds[#self.kinds + 1] = kind
  self.dirty[kind.member] = {}
  self.compared[kind.member] = {}
end

---Says what of the status may change.
---@param member string
---@param value fun(): any cheap; compared by its JSON
function Live:offer_status(member, value)
  self.members[member] = value
end

---@return boolean whether anybody looks
function Live:is_watched()
  return self.readers.count > 0 or self.seen ~= nil and uv.now() - self.seen < return_milliseconds
end

local function mark(self)
  if self.is_marked then return end
  self.is_marked = true
  local wait = math.max(first_milliseconds, self.last + gap_milliseconds - uv.now())
  self.timer:start(wait, 0, function() self:tick() end)
end

---Something has changed, or is gone.
---@param member string of its kind
---@param id string
function Live:touch(member, id)
  if not self:is_watched() then
    self.is_behind = true
    return
  end
  self.dirty[member][id] = true
  mark(self)
end

---Something has happened.
---@param event btshare.history.Event
function Live:event(event)
  if not self:is_watched() then
    self.is_behind = true
  elseif #self.events < most_events then
    self.events[#self.events + 1] = event
    mark(self)
  end
end

-- Somebody looks. Where something has happened that was not marked, what is known of earlier numbers is worth nothing.
local function begin(self)
  self.seen = uv.now()
  if self.is_behind then
    self.is_behind = false
    self.number = self.number + 1
    self.ring = ring.new(self.number)
  end
end

local function compare(self, kind)
  local former, now = self.compared[kind.member], read(kind)
  for id, text in pairs(now) do
    if former[id] ~= text then self:touch(kind.member, id) end
  end
  for id in pairs(former) do
    if not now[id] then self:touch(kind.member, id) end
  end
  self.compared[kind.member] = now
end

---@private
function Live:look()
  if not self:is_watched() then return end
  for _, kind in ipairs(self.kinds) do
    if kind.ids then compare(self, kind) end
  end
  for member, value in pairs(self.members) do
    local text = json.encode(value())
    if text ~= self.known[member] then
      self.known[member], self.changed[member] = text, true
      mark(self)
    end
  end
end

local function list(texts)
  return "[" .. table.concat(texts, ",") .. "]"
end

-- What there is to say of a set of ids, as members of a JSON object. For what is more than `room` bytes: `later(member,
-- id)`, and it is taken out of the set.
local function say(self, parts, of, room, later)
  room = room or math.huge
  for _, kind in ipairs(self.kinds) do
    local texts, gone, ids = {}, {}, of[kind.member] or {}
    if kind.begin then kind.begin() end
    for id in pairs(ids) do
      if room <= 0 then
        later(kind.member, id)
        ids[id] = nil
      else
        local text = kind.text(id)
        if text then texts[#texts + 1] = text else gone[#gone + 1] = json.encode(id) end
        room = room - #(text or id)
      end
    end
    if texts[1] then parts[#parts + 1] = ('"%s":%s'):format(kind.member, list(texts)) end
    if gone[1] then parts[#parts + 1] = ('"%s":%s'):format(kind.removed, list(gone)) end
  end
  local status, events = {}, {}
  for member in pairs(of.status) do status[#status + 1] = ('"%s":%s'):format(member, self.known[member]) end
  if status[1] then parts[#parts + 1] = '"status":{' .. table.concat(status, ",") .. "}" end
  for index, event in ipairs(of.events) do events[index] = json.encode(event) end
  if events[1] then parts[#parts + 1] = '"events":' .. list(events) end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function message(number, name, text)
  return ("id: %d\nevent: %s\ndata: %s\n\n"):format(number, name, text)
end

---Makes one delta of all that has changed and sends it.
---@private
function Live:tick()
  self.is_marked, self.last = false, uv.now()
  local of = { status = self.changed, events = self.events }
  for _, kind in ipairs(self.kinds) do
    of[kind.member], self.dirty[kind.member] = self.dirty[kind.member], {}
  end
  self.changed, self.events = {}, {}
  self.number = self.number + 1
  local text = message(self.number, "delta", say(self, { '"number":' .. self.number }, of, most_bytes,
    function(member, id) self:touch(member, id) end))
  self.ring:add(self.number, text, of)
  self.readers:push(text)
end

---All there is to begin with. Call in a task.
---@return string json
function Live:snapshot()
  local status = self.status and self.status() or {}
  local parts = { '"number":' .. self.number, '"reset":true', '"status":' .. json.encode(status) }
  for _, kind in ipairs(self.kinds) do
    if kind.ids then
      local texts = {}
      for _, text in pairs(read(kind)) do texts[#texts + 1] = text end
      parts[#parts + 1] = ('"%s":%s'):format(kind.member, list(texts))
    end
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

---For who asks again and again instead of listening: what has changed since. Call in a task.
---@param since integer? number
---@return string json a delta, or a snapshot where there is no number or it is too long ago
function Live:changes(since)
  begin(self)
  if self.is_marked and uv.now() - self.last >= gap_milliseconds then
    self.timer:stop()
    self:tick()
  end
  local of = since and self.ring:since(since, self.number)
  if not of then return self:snapshot() end
  return say(self, { '"number":' .. self.number }, of)
end

---Begins a stream: the reply to its request. Call in a task.
---@param request core.http.Request
---@param owner string whose it is, for the limit on each
---@param since integer? what the client has seen last
---@return core.http.Reply? reply
---@return string? message
---@return string? code "busy" where there are too many
function Live:open(request, owner, since)
  local free, why = self.readers:check(owner)
  if not free then return nil, why, "busy" end
  begin(self) -- what changes from here on is marked, also while the snapshot is made
  local texts = since and self.ring:texts(since, self.number)
  local first = texts and table.concat(texts)
  if not first then
    local snapshot = self:snapshot()
    first = message(self.number, "snapshot", snapshot)
  end
  free, why = self.readers:check(owner)
  if not free then return nil, why, "busy" end
  return self.readers:reply(request, owner, "retry: 2000\n\n" .. first)
end

---Ends the streams of an owner whose right to them has ended.
---@param owner string
function Live:cut(owner)
  self.readers:cut(owner)
end

function Live:close()
  for _, timer in ipairs { self.timer, self.slow, self.heart } do timer:close() end
  self.readers:close()
end

return live
