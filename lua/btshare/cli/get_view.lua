-- How a download comes along, on the terminal or as lines of JSON.
local json = require "core.json"
local live = require "btshare.terminal.live"
local progress = require "btshare.cli.progress"
local text = require "btshare.terminal.text"
local units = require "btshare.units"
local uv = require "luv"

local view = {}

local patience = 5000 -- milliseconds

---@class btshare.cli.GetView
---@field private context btshare.cli.context
local View = {}
View.__index = View

---@param context btshare.cli.context
---@param options {json: boolean?}
---@return btshare.cli.GetView
function view.open(context, options)
  return setmetatable({ context = context, is_json = options.json, live = live.open(context.err) }, View)
end

local function words_of(download)
  local pieces = { ("%3d %%"):format(math.floor(download.progress * 100)) }
  if download.state == "downloading" and download.down_rate > 0 then
    pieces[#pieces + 1] = units.rate(download.down_rate)
    if download.left_seconds then pieces[#pieces + 1] = units.duration(download.left_seconds) .. " left" end
  end
  if download.people > 0 then
    pieces[#pieces + 1] = ("from %d %s"):format(download.people, download.people == 1 and "person" or "people")
  end
  return table.concat(pieces, "  ")
end

---@param download table as JSON
---@param columns integer
---@return string line
function view.line(download, columns)
  local name = text.escape(download.name)
  if download.reason and download.state ~= "downloading" then
    return text.shorten(name, math.max(12, columns // 3)) .. "  " .. download.reason.text
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
    self.context:say(("%s: %s"):format(text.escape(download.name), text.escape(download.reason.text)))
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
end

---@param line string
function View:say(line)
  self.live:set(nil)
  self.context:say(line)
end

function View:close()
  self.live:set(nil)
end

return view
