-- The files of a share that has no torrent: fetched one after the other, each under another name until it is whole.
local fetch = require "core.fetch"
local json = require "core.json"
local rows = require "btshare.downloads.rows"
local task = require "btshare.task"
local uv = require "luv"

local link_files = {}

local suffix = ".part" -- of a file that is not whole yet; such files are never shared
local refresh_milliseconds = 500
local worth_resuming = 1 << 20 -- bytes; of what is smaller, the whole comes again

local function is_element(name)
  return #name > 0 and #name <= 240 and name ~= "." and name ~= ".." and not name:find("[%z/]")
end

local function is_path(path)
  local depth = 0
  for element in (path .. "/"):gmatch("([^/]*)/") do
    depth = depth + 1
    if depth > 32 or not is_element(element) then return false end
  end
  return true
end

-- What the page lists, held against the same limits as a torrent. Addresses are made here: whoever answers must not
-- choose whom else this machine asks.
local function read_page(page, url)
  if not is_element(page.name) then return nil, "has a name that leads elsewhere" end
  if (tonumber(page.more) or 0) > 0 then return nil, "has too many files to be fetched without a torrent" end
  local list, size, seen = {}, 0, {}
  for index, file in ipairs(page.list) do
    local path, length = file.path, math.tointeger(file.size)
    if type(path) ~= "string" or not is_path(path) or not length or length < 0 or seen[path:lower()] then
      return nil, "lists a file that cannot be saved"
    end
    seen[path:lower()] = true
    local number = type(file.url) == "string" and file.url:match("/f/(%d+)/") or index
    size = size + length
    list[index] = {
      path = page.kind == "folder" and page.name .. "/" .. path or page.name, size = length, done = 0, wanted = true,
      url = ("%s/f/%s/file"):format(url, number),
    }
  end
  if #list == 0 then return nil, "holds no files" end
  return list, size
end

local function total(list)
  local wanted, done = 0, 0
  for _, file in ipairs(list) do
    if file.wanted then wanted, done = wanted + file.size, done + file.done end
  end
  return wanted, done
end

local function note_progress(download, rate)
  local wanted, done = total(download.files)
  local before = download.row
  if not before or before.done ~= done then download.moved_at = uv.now() end
  download.row = {
    state = "downloading", wanted = wanted, done = done, downloaded = done, down_rate = rate or 0, up_rate = 0,
    peers = 1, seeds = 1, known_peers = 1,
  }
end

-- Fetches one file, or what is missing of it. Its progress is noted now and then.
local function fetch_file(download, file)
  local part = file.path .. suffix
  local started, timer
  local _ <close> = task.on_close(function()
    if started then started:close() end
    if timer then timer:close() end
  end)
  local there = file.etag and uv.fs_lstat(download.folder .. "/" .. part)
  local from = there and there.size < file.size and there.size or 0
  local last, last_at = from, uv.now()
  return task.await(function(resume)
    local message, code
    started, message, code = fetch.start({
      url = file.url, password = download.password, folder = download.folder, path = part, from = from,
      if_range = file.etag,
      limit = math.max(file.size, 65536), -- what a refusal says may be longer than the file
    }, resume)
    if not started then return resume(nil, message, code) end
    timer = uv.new_timer()
    timer:start(refresh_milliseconds, refresh_milliseconds, function()
      file.done = math.min(file.size, from + (started:received() or 0))
      local now = uv.now()
      note_progress(download, (file.done - last) * 1000 / math.max(1, now - last_at))
      last, last_at = file.done, now
    end)
  end)
end

---Stores what is being fetched, where other downloads have their resume data.
---@param owner btshare.Downloads
---@param download btshare.Download
function link_files.keep(owner, download)
  local store = owner.services.store
  store:write { rows.keep_resume(store, download, json.encode(json.array(download.fetched))) }
end

-- Which version of the file there is, stored before its first byte comes: with that, what has come can be gone on with,
-- whatever happens in between.
local function learn_version(owner, download, file)
  if file.etag or file.size < worth_resuming then return end
  local started
  local _ <close> = task.on_close(function() if started then started:close() end end)
  local response = task.await(function(resume)
    started = fetch.start({ url = file.url, method = "HEAD", password = download.password }, resume)
    if not started then resume(nil) end
  end)
  if response and response.status == 200 and response.etag then
    file.etag = response.etag
    link_files.keep(owner, download)
  end
