-- Downloads in the engine's session: how they get in, what is heard of them, how they go.
local rows = require "btshare.downloads.rows"
local space = require "btshare.downloads.space"
local task = require "btshare.task"
local torrent_file = require "btshare.downloads.torrent_file"
local uv = require "luv"

local session = {}

local tick_milliseconds = 1000
local save_seconds = 30
local patience = 20 -- seconds for answers of the engine

session.read_torrent = torrent_file.source

-- Resumes, once, those who wait for something of a download. They get the event, or nil after the time.
local function wake(owner, download, what, event)
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
  download.failure = { code = code, message = message }
  owner:spawn(function()
    local _ <close> = download.mutex:lock()
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
  if download.is_present then return true end
  if download.source.kind == "link" and not download.source.torrent then
    return owner.links:follow(download)
  end
  how = how or {}
  local asked = {
    folder = download.folder, public = download.is_public, known = download.is_known or how.idle, idle = how.idle,
    paused = how.paused or download.is_paused or download.is_full,
  }
  local has_names = fill_source(owner, download, asked)
  if has_names and download.wanted then asked.wanted = download.wanted end
  asked.wait = not download.is_started or download.chosen ~= nil
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
    session.save(owner, download)
    session.wait_for(owner, download, "saved", patience)
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

---Asks for resume data; it is stored when it comes.
---@param owner btshare.Downloads
---@param download btshare.Download
---@param if_changed boolean?
function session.save(owner, download, if_changed)
  if not download.is_present or not download.has_metadata then return end
  if owner.services.engine:save(download.info_hash, if_changed) and not if_changed then
    owner.saving[download] = true
  end
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

-- ---- what is heard

local on = {}

function on.metadata(owner, download, event)
  local is_news = not download.has_metadata
  download.files, download.count, download.name = event.files, #event.files, event.name
  download.size = 0
  for _, file in ipairs(event.files) do download.size = download.size + file.size end
  download.has_metadata = true
  download.moved_at = uv.now()
  owner:spawn(function()
    if download.is_started and download.chosen then
      local chosen, message, code = session.choose(owner, download)
      if not chosen then return session.fail(owner, download, code, message) end
    end
    if is_news then owner:keep(download) end
    wake(owner, download, "metadata", event)
    space.look(owner, download)
  end)
end

-- All that was there under the names was compared: is it the download, and all of it?
local function verify(owner, download)
  local row = session.wait_for(owner, download, "row", 5)
  download.is_verifying = nil
  if row and row.wanted > 0 and row.done == row.wanted then
    download.is_known = true
    owner.services.engine:resume(download.info_hash)
    owner:keep(download)
    return
  end
  local former = download.refusal
  session.fail(owner, download, former.code, former.message)
end

function on.checked(owner, download)
  if download.is_verifying then
    owner.services.engine:post_updates()
    owner:spawn(verify, owner, download)
    return
  end
  if not download.is_known then
    download.is_known = true
    owner:spawn(function()
      owner:keep(download)
      session.save(owner, download) -- with the metadata, so that it need not be asked for again
    end)
  end
end

function on.finished(owner, download)
  if download.finished or download.is_verifying or not download.is_started then return end
  download.finished = os.time()
  owner:spawn(function()
    local _ <close> = download.mutex:lock()
    download.is_seeding = download.share_after
    session.save(owner, download)
    session.wait_for(owner, download, "saved", patience)
    if not download.share_after then session.leave(owner, download) end
    owner:keep(download)
    owner:tell("download-finished", download)
  end)
end

on["resume-data"] = function(owner, download, event)
  owner.saving[download] = nil
  owner:spawn(function()
    if owner.by_id[download.id] == download then
      owner.services.store:write { rows.keep_resume(owner.services.store, download, event.data) }
    end
    wake(owner, download, "saved", event)
  end)
end

on["resume-failed"] = function(owner, download, event)
  owner.saving[download] = nil
  wake(owner, download, "saved", event)
end

-- What has its names already may be a whole copy of it.
local function look_at_what_is_there(owner, download)
  local _ <close> = download.mutex:lock()
  session.leave(owner, download)
  download.is_verifying = true
  local begun, message, code = session.begin(owner, download, { idle = true })
  if not begun then session.fail(owner, download, code, message) end
end

on["download-error"] = function(owner, download, event)
  local message = event.path ~= "" and event.path ~= nil and event.path .. ": " .. event.message or event.message
  if event.code == "full" then
    download.is_full = true
    owner.services.engine:pause(download.info_hash)
  elseif event.code == "exists" and not download.is_known and not download.is_verifying then
    download.refusal = { code = "exists", message = message }
    owner:spawn(look_at_what_is_there, owner, download)
  elseif not download.failure then
    session.fail(owner, download, event.code, message)
  end
end

on["add-failed"] = function(owner, download, event)
  download.is_present = false
  session.fail(owner, download, "failed", event.message)
end

function on.error(owner, download, event)
  if not download.failure then session.fail(owner, download, "failed", event.message) end
end

function on.files(owner, download, event)
  download.files = event.files
  wake(owner, download, "files", event)
end

function on.removed(owner, download, event)
  owner.by_hash[event.info_hash] = nil
  wake(owner, download, "removed", event)
end

local function take_row(owner, download, row)
  local before = download.row
  if not before or row.done ~= before.done or row.downloaded ~= before.downloaded then download.moved_at = uv.now() end
  download.row = row
  if row.done > 0 then download.got = row.done end
  wake(owner, download, "row", row)
end

-- Those who are shared for a time only.
local function end_sharing(owner, download)
  local seconds = download.share_seconds
  if download.is_seeding and seconds and download.finished and os.time() >= download.finished + seconds then
    owner:spawn(owner.set_share_after, owner, download, false)
  end
end

local function tick(owner)
  owner.ticks = owner.ticks + 1
  local is_any = false
  for _, download in pairs(owner.by_id) do
    is_any = is_any or download.is_present
    end_sharing(owner, download)
    if owner.ticks % save_seconds == 0 then session.save(owner, download, true) end
  end
  if is_any then owner.services.engine:post_updates() end
end

---Follows what the engine says of an owner's downloads.
---@param owner btshare.Downloads
function session.follow(owner)
  owner.by_hash, owner.waiting, owner.saving, owner.timers, owner.ticks = {}, {}, {}, {}, 0
  for event_type, handler in pairs(on) do
    owner.services.engine:on(event_type, function(event)
      local download = owner.by_hash[event.info_hash]
      if download and not owner.is_closed then handler(owner, download, event) end
    end)
  end
  owner.services.engine:on("progress", function(event)
    if owner.is_closed then return end
    for _, row in ipairs(event.torrents) do
      local download = owner.by_hash[row.info_hash]
      if download then take_row(owner, download, row) end
    end
  end)
  owner.timer = uv.new_timer()
  owner.timer:start(tick_milliseconds, tick_milliseconds, function() tick(owner) end)
end

---@param owner btshare.Downloads
function session.close(owner)
  owner.timer:close()
  for timer in pairs(owner.timers) do
    if not timer:is_closing() then timer:close() end
  end
end

return session
