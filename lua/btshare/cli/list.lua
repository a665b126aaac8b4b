-- `btshare list`: all shares, as a table or as JSON.
local control = require "btshare.cli.control"
local exit = require "btshare.exit"
local paths = require "btshare.paths"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"

local list = {}

local style_of = {
  settling = "yellow", preparing = "yellow", ready = "green", changed = "blue", missing = "red", paused = "dim",
  expired = "dim", failed = "red",
}
local narrowest_name = 12

function list.describe(parser, t)
  parser:mutex(parser:flag("--json", t("cli.list.json")), parser:flag("--names", t("cli.list.names")))
end

-- What is ready, but not as one would think, must not look as if all were well.
local function style(share)
  return share.state == "ready" and share.reason and "yellow" or style_of[share.state]
end

-- What it would be a mistake not to know: which of several of its name it is, who can find it, when it ends.
local function notes(share, is_one_of_several, now)
  local said = {}
  if is_one_of_several and share.root then
    said[1] = speaker:text("cli.list.in", { folder = text.escape(paths.short(share.root)) })
  end
  if share.exposure and share.exposure ~= "link" then
    said[#said + 1] = speaker:word("status.exposure", share.exposure)
  end
  local left = share.expires and share.expires - now or 0
  if left > 0 and share.state ~= "expired" then
    if left >= 60 then left = (left + 30) // 60 * 60 end
    said[#said + 1] = speaker:text("cli.list.ends", { time = speaker:duration(left) })
  end
  return said[1] and table.concat(said, " · ")
end

local function cells(share, is_one_of_several, now)
  local state = speaker:word("state", share.state or "?")
  if share.state == "preparing" and share.progress then state = state .. " " .. speaker:percent(share.progress) end
  return {
    state = text.escape(state),
    style = style(share),
    reason = share.reason and text.escape(speaker:message(share.reason)),
    notes = notes(share, is_one_of_several, now),
    locked = share.locked and speaker:text("cli.list.locked"),
    name = text.escape(share.name or share.id or "?") .. (share.kind == "folder" and "/" or ""),
    size = share.size and speaker:size(share.size) or "",
    files = share.files and speaker:count(share.files) or "",
    link = share.link and text.escape(share.link) or "",
  }
end

local function widest(rows, column)
  local columns = 0
  for _, row in ipairs(rows) do
    columns = math.max(columns, text.width(row[column]))
  end
  return columns
end

---Lays the shares out in lines. Where a link does not fit beside its name it gets a line of its own: it is never
---cut. Below a share that is not as usual stands how, and why.
---@param shares table[]
---@param width integer columns there are
---@param colour boolean
---@param now integer? seconds since 1970
---@return string[] lines
function list.format(shares, width, colour, now)
  local rows, lines, count = {}, {}, {}
  for _, share in ipairs(shares) do count[share.name or ""] = (count[share.name or ""] or 0) + 1 end
  for index, share in ipairs(shares) do rows[index] = cells(share, count[share.name] ~= 1, now or os.time()) end
  local state, name = widest(rows, "state"), widest(rows, "name")
  local size, files, link = widest(rows, "size"), widest(rows, "files"), widest(rows, "link")
  local fixed = 2 + state + 2 + 2 + size + 2 + files
  local beside = fixed + 2 + link + math.min(name, narrowest_name) <= width
  name = math.max(math.min(name, narrowest_name), math.min(name, width - fixed - (beside and 2 + link or 0)))
  for _, row in ipairs(rows) do
    local line = text.paint("●", row.style, colour) .. " " .. text.paint(text.pad(row.state, state), row.style, colour)
      .. "  " .. text.pad(text.shorten(row.name, name), name)
      .. "  " .. text.pad(row.size, size, true) .. "  " .. text.pad(row.files, files, true)
    if beside then
      lines[#lines + 1] = (line .. "  " .. row.link):gsub("%s+$", "")
    else
      lines[#lines + 1] = line
      if row.link ~= "" then lines[#lines + 1] = "  " .. row.link end
    end
    if row.notes then lines[#lines + 1] = "  " .. text.paint(row.notes, "dim", colour) end
    if row.locked then lines[#lines + 1] = "  " .. text.paint(row.locked, "dim", colour) end
    if row.reason then lines[#lines + 1] = "  " .. text.paint(row.reason, row.style, colour) end
  end
  return lines
end

-- Asks for all of them, page by page where the instance answers in pages.
local function fetch(options, context)
  local shares = {}
  while true do
    local target = #shares == 0 and "/api/v1/shares" or "/api/v1/shares?offset=" .. #shares
    local answer, code = control.ask(context, options, "GET", target)
    if not answer then return nil, code end
    local page = answer.shares or {}
    table.move(page, 1, #page, #shares + 1, shares)
    if #page == 0 or #shares >= (answer.total or #shares) then return shares end
  end
end

-- As the instance wrote them, since reading and writing them again takes as long as making them.
local function print_json(options, context)
  local pages, target = {}, "/api/v1/shares"
  repeat
    local lines, next_target = control.lines(context, options, target)
    if not lines then return next_target end
    pages[#pages + 1] = lines
    target = next_target
  until not target
  local elements = table.concat(pages):sub(1, -2):gsub("\n", ",\n")
  context:print(elements == "" and "[]" or "[\n" .. elements .. "\n]")
  return exit.ok
end

-- What the other commands take for each; a name that a shell would not show as it is gives way to its id.
local function print_names(shares, context)
  for _, share in ipairs(shares) do
    local is_plain = share.name and text.escape(share.name) == share.name
    context:print(is_plain and share.name or share.id)
  end
end

function list.run(options, context)
  if options.json then return print_json(options, context) end
  local shares, code = fetch(options, context)
  if not shares then return code end
  if options.names then
    print_names(shares, context)
  elseif #shares == 0 then
    context:say(speaker:text("cli.list.empty"))
  else
    context:print(table.concat(list.format(shares, context.out:width(), context.out.colour), "\n"))
  end
  return exit.ok
end

return list
