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
---@field private kept table<btshare.Share, table>
local Rows = {}
Rows.__index = Rows

local rows = {}

local nobody = { recipients = 0, complete = 0, downloads = 0, sent = 0, up_rate = 0 }

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

-- Progress in steps that a bar can show, not in as many as there are bytes.
local function rounded(progress)
  return progress and math.floor(progress * 1000) / 1000
end

local function positive(number)
  return number ~= 0 and number or nil
end

-- Where the link of a share begins is the same for all, and costs a look at the machine's addresses.
local function link_of(self, share, generation, kept)
  if kept and kept.generation == generation then return self.page_base .. kept.token, kept.token end
  local token = describe.token(self.services, share, "page")
  return self.page_base .. token, token
end

---Looks up what all rows have in common. Call before going through shares.
function Rows:begin()
  self.page_base = self.services.reach:public_urls("/s/")[1]
end

local function is_same(kept, share, state, summary, self)
  return kept.state == state and kept.progress == rounded(share.progress)
    and kept.recipients == summary.recipients and kept.sent == summary.sent and kept.up_rate == summary.up_rate
    and kept.complete == summary.complete and kept.downloads == summary.downloads
    and kept.revision == share.revision and kept.name == share.entry and kept.size == share.size
    and kept.files == share.files and kept.changed == share.changed and kept.expires == share.expires
    and kept.exposure == share.exposure and kept.reason == share.reason and kept.base == self.page_base
    and kept.generation == self.services.links:generation(share.id) and kept.is_over == describe.is_over(share)
end

---What is known of a share's row; the same table as long as nothing in it has changed. Not to be changed. After
---`begin`.
---@param share btshare.Share
---@return table entry the fields of a row with all counts, and `row`
function Rows:entry(share)
  local kept, summary, state = self.kept[share], self:summary(share), describe.state(share)
  if kept and is_same(kept, share, state, summary, self) then return kept end
  local generation = self.services.links:generation(share.id)
  local link, token = link_of(self, share, generation, kept)
  local is_over = describe.is_over(share)
  local entry = {
    name = share.entry, state = state, progress = rounded(share.progress), revision = share.revision,
    size = share.size, files = share.files, changed = share.changed, expires = share.expires,
    exposure = share.exposure, reason = share.reason, base = self.page_base, generation = generation, token = token,
    is_over = is_over, recipients = summary.recipients, complete = summary.complete, downloads = summary.downloads,
    sent = summary.sent, up_rate = summary.up_rate,
  }
  entry.row = {
    id = share.id, name = share.entry, kind = share.kind, size = share.size, files = share.files, state = state,
    reason = share.reason, progress = entry.progress, exposure = share.exposure, link = not is_over and link or nil,
    created = share.created, changed = share.changed, expires = share.expires, revision = share.revision,
    root = share.root.path, recipients = positive(summary.recipients), complete = positive(summary.complete),
    downloads = positive(summary.downloads), sent = positive(summary.sent), up_rate = positive(summary.up_rate),
  }
  self.kept[share] = entry
  return entry
end

---@param share btshare.Share
---@return btshare.Row row not to be changed
function Rows:row(share)
  self:begin()
  return self:entry(share).row
end

---@param share btshare.Share
---@return string json of the row. After `begin`
function Rows:text(share)
  local entry = self:entry(share)
  entry.text = entry.text or json.encode(entry.row)
  return entry.text
end

return rows
