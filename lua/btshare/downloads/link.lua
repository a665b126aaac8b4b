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
local longest_wait = 60           -- seconds, for whoever tried too many passwords
local most_redirects = 3
local largest_page = 4 * 1024 * 1024
local largest_torrent = 4 * 1024 * 1024
local longest_password = 1024

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

local usual_port = { http = ":80", https = ":443" }

local function origin_of(url)
  local scheme, host = url:match("^(%a+)://([^/?#]+)")
  scheme = scheme and scheme:lower()
  if not usual_port[scheme] then return nil end
  host = host:lower()
  return scheme, host:gsub(":%d+$", ""), host:match(":%d+$") or usual_port[scheme]
end

-- Where a redirect leads: to the same host only, and never from https to http. Whoever answers must not choose whom
-- else this machine asks (security S28). A password goes to nobody but the server that its owner named.
local function follow_redirect(url, location, has_password)
  local scheme, host, port = origin_of(url)
  local next_scheme, next_host, next_port = origin_of(location)
  if next_host ~= host or next_scheme ~= scheme and next_scheme ~= "https" then
    return nil, "redirects to another place"
  elseif has_password and (next_scheme ~= scheme or next_port ~= port) then
    return nil, "redirects to another address, which does not get the password; ask for that one"
  end
  return location
end

---Fetches into memory. Call in a task; the fetch ends with it.
---@param url string
---@param accept string
---@param limit integer
---@param password string? for the server of `url` alone
---@return core.fetch.Response? response
---@return string? message
---@return string? code
function link.get(url, accept, limit, password)
  for _ = 0, most_redirects do
    local started
    local _ <close> = task.on_close(function() if started then started:close() end end)
    local response, message, code = task.await(function(resume)
      local why, its_code
      started, why, its_code = fetch.start({
        url = url, accept = accept, limit = limit, password = password, wants_head = password ~= nil,
      }, resume)
      if not started then resume(nil, why, its_code) end
    end)
    if code == "full" then -- nothing is written here: the answer is too long
      return nil, "lists more files than BTshare takes from others (4 MiB); another torrent app may fetch it", "denied"
    end
    if not response then return nil, (message:gsub("^fetch: ", "")), code end
    if response.status < 300 or response.status >= 400 or not response.location then return response end
    url, message = follow_redirect(url, response.location, password ~= nil)
    if not url then return nil, message, "denied" end
  end
  return nil, "redirects too often", "denied"
end

-- The address of the page, without what an address bar adds.
local function page_of(uri)
  return (uri:gsub("[?#].*$", ""):gsub("/+$", ""))
end

-- The seconds after which another try may be made, where the answer says so.
local function wait_of(response)
  local seconds = tonumber((response.head or ""):lower():match("\nretry%-after:%s*(%d+)%s"))
  return seconds and math.max(1, math.min(seconds, longest_wait))
end

-- What the page says: an object of which nothing is trusted yet.
local function ask_page(url, password)
  local response, message, code = link.get(url, "application/json", largest_page, password)
  if not response then return nil, message, code end
  if response.status == 404 or response.status == 410 then
    return nil, "the link leads nowhere (any more)", "gone"
  elseif response.status == 401 then
    return nil, password and "that is not the password of this link" or "this link asks for a password", "locked"
  elseif response.status == 403 then
    return nil, "the link is locked; open it in a browser", "gone"
  elseif response.status == 429 then
    return nil, "too many wrong passwords were tried", "busy", wait_of(response)
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
  local response, message, code =
    link.get(url .. "/torrent", "application/x-bittorrent", largest_torrent, download.password)
  if not response then return nil, message, code end
  if response.status ~= 200 then return nil, "gives no torrent: " .. response.status, "busy" end
  local found
  found, message, code = torrent_file.source(response.body)
  if not found then return nil, message, code == "invalid" and "gone" or code end
  local password = download.password
  download.source.torrent, download.is_public = found.torrent, false
  download.password = nil -- a grant is in the torrent's addresses
  owner:keep(download)
  local _ <close> = download.mutex:lock()
  local begun
  begun, message, code = session.begin(owner, download)
  if code == "busy" then download.password = password end
  return begun, message, code == "busy" and "busy" or "gone"
end

-- One try: true where it is under way or done.
local function try(owner, download, url)
  local page, message, code, seconds = ask_page(url, download.password)
  if not page then return nil, message, code, seconds end
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
    local tried = download.password
    local done, message, code, seconds = try(owner, download, url)
    if done then
      download.link_trouble = nil
      return
    elseif code == "locked" and download.password ~= tried then
      seconds = 0 -- another one was given meanwhile
    elseif code == "full" then
      download.is_full = true
    elseif code ~= "busy" and code ~= "missing" and code ~= "preparing" and code ~= "failed" then
      session.fail(owner, download, code == "gone" and "missing" or code or "failed", message)
      return
    end
    download.link_trouble = message
    task.sleep(seconds and seconds * 1000 or code == "preparing" and prepare_milliseconds or retry_milliseconds)
  end
end

---Whether something can be sent as a password.
---@param password string
---@return true|nil can
---@return string? message
---@return string? code
function link.check_password(password)
  if password ~= "" and #password <= longest_password and not password:find("%c") then return true end
  return nil, "password: must have 1 to 1024 characters, and no line breaks", "invalid"
end

---Whether a download still asks its link for anything, and may be asked for a password.
---@param download btshare.Download
---@return boolean
function link.is_asked(download)
  return download.source.kind == "link" and not download.source.torrent and not download.finished
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
