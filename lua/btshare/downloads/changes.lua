-- What the owner changes about a download: methods of btshare.Downloads, each to be called in a task.
local link = require "btshare.downloads.link"
local place = require "btshare.downloads.place"
local session = require "btshare.downloads.session"
local uv = require "luv"

---@class btshare.Downloads
local changes = {}

---@param download btshare.Download
---@param is_paused boolean
---@return true|nil done
---@return string? message
---@return string? code
function changes:pause(download, is_paused)
  local _ <close> = download.mutex:lock()
  if download.is_paused == is_paused and not (download.failure and not is_paused) then return true end
  download.is_paused = is_paused
  if not is_paused then download.failure, download.is_full = nil, nil end
  local engine = self.services.engine
  if download.is_present then
    if is_paused then engine:pause(download.info_hash) else engine:resume(download.info_hash) end
  elseif not is_paused and not (download.finished and not download.share_after) then
    local begun, message, code = session.begin(self, download)
    if not begun then
      download.failure = { code = code, message = message }
      return nil, message, code
    end
  else
    self.links:stop(download)
  end
  download.moved_at = uv.now()
  if is_paused then session.save(self, download) end
  return self:keep(download)
end

---Takes the password that a link asks for, and tries again where it failed. It is kept for as long as it is needed.
---@param download btshare.Download
---@param password string
---@return true|nil done
---@return string? message
---@return string? code
function changes:unlock(download, password)
  local fits, message, code = link.check_password(password)
  if not fits then return nil, message, code end
  if not link.is_asked(download) then return nil, download.name .. ": needs no password", "invalid" end
  download.password = password
  if download.failure then return self:pause(download, false) end
  return self:keep(download)
end

---Chooses files by their numbers; before their names are known, for when they are.
---@param download btshare.Download
---@param numbers integer[]
---@return true|nil done
---@return string? message
---@return string? code
function changes:choose(download, numbers)
  local _ <close> = download.mutex:lock()
  download.chosen = numbers
  if not download.has_metadata then return true end
  local chosen, message, code = session.choose(self, download)
  if not chosen then return nil, message, code end
  return self:keep(download)
end

---Begins what was only looked at.
---@param download btshare.Download
function changes:begin(download)
  local _ <close> = download.mutex:lock()
  if download.is_started then return true end
  download.is_started, download.moved_at = true, uv.now()
  if not download.has_metadata or not download.is_present then return self:keep(download) end
  return session.start(self, download)
end

---Saves elsewhere, before anything is saved.
---@param download btshare.Download
---@param wanted string folder
---@return true|nil done
---@return string? message
---@return string? code
function changes:move(download, wanted)
  local _ <close> = download.mutex:lock()
  if download.is_started then
    return nil, download.name .. ": has begun already; its folder cannot change any more", "exists"
  end
  local folder, message, code = place.choose(wanted, self.usual, self.why, self.roots())
  if not folder then return nil, message, code end
  if folder == download.folder then return true end
  local left
  left, message, code = session.leave(self, download)
  if not left then return nil, message, code end
  download.folder = folder
  local kept
  kept, message, code = self:keep(download)
  if not kept then return nil, message, code end
  return session.begin(self, download)
end

---@param download btshare.Download
---@param is_wanted boolean
function changes:set_share_after(download, is_wanted)
  local _ <close> = download.mutex:lock()
  if download.share_after == is_wanted then return true end
  download.share_after = is_wanted
  if download.finished and is_wanted then
    session.begin(self, download)
  elseif download.finished then
    session.leave(self, download)
  end
  return self:keep(download)
end

---Compares all that is there with its hashes; what is wrong or missing is received again. Call in a task.
---@param download btshare.Download
---@return true|nil begun
---@return string? message
---@return string? code
function changes:verify(download)
  local _ <close> = download.mutex:lock()
  if not download.is_present or not download.has_metadata then
    return nil, download.name .. ": cannot be verified now; start it first", "busy"
  end
  local begun, message, code = self.services.engine:recheck(download.info_hash)
  if not begun then return nil, message, code end
  download.finished, download.is_seeding, download.moved_at = nil, false, uv.now()
  return self:keep(download)
end

---Limits one download until BTshare ends.
---@param download btshare.Download
---@param limits {up: integer?, down: integer?} bytes a second; 0: none, nil: as it was
---@return true|nil done
---@return string? message
---@return string? code
function changes:limit(download, limits)
  local former = download.limits or {}
  download.limits = { up = limits.up or former.up, down = limits.down or former.down }
  if not download.is_present then return true end
  return self.services.engine:limit_download(download.info_hash, limits)
end

---Takes it off the list. Call in a task.
---@param download btshare.Download
---@param with_data boolean whether what was received is deleted
---@return true|nil done
---@return string? message also of what could not be deleted
---@return string? code
function changes:remove(download, with_data)
  local _ <close> = download.mutex:lock()
  if not self:has(download) then return nil, download.name .. ": is not in the list", "missing" end
  if with_data and not download.is_present and download.is_known and not download.fetched then
    local begun, message, code = session.begin(self, download, { paused = true })
    if not begun then return nil, message, code end
    session.wait_for(self, download, "metadata", 5)
  end
  local removed, message, code = session.leave(self, download, with_data)
  if not removed then return nil, message, code end
  self:forget(download)
  self:tell("download-removed", download)
  return true
end

return changes
