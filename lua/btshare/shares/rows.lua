-- Shares as rows of a list, as JSON: a row keeps its text until somebody says that the share is another, so that ten
-- thousand of them are soon told.
local damage = require "btshare.store.damage"
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
---@field private texts table<btshare.Share, string> of those that are as they were
---@field private base string? of all links, as the texts have it
---@field private changed table<btshare.Share, true> since `take_changed`
---@field private is_another boolean whether all have
local Rows = {}
Rows.__index = Rows

local rows = {}

local nobody = { recipients = 0, complete = 0, downloads = 0, sent = 0, up_rate = 0 }

local function nothing()
  return setmetatable({}, { __mode = "k" })
end

---@param services btshare.Services
---@return btshare.Rows
function rows.new(services)
  return setmetatable({ services = services, texts = nothing(), changed = nothing(), is_another = true }, Rows)
end

---@param share btshare.Share
---@return btshare.Summary
function Rows:summary(share)
  local recipients = self.services.recipients
  return recipients and recipients:summary(share) or nobody
end

---Looks up what all rows have in common. Call before going through shares.
function Rows:begin()
  local base = self.services.reach:public_urls("/s/")[1]
  if base == self.base then return end
  self.base, self.texts, self.is_another = base, nothing(), true
end

---Something that is shown of a share has changed, or who fetches it.
---@param share btshare.Share
function Rows:touch(share)
  self.texts[share] = nil
  self.changed[share] = true
end

---@return table<btshare.Share, true> changed since the last time
---@return boolean is_another whether all rows have
function Rows:take_changed()
  local changed, is_another = self.changed, self.is_another
  self.changed, self.is_another = nothing(), false
  return changed, is_another
end

local function quoted(text)
  if text:find("[^ !#-%[%]-~]") then return json.encode(text) end
  return '"' .. text .. '"'
end

local function count(name, number)
  return number ~= 0 and (',"%s":%.0f'):format(name, number) or ""
end

-- Progress goes in steps that a bar can show, not in as many as there are bytes.
local function write(self, share)
  local summary = self:summary(share)
  local reason = share.reason or share.is_unconfirmed and damage.held_reason
  local link = not describe.is_over(share) and self.base .. describe.token(self.services, share, "page")
  return table.concat {
    ('{"id":"%s","name":%s,"kind":"%s","size":%d,"files":%d,"state":"%s","exposure":"%s"'):format(
      share.id, quoted(share.entry), share.kind, share.size, share.files, describe.state(share), share.exposure),
    reason and ',"reason":' .. quoted(reason) or "",
    share.progress and (',"progress":%.3f'):format(share.progress // 0.001 / 1000) or "",
    link and ',"link":' .. quoted(link) or "",
    share.expires and (',"expires":%.0f'):format(share.expires) or "",
    count("recipients", summary.recipients), count("complete", summary.complete),
    count("downloads", summary.downloads), count("sent", summary.sent), count("up_rate", summary.up_rate),
    (',"created":%d,"changed":%d,"revision":%d,"root":%s}'):format(
      share.created, share.changed, share.revision, quoted(share.root.path)),
  }
end

---@param share btshare.Share
---@return string json of the row; the very same one until it is touched. After `begin`
function Rows:text(share)
  local text = self.texts[share]
  if not text then
    text = write(self, share)
    self.texts[share] = text
  end
  return text
end

---@param share btshare.Share
---@return btshare.Row row the caller's
function Rows:row(share)
  self:begin()
  return json.decode(self:text(share))
end

return rows
