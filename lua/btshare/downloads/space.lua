-- Room on the disk: a download that would fill it stops before it does, and goes on when there is room (R04).
local uv = require "luv"

local space = {}

local period = 2000                 -- milliseconds
local most_reserve = 64 * 1024 * 1024 -- bytes that stay free whatever happens, less on small disks
local part = 0.05                   -- of what is missing: that much more must be free before it goes on

---@class btshare.downloads.Space
---@field private owner btshare.Downloads
local Space = {}
Space.__index = Space

---@param download btshare.Download
---@param status {bavail: integer, bsize: integer, blocks: integer}
---@return boolean has_room
---@return integer needed bytes
---@return integer free
function space.has_room(download, status)
  local row = download.row
  local left = row and row.wanted > row.done and row.wanted - row.done or 0
  if not row and download.size and not download.finished then left = download.size end
  local free = status.bavail * status.bsize
  local reserve = math.min(most_reserve, status.blocks * status.bsize // 50)
  local needed = left + reserve + (download.is_full and math.floor(left * part) or 0)
  return free >= needed, needed, free
end

local function wants_room(download)
  return download.is_present and download.is_started and not download.is_paused and not download.finished
    and not download.failure and download.has_metadata
end

local function judge(owner, download, status)
  if owner.is_closed or not wants_room(download) then return end
  local has_room, needed, free = space.has_room(download, status)
  download.needed, download.free = needed, free
  if has_room == not download.is_full then return end
  download.is_full = not has_room or nil
  local engine = owner.services.engine
  if has_room then
    download.moved_at = uv.now()
    engine:resume(download.info_hash)
  else
    engine:pause(download.info_hash)
  end
end

---Looks at the disk of a download.
---@param owner btshare.Downloads
---@param download btshare.Download
function space.look(owner, download)
  if not wants_room(download) then return end
  uv.fs_statfs(download.folder, function(_, status)
    if status then judge(owner, download, status) end
  end)
end

---@param owner btshare.Downloads
---@return btshare.downloads.Space
function space.watch(owner)
  local self = setmetatable({ timer = uv.new_timer() }, Space)
  self.timer:start(period, period, function()
    for _, download in pairs(owner.by_id) do space.look(owner, download) end
  end)
  return self
end

function Space:close()
  self.timer:close()
end

return space
