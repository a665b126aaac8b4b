-- What is heard of downloads: from the engine, and from the clock.
local rows = require "btshare.downloads.rows"
local session = require "btshare.downloads.session"
local space = require "btshare.downloads.space"
local uv = require "luv"

local news = {}

local tick_milliseconds = 1000
local save_seconds = 30
local patience = 20 -- seconds for answers of the engine

local on = {}

function on.metadata(owner, download, event)
  local is_news = not download.has_metadata
  download.files, download.count, download.name = event.files, #event.files, event.name
  download.size = 0
  for _, file in ipairs(event.files) do download.size = download.size + file.size end
  download.has_metadata = true
  download.moved_at = uv.now()
  owner:spawn(function()
    if download.is_started and not download.is_verifying and not download.finished then
      local started, message, code = session.start(owner, download)
      if not started then return session.fail(owner, download, code, message) end
    elseif is_news then
      owner:keep(download)
    end
    session.wake(owner, download, "metadata", event)
    space.look(owner, download)
  end)
end

-- All of it is there, and written.
local function finish(owner, download)
  download.finished = os.time()
  owner:spawn(function()
    local _ <close> = download.mutex:lock()
    if not download.finished or not owner:has(download) then return end -- begun anew meanwhile, or removed
    download.is_seeding = download.share_after
    if session.save(owner, download) then session.wait_for(owner, download, "saved", patience) end
    if not download.share_after then session.leave(owner, download) end
    owner:keep(download)
    owner:tell("download-finished", download)
  end)
end

-- All that was there under the names was compared: is it the download, and all of it? The engine may have said so
-- before, while it was not known yet whether it is.
local function verify(owner, download)
  local row = session.wait_for(owner, download, "row", 5) or download.row
  if not download.is_verifying then return end -- it failed otherwise meanwhile
  download.is_verifying = nil
  if row and row.wanted > 0 and row.done == row.wanted then
    download.is_known = true
    owner.services.engine:resume(download.info_hash)
    owner:keep(download)
    return finish(owner, download)
  end
  local former = download.refusal
  session.fail(owner, download, former.code, former.message)
end

function on.checked(owner, download)
  if download.is_verifying then
    if not download.had_names then return end -- the torrent that is taken out: it looked at nothing
    owner.services.engine:post_updates()
    owner:spawn(verify, owner, download)
    return
  end
  -- With the metadata, so that it need not be asked for again.
  if not download.had_names then session.save(owner, download) end
end

function on.finished(owner, download)
  if download.finished or download.is_verifying or not download.is_started then return end
  finish(owner, download)
end

on["resume-data"] = function(owner, download, event)
  owner.saving[download] = nil
  owner:spawn(function()
    if owner:has(download) then
      owner.services.store:write { rows.keep_resume(owner.services.store, download, event.data) }
    end
    session.wake(owner, download, "saved", event)
  end)
end

on["resume-failed"] = function(owner, download, event)
  owner.saving[download] = nil
  session.wake(owner, download, "saved", event)
end

on["download-error"] = function(owner, download, event)
  local message = event.path ~= "" and event.path ~= nil and event.path .. ": " .. event.message or event.message
  if event.code == "full" then
    download.is_full = true
    owner.services.engine:pause(download.info_hash)
  elseif event.code == "exists" and not download.had_names then
    session.refuse(owner, download, message)
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
  session.wake(owner, download, "files", event)
end

function on.removed(owner, download, event)
  if not download.is_leaving then return end -- a share of the same torrent, which it waited for
  download.is_leaving, owner.saving[download] = nil, nil
  owner.by_hash[event.info_hash] = nil
  session.wake(owner, download, "removed", event)
end

local function take_row(owner, download, row)
  local before = download.row
  if not before or row.done ~= before.done or row.downloaded ~= before.downloaded then download.moved_at = uv.now() end
  download.row = row
  if row.done > 0 then download.got = row.done end
  session.wake(owner, download, "row", row)
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
  for _, download in pairs(owner.by_id) do
    end_sharing(owner, download)
    if owner.ticks % save_seconds == 0 then session.save(owner, download, true) end
  end
end

---Follows what the engine says of an owner's downloads.
---@param owner btshare.Downloads
function news.follow(owner)
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
function news.close(owner)
  owner.timer:close()
  for timer in pairs(owner.timers) do
    if not timer:is_closing() then timer:close() end
  end
end

return news
