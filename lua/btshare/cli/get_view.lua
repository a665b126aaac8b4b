-- How a download comes along, on the terminal or as lines of JSON.
local json = require "core.json"
local live = require "btshare.terminal.live"
local passwords = require "btshare.cli.password"
local progress = require "btshare.cli.progress"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"
local uv = require "luv"

local view = {}

local patience = 5000 -- milliseconds

---@class btshare.cli.GetView
---@field is_asking boolean for a password
---@field private context btshare.cli.context
---@field private tries integer that were made
---@field private cancel fun()? asks no longer
local View = {}
View.__index = View

---@param context btshare.cli.context
---@param options {json: boolean?}
---@return btshare.cli.GetView
function view.open(context, options)
  return setmetatable({
    context = context, is_json = options.json, live = live.open(context.err), is_asking = false, tries = 0,
  }, View)
end

---@param reason {key: string, text: string, values: table}
---@return string why a download does not move, for people
function view.reason(reason)
  local values = {}
  for name, value in pairs(reason.values or {}) do
    values[name] = type(value) == "string" and speaker:message(speaker:measure(value)) or value
  end
  return speaker:knows(reason.key) and speaker:text(reason.key, values) or reason.text
end

local function words_of(download)
  local pieces = { text.pad(speaker:percent(download.progress), text.width(speaker:percent(1)), true) }
  if download.state == "downloading" and download.down_rate > 0 then
    pieces[#pieces + 1] = speaker:rate(download.down_rate)
    if download.left_seconds then
      pieces[#pieces + 1] = speaker:text("view.left", { time = speaker:duration(download.left_seconds) })
    end
  end
  if download.people > 0 then
    pieces[#pieces + 1] = speaker:text("cli.get.people", { n = download.people })
  end
  return table.concat(pieces, "  ")
end

---@param download table as JSON
---@param columns integer
---@return string line
function view.line(download, columns)
  local name = text.escape(download.name)
  if download.reason and download.state ~= "downloading" then
    return text.shorten(name, math.max(12, columns // 3)) .. "  " .. text.escape(view.reason(download.reason))
  end
  local words = words_of(download)
  local room = math.max(0, columns - text.width(words) - 4)
  local bar = math.min(24, room // 2)
  name = text.shorten(name, room - bar)
  return ("%s  %s  %s"):format(name, bar >= 5 and progress.bar(bar, download.progress) or "", words)
end

---@param download table as JSON
function View:show(download)
  if self.is_json then
    local line = json.encode(download)
    if line ~= self.last then self:print("download-progress", download) end
    self.last = line
    return
  end
  self.live:set(view.line(download, self.live:width()))
  if self.context.err.is_terminal then return end
  -- Where there is no line that changes, what holds it up is said, once it has lasted.
  local key = download.reason and download.reason.key
  if key ~= self.key then self.key, self.since = key, uv.now() end
  if key and uv.now() - self.since >= patience and self.said ~= key then
    self.said = key
    local reason = text.escape(view.reason(download.reason))
    self.context:say(speaker:text("view.failed", { share = text.escape(download.name), reason = reason }))
  end
end

---@private
function View:print(event, download)
  self.context:print(json.encode { event = event, download = download })
end

---@param download table as JSON
function View:finished(download)
  self.live:set(nil)
  if self.is_json then
    self:print("download-finished", download)
  else
    self.context:print(text.escape(download.folder .. "/" .. download.name))
  end
end

---@param download table? as JSON
---@param message string
function View:failed(download, message)
  self.live:set(nil)
  if self.is_json and download then self:print("download-failed", download) end
  self.context:say("btshare: " .. text.escape(message))
  if download and download.locked and not passwords.can_ask(self.context) then
    self.context:say("btshare: " .. speaker:text("cli.password.how"))
  end
end

---Asks for the password that the link wants, a few times at most. Once `answered` was called it may be asked again.
---@param download table as JSON
---@param on_done fun(password: string?) nil where they gave up
---@return boolean is_asking
function View:ask(download, on_done)
  if self.tries >= passwords.tries or not passwords.can_ask(self.context) then return false end
  self:say("btshare: " .. text.escape(view.reason(download.reason)))
  self.tries = self.tries + 1
  self.cancel = passwords.ask(self.context, on_done)
  self.is_asking = self.cancel ~= nil
  return self.is_asking
end

---What was typed has been taken.
function View:answered()
  self.is_asking = false
  if self.cancel then self.cancel() end
end

---@param line string
function View:say(line)
  self.live:set(nil)
  self.context:say(line)
end

function View:close()
  self.live:set(nil)
  if self.cancel then self.cancel() end
end

return view
