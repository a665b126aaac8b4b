-- What `btshare share` shows to a person: each share as it becomes ready, what cannot be shared, how hashing goes.
local live = require "btshare.terminal.live"
local paths = require "btshare.paths"
local progress = require "btshare.cli.progress"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"
local uv = require "luv"

local share_view = {}

-- Ready shares that come within a second of one another are a burst; a terminal shows that many of it.
local longest_burst = 20
local burst_gap = 1000
local redraw_period = 100
local few_skipped = 3

---@class btshare.cli.share_view
---@field private shown table<string, string> by id of a share: the name that it was ready with
---@field private changed table<string, true> ids of those of which a new version is being made
local View = {}
View.__index = View

---@param context btshare.cli.context
---@param options {quiet: boolean?, verbose: boolean?, folders: string[]}
---@return btshare.cli.share_view
function share_view.open(context, options)
  local self = setmetatable({
    out = context.out, err = context.err, options = options, live = live.open(context.err), skipped = {},
    in_burst = 0, held_back = 0, shown = {}, changed = {},
    progress = progress.new(function() return uv.hrtime() / 1e9 end),
  }, View)
  self.burst_timer, self.skipped_timer = uv.new_timer(), uv.new_timer()
  if self.err.is_terminal and not options.quiet then
    self.redraw_timer = uv.new_timer()
    self.redraw_timer:start(redraw_period, redraw_period, function() self:draw() end)
  end
  return self
end

function View:draw()
  local more = self.held_back > 0 and speaker:text("view.more", { n = self.held_back }) or nil
  self.live:set(self.progress:line(self.live:width(), more))
end

function View:resized()
  self.live:redraw()
end

-- Lines of talk; a style paints the whole of it.
function View:say(line, style)
  self.live:print(self.err, text.paint(line, style, self.err.colour) .. "\n")
end

-- A share's name, harmless.
local function name_of(share)
  return text.escape(share.name or share.id)
end

---@param share table
---@param what_is_new string? where it was shown before
function View:show_share(share, what_is_new)
  local name, size = name_of(share), share.size or 0
  if share.kind == "folder" then name = name .. "/" end
  if not self.out.is_terminal then
    self.out:write(("%s\t%d\t%s\t%s\n"):format(name, size, share.link or "", share.magnet or ""))
    return
  end
  local columns = math.max(12, math.min(36, self.out:width() - 14 - text.width(share.link or "")))
  local line = ("%s %s  %s  %s\n"):format(text.paint("●", share.reason and "yellow" or "green", self.out.colour),
    text.pad(text.shorten(name, columns), columns), text.pad(speaker:size(size), 8, true), share.link or "")
  if what_is_new then line = line .. "  " .. text.paint(what_is_new, "blue", self.out.colour) .. "\n" end
  if share.reason then
    line = line .. "  " .. text.paint(text.escape(speaker:message(share.reason)), "yellow", self.out.colour) .. "\n"
  end
  if share.magnet then line = line .. "  " .. text.paint(share.magnet, "dim", self.out.colour) .. "\n" end
  self.live:print(self.out, line)
end

function View:end_burst()
  local held_back = self.held_back
  self.in_burst, self.held_back = 0, 0
  if held_back > 0 then
    self:say(speaker:text("view.more.listed", { n = held_back }))
  end
end

local handlers = {}

handlers["started"] = function(self, event)
  if self.options.quiet then return end
  local folders = {}
  for index, folder in ipairs(self.options.folders) do folders[index] = text.escape(paths.short(folder)) end
  self:say(#folders > 0 and speaker:text("view.sharing", { folders = table.concat(folders, ", ") })
    or speaker:text("view.sharing.configured"), "bold")
  -- A key is for the eyes of who sits there, not for a journal (security S13).
  if event.key_url and self.err.is_terminal then
    self:say(speaker:text("view.console.key", { address = text.escape(event.key_url) }))
  elseif event.console then
    self:say(speaker:text("view.console", { address = text.escape(event.console) }))
  end
  if self.options.verbose and event.public then
    self:say(speaker:text("view.public", { address = text.escape(event.public) }))
  end
  if self.options.verbose and event.port then self:say(speaker:text("view.port", { port = event.port })) end
  if event.only_here then
    self:say(speaker:text("view.only.here", { reason = speaker:message(event.only_here) }), "yellow")
  end
  self:say(speaker:text("view.how"), "dim")
end

local function note_share(self, share)
  if share.state == "ready" or (share.size or 0) == 0 then return end
  self.progress:note(share.id, share.state == "settling" and 0 or share.size)
end

handlers["share-created"] = function(self, event) note_share(self, event.share) end

handlers["share-changed"] = function(self, event)
  note_share(self, event.share)
  self.changed[event.share.id] = true
end

handlers["share-progress"] = function(self, event)
  self.progress:note(event.share.id, event.bytes or event.share.size or 0, event.done or 0, name_of(event.share))
