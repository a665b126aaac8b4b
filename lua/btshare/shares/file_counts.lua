-- How often single files of shares were fetched to their last byte. Kept in memory, and stored every few seconds: a
-- download costs an addition. Whoever fetches all of a share is counted with the share.
local task = require "btshare.task"
local uv = require "luv"

---@class btshare.FileCounts
---@field private services btshare.Services
---@field private fresh table<string, table<string, integer>> share id → path → downloads that are not stored yet
---@field private saving table<string, table<string, integer>>? those that are being stored
---@field private jobs table<btshare.task.job, true>
local FileCounts = {}
FileCounts.__index = FileCounts

local file_counts = {}

local store_milliseconds = 5000
local upsert = [[
INSERT INTO file_downloads (share, path, downloads) SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM shares WHERE id = ?1)
ON CONFLICT (share, path) DO UPDATE SET downloads = downloads + excluded.downloads]]

---@param services btshare.Services
---@return btshare.FileCounts
function file_counts.new(services)
  local self = setmetatable({ services = services, fresh = {}, jobs = {} }, FileCounts)
  self.timer = uv.new_timer()
  self.timer:start(store_milliseconds, store_milliseconds, function()
    if next(self.fresh) then task.spawn_with({ group = self.jobs }, self.save, self) end
  end)
  return self
end

---Somebody has got all of a file.
---@param share btshare.Share
---@param path string in the share
---@param times integer?
function FileCounts:count(share, path, times)
  local of = self.fresh[share.id] or {}
  self.fresh[share.id] = of
  of[path] = (of[path] or 0) + (times or 1)
end

---@param share btshare.Share
---@return table<string, integer> downloads by path; those without one are not there
function FileCounts:of(share)
  local counts = {}
  for _, row in ipairs(self.services.store:query("SELECT path, downloads FROM file_downloads WHERE share = ?",
    share.id)) do
    counts[row.path] = row.downloads
  end
  for _, of in ipairs { self.saving and self.saving[share.id] or {}, self.fresh[share.id] or {} } do
    for path, count in pairs(of) do counts[path] = (counts[path] or 0) + count end
  end
  return counts
end

local function batch_of(self, counts)
  local batch = {}
  for share, of in pairs(counts) do
    for path, count in pairs(of) do
      batch[#batch + 1] = { upsert, share, self.services.store.blob(path), count }
    end
  end
  return batch
end

---@private
function FileCounts:save()
  if self.saving then return end
  self.saving, self.fresh = self.fresh, {}
  local done, message = self.services.store:write(batch_of(self, self.saving))
  local unsaved = not done and self.saving or {}
  self.saving = nil
  if not done then self.services.log.error("downloads of files could not be counted: %s", message) end
  for share, of in pairs(unsaved) do
    for path, count in pairs(of) do self:count({ id = share }, path, count) end
  end
end

function FileCounts:close()
  self.timer:close()
  task.cancel(self.jobs)
  if next(self.fresh) then self.services.store:write_soon(batch_of(self, self.fresh)) end
end

return file_counts
