-- Shares as rows of a list: what changes is noticed by comparing, and a row that is as it was keeps its JSON text, so
-- that ten thousand of them are soon written.
local describe = require "btshare.shares.describe"
local json = require "core.json"

---@class btshare.Row what lists and deltas carry; counts that are 0 are left out of it
---@field id string
---@field name string
---@field kind "file"|"folder"
---@field size integer
---@field files integer
---@field state btshare.State
---@field reason string?
---@field progress number?
---@field exposure string
---@field link string?
---@field created integer
---@field changed integer
---@field expires integer?
---@field recipients integer?
---@field complete integer?
---@field downloads integer?
---@field sent integer?
---@field up_rate integer?
---@field revision integer
---@field root string

---@class btshare.Summary who fetches a share, in numbers
---@field recipients integer active now
---@field complete integer who have it all
---@field downloads integer finished ones, counted
---@field sent integer bytes
---@field up_rate integer bytes a second

---@class btshare.Rows
---@field private services btshare.Services
---@field private kept table<btshare.Share, any[]>
---@field private base string
local Rows = {}
Rows.__index = Rows

local rows = {}

local nobody = { recipients = 0, complete = 0, downloads = 0, sent = 0, up_rate = 0 }

-- What is kept of a share is a list, which takes a quarter of the memory that names would. These are its places; what
-- comes before TEXT is what the text was made of.
local STATE <const>, PROGRESS <const>, REVISION <const>, NAME <const>, SIZE <const>, FILES <const> = 1, 2, 3, 4, 5, 6
local CHANGED <const>, EXPIRES <const>, EXPOSURE <const>, REASON <const>, BASE <const>, GENERATION <const> =
  7, 8, 9, 10, 11, 12
local IS_OVER <const>, RECIPIENTS <const>, COMPLETE <const>, DOWNLOADS <const>, SENT <const>, UP_RATE <const> =
  13, 14, 15, 16, 17, 18
local TEXT <const>, TOKEN <const> = 19, 20

---@param services btshare.Services
---@return btshare.Rows
function rows.new(services)
  return setmetatable({ services = services, kept = setmetatable({}, { __mode = "k" }) }, Rows)
end

---@param share btshare.Share
---@return btshare.Summary
function Rows:summary(share)
  local recipients = self.services.recipients
  return recipients and recipients:summary(share) or nobody
end

---Looks up what all rows have in common. Call before going through shares.
function Rows:begin()
  self.base = self.services.reach:public_urls("/s/")[1]
end

-- Progress in steps that a bar can show, not in as many as there are bytes. A list has no holes: false is nothing.
local function rounded(progress)
  return progress and math.floor(progress * 1000) / 1000 or false
end

local function is_same(kept, share, state, summary, base, generation)
  return kept[STATE] == state and kept[PROGRESS] == (share.progress and rounded(share.progress) or false)
    and kept[RECIPIENTS] == summary.recipients and kept[SENT] == summary.sent and kept[UP_RATE] == summary.up_rate
    and kept[COMPLETE] == summary.complete and kept[DOWNLOADS] == summary.downloads
    and kept[REVISION] == share.revision and kept[NAME] == share.entry and kept[SIZE] == share.size
    and kept[FILES] == share.files and kept[CHANGED] == share.changed and kept[EXPIRES] == (share.expires or false)
    and kept[EXPOSURE] == share.exposure and kept[REASON] == (share.reason or false) and kept[BASE] == base
    and kept[GENERATION] == generation and kept[IS_OVER] == describe.is_over(share)
end

local function link_of(kept)
  return not kept[IS_OVER] and kept[BASE] .. kept[TOKEN] or nil
end

local function quoted(text)
  if text:find("[^ !#-%[%]-~]") then return json.encode(text) end
  return '"' .. text .. '"'
end

local function count(name, number)
  return number ~= 0 and (',"%s":%.0f'):format(name, number) or ""
end

local function write(kept, share)
  local link, progress = link_of(kept), kept[PROGRESS]
  return table.concat {
    ('{"id":"%s","name":%s,"kind":"%s","size":%d,"files":%d,"state":"%s","exposure":"%s"'):format(
      share.id, quoted(share.entry), share.kind, share.size, share.files, kept[STATE], share.exposure),
    share.reason and ',"reason":' .. quoted(share.reason) or "",
    progress and (',"progress":%.3f'):format(progress) or "",
    link and ',"link":' .. quoted(link) or "",
    share.expires and (',"expires":%.0f'):format(share.expires) or "",
    count("recipients", kept[RECIPIENTS]), count("complete", kept[COMPLETE]), count("downloads", kept[DOWNLOADS]),
    count("sent", kept[SENT]), count("up_rate", kept[UP_RATE]),
    (',"created":%d,"changed":%d,"revision":%d,"root":%s}'):format(
      share.created, share.changed, share.revision, quoted(share.root.path)),
  }
end

local function refresh(self, share)
  local kept, summary, state = self.kept[share], self:summary(share), describe.state(share)
  local generation = self.services.links:generation(share.id)
  if kept and is_same(kept, share, state, summary, self.base, generation) then return kept, false end
  local token = kept and kept[GENERATION] == generation and kept[TOKEN]
    or describe.token(self.services, share, "page")
  kept = {
    state, rounded(share.progress), share.revision, share.entry, share.size, share.files, share.changed,
    share.expires or false, share.exposure, share.reason or false, self.base, generation, describe.is_over(share),
    summary.recipients, summary.complete, summary.downloads, summary.sent, summary.up_rate, false, token,
  }
  self.kept[share] = kept
  return kept, true
end

---@param share btshare.Share
---@return string json of the row; the very same one as long as nothing in it has changed. After `begin`
function Rows:text(share)
  local kept = refresh(self, share)
  kept[TEXT] = kept[TEXT] or write(kept, share)
  return kept[TEXT]
end

---@param share btshare.Share
---@return btshare.Row row the caller's
function Rows:row(share)
  self:begin()
  return json.decode(self:text(share))
end

return rows
