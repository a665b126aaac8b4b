-- For plugins, as part of `btshare.shares`: small texts among the files of a share, such as its README.
--
-- A file is named by its path in the share's manifest, and nothing else can be read: what is not in it, or is not as it
-- says, is not there. `btshare.markdown` tells what a text in Markdown is called.
local content = require "btshare.shares.content"
local http = require "core.http"
local markdown = require "core.markdown"
local task = require "btshare.task"

local texts = {}

local usual_limit, most = 64 * 1024, 1024 * 1024

-- Where they are, until the files change: most shares have none, and nobody wants to look through 100,000 files twice.
local found_in = setmetatable({}, { __mode = "k" }) -- share → { stamp, [path] = core.http.File or false }

local function find(services, share, path)
  local of = content.of(services.shares, share)
  if not of then return nil, share.entry .. ": cannot be read now", "busy" end
  local known = found_in[share]
  if not known or known.stamp ~= of.stamp then
    known = { stamp = of.stamp }
    found_in[share] = known
  end
  if known[path] == nil then known[path] = content.find(of, path) or false end
  if known[path] then return known[path] end
  return nil, path .. ": no such file in " .. share.entry, "missing"
end

-- As UTF-8 with plain line ends, and without what only a terminal would obey.
local function clean(bytes)
  local pieces, position = {}, 1
  bytes = bytes:gsub("^\xEF\xBB\xBF", ""):gsub("\r\n?", "\n"):gsub("[%z\1-\8\11-\31\127]", "")
  while true do
    local _, wrong = utf8.len(bytes, position)
    if not wrong then break end
    pieces[#pieces + 1] = bytes:sub(position, wrong - 1) .. "\u{FFFD}"
    position = wrong + 1
    if #pieces % 1000 == 0 then task.breathe() end
  end
  pieces[#pieces + 1] = bytes:sub(position)
  return table.concat(pieces)
end

local function read(file)
  local body = http.body()
  body:add_file(file.root, file.path, file.size, file.mtime_ns, file.ctime_ns, file.inode)
  return task.await(function(resume)
    local begun, message, code = body:read(resume)
    if not begun then resume(nil, message, code) end
  end)
end

---@param services btshare.Services
---@param api table of btshare.shares, which gets the functions
function texts.add(services, api)
  ---A text among the files of a share. Call in a handler or task.
  ---@param id string
  ---@param path string in the share, byte for byte: "README.md"; of a share that is a file, its name
  ---@param limit integer? bytes, at most 1 MiB; default 64 KiB
  ---@return string? text as UTF-8: what was none is U+FFFD, every line ends with "\n"
  ---@return string? message
  ---@return string? code "missing" where there is no such file, "full" beyond the limit, "gone" where it has changed
  function api.read_text(id, path, limit)
    limit = limit or usual_limit
    if math.type(limit) ~= "integer" or limit < 0 or limit > most then
      error(("shares.read_text: the limit must be 0 to %d bytes"):format(most), 2)
    end
    local share = services.shares.by_id[id]
    if not share then return nil, tostring(id) .. ": no such share", "missing" end
    local file, message, code = find(services, share, path)
    if not file then return nil, message, code end
    if file.size > limit then return nil, ("%s: more than %d bytes"):format(path, limit), "full" end
    local bytes
    bytes, message, code = read(file)
    if not bytes then return nil, path .. ": " .. message:gsub("^file: ", ""), code end
    return clean(bytes)
  end
end

---What is offered as `btshare.markdown`.
texts.markdown = {
  ---The heading of the first level that a text in Markdown begins with, without marks. Call in a handler or task.
  ---@param text string
  ---@return string? heading
  heading = function(text)
    local _, heading = task.await(function(resume)
      local begun = markdown.render(text, nil, resume)
      if not begun then resume() end
    end)
    return heading
  end,
}

return texts
