-- Another BTshare's link: its page is asked what it leads to; the torrent is received, or, where the share has none,
-- its files are fetched one by one.
local fetch = require "core.fetch"
local json = require "core.json"
local files_of = require "btshare.downloads.link_files"
local session = require "btshare.downloads.session"
local task = require "btshare.task"
local torrent_file = require "btshare.downloads.torrent_file"
local uv = require "luv"

local link = {}

local retry_milliseconds = 5000   -- after an answer that does not help
local prepare_milliseconds = 1000 -- while the other side is still hashing
local most_redirects = 3
local largest_page = 4 * 1024 * 1024
local largest_torrent = 4 * 1024 * 1024

---@class btshare.downloads.Links
---@field private owner btshare.Downloads
---@field private running table<btshare.Download, btshare.task.job>
local Links = {}
Links.__index = Links

---@param owner btshare.Downloads
---@return btshare.downloads.Links
function link.new(owner)
  return setmetatable({ owner = owner, running = {} }, Links)
end

local function origin_of(url)
  local scheme, host = url:match("^(https?)://([^/?#]+)")
  return scheme, host and host:lower()
end

-- Where a redirect leads: to the same host only, and never from https to http. Whoever answers must not choose whom
-- else this machine asks (security S28).
local function follow_redirect(url, location)
  local scheme, host = origin_of(url)
  local next_scheme, next_host = origin_of(location)
  if next_host and next_host:gsub(":%d+$", "") == host:gsub(":%d+$", "")
    and (next_scheme == scheme or next_scheme == "https") then
    return location
  end
  return nil, "redirects to another place"
end

---Fetches into memory. Call in a task; the fetch ends with it.
---@param url string
---@param accept string
---@param limit integer
---@return core.fetch.Response? response
---@return string? message
---@return string? code
function link.get(url, accept, limit)
  for _ = 0, most_redirects do
    local started
    local _ <close> = task.on_close(function() if started then started:close() end end)
    local response, message, code = task.await(function(resume)
      local why, its_code
      started, why, its_code = fetch.start({ url = url, accept = accept, limit = limit }, resume)
      if not started then resume(nil, why, its_code) end
    end)
    if not response then return nil, message, code end
    if response.status < 300 or response.status >= 400 or not response.location then return response end
    url, message = follow_redirect(url, response.location)
    if not url then return nil, message, "denied" end
  end
  return nil, "redirects too often", "denied"
end

-- The address of the page, without what an address bar adds.
local function page_of(uri)
  return (uri:gsub("[?#].*$", ""):gsub("/+$", ""))
end

-- What the page says: an object of which nothing is trusted yet.
local function ask_page(url)
  local response, message, code = link.get(url, "application/json", largest_page)
  if not response then return nil, message, code end
  if response.status == 404 or response.status == 410 then
    return nil, "the link leads nowhere (any more)", "gone"
  elseif response.status == 401 or response.status == 403 then
    return nil, "the link is locked; open it in a browser", "gone"
  elseif response.status ~= 200 then
    return nil, "answered " .. response.status, "busy"
  end
  local page = json.decode(response.body)
  if type(page) ~= "table" or type(page.name) ~= "string" or type(page.list) ~= "table" then
    return nil, "is no link of a BTshare", "gone"
  end
  return page
end

local function take_torrent(owner, download, url)
  local response, message, code = link.get(url .. "/torrent", "application/x-bittorrent", largest_torrent)
  if not response then return nil, message, code end
  if response.status ~= 200 then return nil, "gives no torrent: " .. response.status, "busy" end
  local found
  found, message, code = torrent_file.source(response.body)
  if not found then return nil, message, code == "invalid" and "gone" or code end
  download.source.torrent, download.is_public = found.torrent, false
  owner:keep(download)
  local _ <close> = download.mutex:lock()
  local begun
  begun, message, code = session.begin(owner, download)
  return begun, message, code == "busy" and "busy" or "gone"
end

-- One try: true where it is under way or done.
local function try(owner, download, url)
  local page, message, code = ask_page(url)
  if not page then return nil, message, code end
  if page.torrent then return take_torrent(owner, download, url) end
  if page.progress or page.state == "settling" or page.state == "preparing" then
    return nil, "the other side still reads the files", "preparing"
  end
  return files_of.fetch(owner, download, url, page)
end

local function run(owner, download)
  local url = page_of(download.source.uri)
  while true do
    download.moved_at = download.moved_at or uv.now()
    download.is_full = nil
    local done, message, code = try(owner, download, url)
    if done then
      download.link_trouble = nil
      return
    elseif code == "full" then
      download.is_full = true
    elseif code ~= "busy" and code ~= "missing" and code ~= "preparing" and code ~= "failed" then
      session.fail(owner, download, code == "gone" and "missing" or code or "failed", message)
      return
    end
    download.link_trouble = message
    task.sleep(code == "preparing" and prepare_milliseconds or retry_milliseconds)
  end
end

---Remembers what was fetched before a restart.
---@param download btshare.Download
function Links:load(download)
  if download.source.kind == "link" and not download.source.torrent then files_of.load(self.owner, download) end
end

---Begins to follow the link of a download.
---@param download btshare.Download
---@return true
function Links:follow(download)
  if download.is_paused or self.running[download] then return true end
  local job
  job = self.owner:spawn(function()
    task.yield()
    run(self.owner, download)
    if self.running[download] == job then self.running[download] = nil end
  end)
  self.running[download] = job
  return true
end

---Follows it no more. What was fetched stays, or goes.
---@param download btshare.Download
---@param with_data boolean?
function Links:stop(download, with_data)
  local job = self.running[download]
  self.running[download] = nil
  if job then job:cancel() end
  if with_data and download.fetched then files_of.delete(download) end
end

return link
