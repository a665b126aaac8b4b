-- What has happened, kept for people to read: 90 days, at most 100,000 events, searched and listed in pages.
--
-- An event is written as a text's key and its values, so that everybody reads it in their language. Writing is put off
-- for a moment and done in batches; nothing here waits for the disk.
local catalog = require "btshare.catalog"
local fold = require "btshare.shares.fold"
local json = require "core.json"
local task = require "btshare.task"
local uv = require "luv"
local words = require "btshare.history.words"

---@class btshare.history.Event
---@field id integer
---@field time integer seconds since 1970
---@field kind string name of the fact
---@field share {id: string, name: string}?
---@field link string? name of the link
---@field who string?
---@field way string?
---@field text_key string
---@field values table<string, string|integer>

---@class btshare.History
---@field on_event fun(event: btshare.history.Event)?
---@field private services btshare.Services
---@field private pending btshare.history.Event[] not written yet, oldest first
---@field private next_id integer
---@field private count integer of those stored
---@field private jobs table<btshare.task.job, true>
local History = {}
History.__index = History

local history = {}

local most, days = 100000, 90
local write_milliseconds = 2000
local most_pending = 5000   -- what a full disk keeps waiting; the oldest are given up
local prune_every = 1000    -- events
local chunk = 2000          -- rows that are searched at a time

---@param services btshare.Services
---@param limits {most: integer?, days: integer?}?
---@return btshare.History
function history.new(services, limits)
  limits = limits or {}
  local row = services.store:query("SELECT count(*) AS count, ifnull(max(id), 0) AS last FROM history")[1]
  local self = setmetatable({
    services = services, pending = {}, next_id = row.last + 1, count = row.count, jobs = {}, added = 0,
    most = limits.most or most, days = limits.days or days,
  }, History)
  self.timer = uv.new_timer()
  for name, describe in pairs(words.facts) do
    if catalog[name] then
      services.events:on(name, function(fact)
        local event = describe(fact)
        if event then self:add(name, event) end
      end, nil, "history")
    end
  end
  services.shares:follow(function(name, share, more)
    local describe = words.of_shares[name]
    local event = describe and describe(share, more)
    if event then
      event.share = { id = share.id, name = share.entry }
      self:add(name, event)
    end
  end)
  return self
end

