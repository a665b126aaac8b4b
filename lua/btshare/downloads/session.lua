-- Downloads in the engine's session: how they get in, how they go, and what is asked of them meanwhile.
local rows = require "btshare.downloads.rows"
local task = require "btshare.task"
local torrent_file = require "btshare.downloads.torrent_file"
local uv = require "luv"

local session = {}

local patience = 20 -- seconds for answers of the engine

session.read_torrent = torrent_file.source

---Resumes, once, those who wait for something of a download. They get the event, or nil after the time.
---@param owner btshare.Downloads
---@param download btshare.Download
---@param what string
---@param event table?
function session.wake(owner, download, what, event)
  local waiting = owner.waiting[download]
  local list = waiting and waiting[what]
  if not list then return end
  waiting[what] = nil
  for _, resume in ipairs(list) do resume(event) end
end

---Waits until something is told of a download. Call in a task.
---@param owner btshare.Downloads
---@param download btshare.Download
---@param what string
---@param seconds number
---@return table? event nil where it did not come
function session.wait_for(owner, download, what, seconds)
  return task.await(function(resume)
    local timer = uv.new_timer()
    local function finish(event)
      if timer:is_closing() then return end
      timer:close()
      owner.timers[timer] = nil
      resume(event)
    end
    owner.timers[timer] = true
    timer:start(math.floor(seconds * 1000), 0, function() finish(nil) end)
    owner.waiting[download] = owner.waiting[download] or {}
    local list = owner.waiting[download][what] or {}
    owner.waiting[download][what] = list
    list[#list + 1] = finish
  end)
end

---Ends it for good, until its owner tries again.
---@param owner btshare.Downloads
---@param download btshare.Download
---@param code string
---@param message string
function session.fail(owner, download, code, message)
  local failure = { code = code, message = message }
  download.failure, download.password, download.is_verifying = failure, nil, nil
  owner:spawn(function()
    local _ <close> = download.mutex:lock()
    if download.failure ~= failure or not owner:has(download) then return end -- tried again meanwhile, or removed
    session.leave(owner, download)
    owner:keep(download)
    owner:tell("download-failed", download, { reason = message })
  end)
end

-- Where to go on from: what is there already, or the beginning.
local function fill_source(owner, download, asked)
  local resume = rows.resume(owner.services.store, download)
  if resume then
    asked.resume = resume
  elseif download.source.torrent then
    asked.torrent = download.source.torrent
  else
    asked.magnet = download.source.uri
  end
  return asked.magnet == nil
end

---Puts a download into the session. Call in a task.
---@param owner btshare.Downloads
---@param download btshare.Download
---@param how {paused: boolean?, idle: boolean?}?
---@return true|nil begun
---@return string? message
---@return string? code
function session.begin(owner, download, how)
  if not owner:has(download) then return nil, download.name .. ": is not in the list", "missing" end
  if download.is_present then return true end
  if download.source.kind == "link" and not download.source.torrent then
    return owner.links:follow(download)
  end
  how = how or {}
  local asked = {
    folder = download.folder, public = download.is_public, known = download.is_known or how.idle, idle = how.idle,
    paused = how.paused or download.is_paused or download.is_full,
  }
  if download.limits then asked.up_limit, asked.down_limit = download.limits.up, download.limits.down end
  local has_names = fill_source(owner, download, asked)
  if has_names and download.wanted then asked.wanted = download.wanted end
  -- Nothing is written before it is stored that what has its names is its own.
  asked.wait = not how.idle and (not download.is_started or download.chosen ~= nil or not asked.known)
  download.had_names = asked.known
  download.is_present = true -- no second one meanwhile
  local info_hash, message, code = owner.services.engine:add_download(asked)
  if not info_hash then
    download.is_present = false
    if code ~= "exists" then return nil, message, code end
    return nil, download.name .. ": is shared or received already", "exists"
  end
  download.info_hash, download.moved_at, download.row = info_hash, uv.now(), nil
  download.is_seeding = download.finished ~= nil
  owner.by_hash[info_hash] = download
  return true
end

---Takes a download out of the session, with what was received of it or without. Call in a task.
---@param owner btshare.Downloads
---@param download btshare.Download
---@param with_data boolean?
---@return true|nil done
---@return string? message
---@return string? code
function session.leave(owner, download, with_data)
  owner.links:stop(download, with_data)
  if not download.is_present then return true end
  local engine = owner.services.engine
  local removed, message, code = engine[with_data and "remove_data" or "remove"](engine, download.info_hash)
  if not removed and code ~= "missing" then return nil, message, code end
  download.is_leaving = removed
  local event = removed and session.wait_for(owner, download, "removed", patience)
  download.is_present, download.is_seeding = false, false
  if with_data and event and event.message then
    return nil, download.name .. ": " .. event.message, "failed"
  end
  return true
end

-- The wanted ones of the numbers, as the engine has them.
local function spread(numbers, count)
  local wanted = {}
  for index = 1, count do wanted[index] = false end
  for _, number in ipairs(numbers) do
    if not wanted[number] and wanted[number] == nil then
      return nil, ("files: there is no number %d, only 1 to %d"):format(number, count), "invalid"
    end
    wanted[number] = true
  end
  return wanted
end

-- More was wanted after all: libtorrent calls nobody again for a download that was finished.
local function begin_anew(owner, download)
  if download.is_present then
    if session.save(owner, download) then session.wait_for(owner, download, "saved", patience) end
    session.leave(owner, download)
  end
  download.finished, download.row = nil, nil
  return session.begin(owner, download)
end

---Applies what was chosen. Call in a task.
---@param owner btshare.Downloads
---@param download btshare.Download
---@return true|nil done
---@return string? message
---@return string? code
function session.choose(owner, download)
  local count = download.count or #download.files
  local wanted = download.wanted
  if download.chosen then
    local message, code
    wanted, message, code = spread(download.chosen, count)
    if not wanted then return nil, message, code end
  end
  download.chosen, download.wanted = nil, wanted
  if not download.is_started then return true end
  if download.finished then return begin_anew(owner, download) end
  if not download.is_present then return true end
  if not wanted then
    wanted = {}
    for index = 1, count do wanted[index] = true end
  end
  download.moved_at = uv.now()
  return owner.services.engine:set_wanted(download.info_hash, wanted)
end

-- What has its names already may be a whole copy of it.
local function look_at_what_is_there(owner, download)
  local _ <close> = download.mutex:lock()
  if not download.is_verifying then return end -- it failed otherwise
  session.leave(owner, download)
  local begun, message, code = session.begin(owner, download, { idle = true })
  if not begun then session.fail(owner, download, code, message) end
end

---Its names belong to something else, unless that is all of it.
---@param owner btshare.Downloads
---@param download btshare.Download
---@param message string
function session.refuse(owner, download, message)
  if download.is_verifying then return end
  download.refusal = { code = "exists", message = message }
  download.is_known, download.is_verifying = false, true
  owner:spawn(look_at_what_is_there, owner, download)
end

---Has a download whose files are known write. Call in a task.
---@param owner btshare.Downloads
---@param download btshare.Download
---@return true|nil done
---@return string? message
---@return string? code
function session.start(owner, download)
  if not download.had_names then
    local top = download.files[1].path:match("^[^/]+")
    if uv.fs_lstat(download.folder .. "/" .. top) then
      session.refuse(owner, download, top .. ": is there already")
      return true
    end
    download.is_known = true
  end
  local kept, message, code = owner:keep(download)
  if not kept then return nil, message, code end
  if download.had_names and not download.chosen then return true end
  return session.choose(owner, download)
end

---Asks for resume data; it is stored when it comes.
---@param owner btshare.Downloads
---@param download btshare.Download
---@param if_changed boolean?
---@return boolean is_asked whether "saved" follows
function session.save(owner, download, if_changed)
  if not download.is_present or not download.has_metadata then return false end
  if not owner.services.engine:save(download.info_hash, if_changed) or if_changed then return false end
  owner.saving[download] = true
  return true
end

---@param owner btshare.Downloads
---@param seconds number
function session.wait_for_saves(owner, seconds)
  local deadline = uv.now() + seconds * 1000
  while next(owner.saving) and uv.now() < deadline do task.sleep(20) end
end

---@param owner btshare.Downloads
---@param download btshare.Download
---@return table? event
function session.ask_files(owner, download)
  if not owner.services.engine:post_files(download.info_hash) then return nil end
  return session.wait_for(owner, download, "files", 5)
end

return session