end

-- What makes a share that was shown before another one; nothing of one that is new.
local function difference(self, share)
  local id, name = share.id, share.name or share.id
  local former, has_changed = self.shown[id], self.changed[id]
  self.shown[id], self.changed[id] = name, nil
  if former and former ~= name then return speaker:text("view.renamed", { name = text.escape(former) }) end
  return has_changed and speaker:text("view.changed") or nil
end

handlers["share-ready"] = function(self, event)
  self.progress:forget(event.share.id, true)
  if not self.out.is_terminal then return self:show_share(event.share) end
  local what_is_new = difference(self, event.share)
  self.in_burst = self.in_burst + 1
  self.burst_timer:start(burst_gap, 0, function() self:end_burst() end)
  if self.in_burst > longest_burst then
    self.held_back = self.held_back + 1
  else
    self:show_share(event.share, what_is_new)
  end
end

local function gone(key)
  return function(self, event)
    self.progress:forget(event.share.id, false)
    if not self.options.quiet then
      self:say(speaker:text(key, { share = name_of(event.share) }), "yellow")
    end
  end
end

handlers["share-missing"] = gone("view.missing")
handlers["share-removed"] = gone("view.removed")

handlers["share-expired"] = function(self, event)
  self.progress:forget(event.share.id, false)
  if self.options.quiet then return end
  local share, reason = name_of(event.share), event.reason
  self:say(reason and speaker:text("view.expired.why", { share = share, reason = text.escape(speaker:message(reason)) })
    or speaker:text("view.expired", { share = share }), "yellow")
end

handlers["share-failed"] = function(self, event)
  self.progress:forget(event.share.id, false)
  local reason = event.reason or event.share.reason
  reason = reason and speaker:message(reason) or speaker:text("state.failed")
  self:say(speaker:text("view.failed", { share = name_of(event.share), reason = text.escape(reason) }), "red")
end

-- Told together: at the end of a look at everything, or when no more have come for a while.
local function tell_skipped(self)
  local skipped = self.skipped
  self.skipped = {}
  self.skipped_timer:stop()
  if #skipped == 0 or self.options.quiet then return end
  local count = speaker:text("view.skipped", { n = #skipped })
  if self.options.verbose then
    self:say(count .. "\n  " .. table.concat(skipped, "\n  "), "yellow")
    return
  end
  local shown = table.concat(skipped, ", ", 1, math.min(#skipped, few_skipped))
  local more = #skipped > few_skipped and " " .. speaker:text("view.skipped.more", { n = #skipped - few_skipped })
  self:say(("%s %s%s"):format(count, shown, more or ""), "yellow")
end

-- A blank at either end would not be seen.
local function shown(path)
  local name = text.escape(path)
  return (name:find("^%s") or name:find("%s$")) and ("'%s'"):format(name) or name
end

handlers["entry-skipped"] = function(self, event)
  local reason = speaker:message(event.reason or "?")
  self.skipped[#self.skipped + 1] = ("%s (%s)"):format(shown(event.path), text.escape(reason))
  self.skipped_timer:start(burst_gap, 0, function() tell_skipped(self) end)
end

handlers["scan-finished"] = tell_skipped

handlers["recipient-connected"] = function(self, event)
  if not self.options.verbose then return end
  local values = {
    share = name_of(event.share), who = text.escape(event.address or "?"), client = text.escape(event.client or ""),
  }
  self:say(event.client and speaker:text("view.fetches.with", values) or speaker:text("view.fetches", values), "dim")
end

handlers["recipient-finished"] = function(self, event)
  if self.options.quiet then return end
  local who = text.escape(event.who or speaker:text("view.somebody"))
  self:say(speaker:text("view.finished", { share = name_of(event.share), who = who }))
end

local style_of_level = { error = "red", warning = "yellow", warn = "yellow", debug = "dim" }

handlers["notice"] = function(self, event)
  local style = style_of_level[event.level]
  if self.options.quiet and style ~= "red" then return end
  if event.level == "debug" and not self.options.verbose then return end
  self:say("btshare: " .. text.escape(speaker:message(event.message or "")), style)
end

handlers["reloaded"] = function(self)
  if not self.options.quiet then self:say(speaker:text("view.reloaded")) end
end

handlers["stopping"] = function(self)
  self:end_burst()
  tell_skipped(self)
  if not self.options.quiet then self:say(speaker:text("view.ending"), "dim") end
end

View.facts = {}
for name in pairs(handlers) do table.insert(View.facts, name) end

---@param name string
---@param event table
function View:on_fact(name, event)
  local handler = handlers[name]
  if handler then handler(self, event) end
end

---Clears the live line and stops drawing.
function View:close()
  self.live:set(nil)
  self.burst_timer:close()
  self.skipped_timer:close()
  if self.redraw_timer then self.redraw_timer:close() end
end

return share_view