---Takes note of an event.
---@param kind string
---@param event table {text, values, share, link, who, way}
function History:add(kind, event)
  local noted = {
    id = self.next_id, time = os.time(), kind = kind, share = event.share, link = event.link, who = event.who,
    way = event.way, text_key = event.text, values = event.values or {},
  }
  if noted.share and not noted.values.name then noted.values.name = noted.share.name end
  self.next_id = self.next_id + 1
  self.pending[#self.pending + 1] = noted
  if #self.pending > most_pending then table.remove(self.pending, 1) end
  if not self.timer:is_active() then
    self.timer:start(write_milliseconds, 0, function() self:write() end)
  end
  if self.on_event then self.on_event(noted) end
end

local insert = [[
INSERT OR REPLACE INTO history (id, time, kind, share, name, link, who, way, text_key, texts, words)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]]

local function statement(event)
  local share = event.share or {}
  local values = event.values
  local searched = { share.name or values.name or "", event.link or "", event.who or "", values.reason or "",
    values.message or "" }
  return {
    insert, event.id, event.time, event.kind, share.id, share.name, event.link, event.who, event.way,
    event.text_key, json.encode(values), fold.text(table.concat(searched, "\n")), n = 11,
  }
end

-- What is over: by age, and by number.
local function prune(self, batch)
  batch[#batch + 1] = { "DELETE FROM history WHERE time < ?", os.time() - self.days * 86400 }
  batch[#batch + 1] = { "DELETE FROM history WHERE id <= ?", self.next_id - 1 - self.most }
end

---@private
function History:write()
  local events = self.pending
  if not events[1] or self.is_writing then return end
  local batch = {}
  for index, event in ipairs(events) do batch[index] = statement(event) end
  self.added = self.added + #events
  local is_pruned = self.added >= prune_every or not self.was_pruned
  if is_pruned then
    self.added, self.was_pruned = 0, true
    prune(self, batch)
  end
  self.is_writing = true
  task.spawn_with({ group = self.jobs }, function()
    local _ <close> = task.on_close(function() self.is_writing = false end)
    local written = self.services.store:write(batch)
    if written then self:settle(events, #batch) end
    self.is_writing = false
    if self.pending[1] and not self.timer:is_closing() then
      self.timer:start(write_milliseconds, 0, function() self:write() end)
    end
  end)
end

---@private
function History:settle(events)
  local last = events[#events].id
  local rest = {}
  for _, event in ipairs(self.pending) do
    if event.id > last then rest[#rest + 1] = event end
  end
  self.pending = rest
end

-- What a wish means in SQL. Values are parameters, always.
local function condition(wish)
  local parts, values = {}, {}
  local function add(part, value)
    parts[#parts + 1] = part
    values[#values + 1] = value
  end
  if wish.share then add("share = ?", wish.share) end
  if wish.kind then add("kind = ?", wish.kind) end
  if wish.q and wish.q ~= "" then add("instr(words, ?) > 0", fold.text(wish.q)) end
  return parts[1] and table.concat(parts, " AND ") or "1", values
end

local function event_of(row)
  return {
    id = row.id, time = row.time, kind = row.kind, share = row.share and { id = row.share, name = row.name } or nil,
    link = row.link, who = row.who, way = row.way, text_key = row.text_key, values = json.decode(row.texts) or {},
  }
end

local function is_wanted(event, wish, folded)
  if wish.share and (not event.share or event.share.id ~= wish.share) then return false end
  if wish.kind and event.kind ~= wish.kind then return false end
  return not folded or statement(event)[12]:find(folded, 1, true) ~= nil
end

-- Those that are not in the store yet, newest first.
local function waiting(self, wish)
  local folded = wish.q and wish.q ~= "" and fold.text(wish.q) or nil
  local found = {}
  for index = #self.pending, 1, -1 do
    if is_wanted(self.pending[index], wish, folded) then found[#found + 1] = self.pending[index] end
  end
  return found
end

---@class btshare.history.Wish
---@field share string? id
---@field kind string?
---@field q string? words to search for
---@field limit integer
---@field offset integer

-- By an index, at once.
local function find_stored(self, where, values, wish, known)
  local store = self.services.store
  local count = store:query("SELECT count(*) AS count FROM history WHERE " .. where, table.unpack(values))[1].count
  values[#values + 1] = wish.limit - #known
  values[#values + 1] = wish.offset
  for _, row in ipairs(store:query(
    ("SELECT * FROM history WHERE %s ORDER BY id DESC LIMIT ? OFFSET ?"):format(where), table.unpack(values))) do
    known[#known + 1] = event_of(row)
  end
  return known, count
end

-- Without one, in goes that are short enough for the loop.
local function search_stored(self, where, values, wish, known)
  local store, count, limit = self.services.store, 0, wish.limit - #known
  local row = store:query("SELECT min(id) AS first, max(id) AS last FROM history")[1]
  local before = (row.last or 0) + 1
  local sql = ("SELECT * FROM history WHERE id < ? AND id >= ? AND %s ORDER BY id DESC"):format(where)
  while row.first and before > row.first do
    for _, one in ipairs(store:query(sql, before, before - chunk, table.unpack(values))) do
      count = count + 1
      if count > wish.offset and count <= wish.offset + limit then known[#known + 1] = event_of(one) end
    end
    before = before - chunk
    task.breathe(10)
  end
  return known, count
end

---Events, newest first. Call in a task.
---@param wish btshare.history.Wish
---@return btshare.history.Event[] events
---@return integer total how many there are in all
function History:find(wish)
  local found = waiting(self, wish)
  local events = table.move(found, wish.offset + 1, math.min(wish.offset + wish.limit, #found), 1, {})
  local where, values = condition(wish)
  if self.pending[1] then
    where = where .. " AND id < " .. self.pending[1].id
  end
  local rest = {
    limit = wish.limit, offset = math.max(0, wish.offset - #found),
  }
  local find = wish.q and wish.q ~= "" and search_stored or find_stored
  local _, stored = find(self, where, values, rest, events)
  return events, #found + stored
end

---Writes what is not written yet, and ends.
function History:close()
  self.timer:close()
  self.is_writing = false
  if self.pending[1] then
    local batch = {}
    for index, event in ipairs(self.pending) do batch[index] = statement(event) end
    task.spawn_with({ group = self.jobs }, function() self.services.store:write(batch) end)
  end
  task.cancel(self.jobs)
end

return history