end

-- True where the file is there and whole.
local function take_file(owner, download, file)
  local status = uv.fs_lstat(download.folder .. "/" .. file.path)
  if status and status.type == "file" and status.size == file.size and download.is_known then
    file.done = file.size
    return true
  end
  learn_version(owner, download, file)
  local response, message, code = fetch_file(download, file)
  if not response then
    if code == "full" and message:find("too long", 1, true) then code = "busy" end -- it has changed
    return nil, message, code
  end
  if response.status ~= 200 and response.status ~= 206 then
    return nil, "answered " .. response.status, (response.status == 404 or response.status == 410) and "gone" or "busy"
  end
  file.etag = response.etag
  local part = uv.fs_lstat(download.folder .. "/" .. file.path .. suffix)
  if file.size > 0 and (not part or part.size ~= file.size) then
    file.done, file.etag = 0, nil
    return nil, file.path .. ": changed while it was fetched", "busy"
  end
  file.done = file.size
  return fetch.rename(download.folder, file.path .. suffix, file.path)
end

local function choose(download)
  if download.chosen then
    for _, file in ipairs(download.files) do file.wanted = false end
    for _, number in ipairs(download.chosen) do
      if not download.files[number] then
        return nil, ("files: there is no number %d, only 1 to %d"):format(number, #download.files), "invalid"
      end
      download.files[number].wanted = true
    end
  elseif download.wanted then
    for index, file in ipairs(download.files) do file.wanted = download.wanted[index] end
  end
  return true
end

-- The next file that is wanted and not taken yet; begins anew where something else is chosen meanwhile.
local function next_wanted(of)
  local download = of.download
  local choice = download.chosen or download.wanted
  if choice ~= of.choice then
    choose(download)
    of.choice, of.at = choice, 0
  end
  for index = of.at + 1, #download.files do
    of.at = index
    local file = download.files[index]
    if file.wanted and not of.taken[file] then return file end
  end
end

---What was being fetched, after a restart.
---@param owner btshare.Downloads
---@param download btshare.Download
function link_files.load(owner, download)
  local text = rows.resume(owner.services.store, download)
  local list = text and json.decode(text)
  if not list then return end
  download.files, download.fetched = list, list
  for _, file in ipairs(list) do file.done = download.finished and file.wanted and file.size or 0 end
end

---Fetches what a page lists. Call in a task.
---@param owner btshare.Downloads
---@param download btshare.Download
---@param url string of the page
---@param page table as it came, of which nothing is trusted
---@return true|nil done
---@return string? message
---@return string? code "gone" where trying again is of no use
function link_files.fetch(owner, download, url, page)
  if not download.fetched then
    local list, size = read_page(page, url)
    if not list then return nil, size, "gone" end
    if not download.is_known and uv.fs_lstat(download.folder .. "/" .. page.name) then
      return nil, page.name .. ": is there already", "exists"
    end
    download.files, download.fetched, download.size = list, list, size
    download.name, download.count, download.has_metadata = page.name, #list, true
    download.is_known = true
    owner:keep(download)
    link_files.keep(owner, download)
  end
  if not download.is_started then return nil, "waits to be started", "preparing" end
  local chosen, message, code = choose(download)
  if not chosen then return nil, message, code end
  note_progress(download)
  local taken = {}
  for file in next_wanted, { download = download, taken = taken, at = 0 } do
    taken[file], message, code = take_file(owner, download, file)
    if not taken[file] then return nil, message, code end
    note_progress(download)
  end
  download.finished, download.share_after, download.password = os.time(), false, nil
  download.got = select(2, total(download.files))
  owner:keep(download)
  owner:tell("download-finished", download)
  return true
end

---Deletes what was fetched, and the folders that are empty then.
---@param download btshare.Download
function link_files.delete(download)
  local folders = {}
  for _, file in ipairs(download.fetched) do
    fetch.unlink(download.folder, file.path)
    fetch.unlink(download.folder, file.path .. suffix)
    local folder = file.path:match("^(.*)/")
    while folder do
      folders[folder] = true
      folder = folder:match("^(.*)/")
    end
  end
  local list = {}
  for folder in pairs(folders) do list[#list + 1] = folder end
  table.sort(list, function(one, other) return #one > #other end)
  for _, folder in ipairs(list) do fetch.unlink(download.folder, folder, true) end
end

return link_files
