-- The page of a share in its forms: HTML for people, text for command lines, JSON for programs.
local json = require "core.json"
local reply = require "btshare.http.reply"
local text = require "btshare.terminal.text"

local forms = {}

local refresh_seconds = "10" -- while the torrent is prepared

local function summary(speaker, view)
  local files = speaker:text("files", { n = view.files })
  return view.kind == "folder" and speaker:text("page.summary", { files = files, size = speaker:size(view.size) })
    or speaker:size(view.size)
end

-- Only what the page shows of each file, and what an ear needs.
local function rows(speaker, view)
  local list = {}
  if view.kind == "folder" then
    for index, file in ipairs(view.listed) do
      list[index] = {
        index = file.index, folder = file.folder, name = file.name, segment = file.segment,
        size = speaker:size(file.size), has_preview = file.has_preview,
      }
    end
  end
  return list
end

-- A ZIP needs every CRC to have ranges.
local function can_resume(view)
  return view.kind == "file" or view.state == "ready"
end

local function hint(view)
  if not view.download then return "download.empty" end
  if view.kind == "file" then return "download.file" end
  return can_resume(view) and "download.zip" or "download.zip.once"
end

-- What limits apply, and how many have it all.
local function facts(speaker, view)
  local list = {}
  if view.downloads_left then list[1] = speaker:text("downloads.left", { n = view.downloads_left }) end
  if view.complete > 0 then list[#list + 1] = speaker:text("complete", { n = view.complete }) end
  return list
end

---@param site btshare.Site
---@param asker btshare.Asker
---@param view btshare.View
---@return core.http.Reply
function forms.html(site, asker, view)
  local speaker = asker.speaker
  local listed = rows(speaker, view)
  local answer = site:page(asker, 200, "share.html", {
    title = speaker:text("page.title", { name = view.name }),
    preview = { title = view.name, summary = summary(speaker, view) },
    share = view,
    files = view.kind == "folder" and speaker:text("files", { n = view.files }),
    size = speaker:size(view.size),
    hint = speaker:text(hint(view)),
    percent = view.progress and speaker:percent(view.progress),
    listed = listed,
    more = view.kind == "folder" and view.files - #listed or 0,
    is_shown = view.kind == "file" and view.download and view.listed[1] and view.listed[1].has_preview or false,
    facts = facts(speaker, view),
    expires = view.expires and speaker:moment(view.expires),
    expires_iso = view.expires and os.date("!%Y-%m-%dT%H:%M:%SZ", view.expires),
  })
  answer.headers["Refresh"] = view.progress and refresh_seconds or nil
  return answer
end

-- In single quotes nothing is special to a shell; what is in them here is percent-encoded already.
local function quote(address)
  return "'" .. address:gsub("'", "%%27") .. "'"
end

local most_lines = 40

-- The beginning of a text, fit for a terminal.
local function excerpt(source)
  local lines = {}
  for line in source:gmatch("([^\n]*)\n?") do
    if #lines == most_lines then
      lines[most_lines + 1] = "…"
      break
    end
    lines[#lines + 1] = text.escape(line)
  end
  return (table.concat(lines, "\n"):gsub("%s+$", ""))
end

local options = {
  curl = "-u ':%s' ", wget = "--user= --password='%s' ", aria2c = "--http-user=me --http-passwd='%s' ",
}

-- How a program gives the password, of which only the place is told; whoever knows it fills it in, between quotes since
-- it may have spaces. A name counts for nothing, but aria2c sends no password without one.
local function key_of(program, speaker, view)
  if not view.is_locked then return "" end
  return options[program]:format(speaker:text("lock.blank"))
end

---@param asker btshare.Asker
---@param view btshare.View
---@return core.http.Reply
function forms.plain(asker, view)
  local speaker = asker.speaker
  local lines = { view.name, summary(speaker, view) .. (view.sender and
    " " .. speaker:text("from", { name = view.sender }) or "") }
  local function add(...)
    for _, line in ipairs { "", ... } do lines[#lines + 1] = line end
  end
  local function url(path) return quote(asker.place:public_urls(path)[1]) end
  local function key(program) return key_of(program, speaker, view) end
  if view.note then add(excerpt(view.note)) end
  if view.markdown then add(excerpt(view.markdown)) end
  if view.download then
    add(speaker:text("plain.curl"), "  curl " .. key "curl" .. "-OJ " .. url(view.download))
    if can_resume(view) then
      add(speaker:text("plain.wget"), "  wget " .. key "wget" .. "-c " .. url(view.download))
    else
      add(speaker:text("plain.wget.once"), "  wget " .. key "wget" .. url(view.download))
    end
  else
    add(speaker:text("download.empty"))
  end
  if view.progress then
    add(speaker:text("torrent.preparing", { percent = speaker:percent(view.progress) }))
  elseif view.magnet then
    add(speaker:text("plain.torrent"), "  aria2c " .. quote(view.magnet))
  elseif view.torrent then
    add(speaker:text("plain.torrent"), "  aria2c " .. key "aria2c" .. "--follow-torrent=mem " .. url(view.torrent))
  end
  if view.is_locked then add(speaker:text("lock.fill", { blank = speaker:text("lock.blank") })) end
  if view.expires then
    add(speaker:text("until_", { moment = speaker:moment(view.expires) }))
  end
  for _, fact in ipairs(facts(speaker, view)) do add(fact) end
  local answer = reply.text(200, table.concat(lines, "\n") .. "\n")
  answer.headers["Content-Language"] = speaker.language
  return answer
end

---@param asker btshare.Asker
---@param view btshare.View
---@return core.http.Reply
function forms.json(asker, view)
  local function url(path) return path and asker.place:public_urls(path)[1] or nil end
  local list = {}
  for index, file in ipairs(view.listed) do
    list[index] = {
      path = file.path, size = file.size,
      url = url(("%s/f/%d/%s"):format(view.base, file.index, file.segment)),
    }
  end
  return reply.json(200, {
    name = view.raw_name, title = view.name ~= view.raw_name and view.name or nil, note = view.note or nil,
    markdown = view.markdown or nil, kind = view.kind, files = view.files, size = view.size, state = view.state,
    progress = view.progress or nil, sender = view.sender or nil, expires = view.expires or nil,
    page = url(view.base), download = url(view.download), torrent = url(view.torrent), magnet = view.magnet or nil,
    tar = url(view.tar), complete = view.complete, downloads_left = view.downloads_left or nil,
    list = json.array(list), more = view.files - #list,
  })
end

return forms
