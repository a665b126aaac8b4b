-- Writes docs/events.md out of the catalogue: `build/btshare-lua scripts/events.lua > docs/events.md`.
local catalog = require "btshare.catalog"
local shapes = require "btshare.catalog.shapes"
local subjects = require "btshare.catalog.subjects"

local document = {}

local shape_names = {}
for _, shape in ipairs(shapes) do shape_names[shape.name] = true end

local function type_of(field)
  return shape_names[field.type] and ("[%s](#the-table-%s)"):format(field.type, field.type) or field.type
end

local function row_of(field)
  local text = field.text:gsub("|", "\\|")
  if field.check then text = text .. " **May be set.**" end
  if field.is_optional then text = text .. " *(may be absent)*" end
  return ("| `%s` | %s | %s |"):format(field.name, type_of(field), text)
end

local function add_fields(lines, fields)
  if #fields == 0 then
    lines[#lines + 1] = "It carries nothing."
    return
  end
  lines[#lines + 1] = "| field | type | what it is |\n|---|---|---|"
  for _, field in ipairs(fields) do lines[#lines + 1] = row_of(field) end
end

local function add_event(lines, name)
  local entry = catalog[name]
  local kind = entry.kind == "question" and "Question" or "Fact"
  local stability = entry.stability == "stable" and "Stable" or "Experimental"
  lines[#lines + 1] = ("\n### %s\n\n%s. %s, since %s.\n"):format(name, kind, stability, entry.since)
  lines[#lines + 1] = entry.description .. (entry.needs_yes and " It is a no unless somebody says yes." or "") .. "\n"
  add_fields(lines, entry.fields)
  lines[#lines + 1] = "\n```lua\n" .. entry.example .. "\n```"
end

local head = [[
# Events

<!-- Made by scripts/events.lua out of lua/btshare/catalog; to be changed there. -->

All that BTshare asks and tells. In config.lua a handler is `on("share-ready", function(event) … end)`; in a plugin it
is `plugin:on("share-ready", function(event) … end, priority)`. A name that is not in this list is an error with the
line where it stands.

**Questions** are asked before something happens. A handler answers `false, reason, code`, and it does not happen;
anything else is no objection. All are asked, the highest priority first, until one says no. A handler that raises an
error says no with that. Some questions can be filled in: the fields that *may be set* are read back after each handler
and checked; a value that cannot be is a no, and the log says whose it was. What a handler sets can only make things
stricter: it can end a share sooner, but not later.

**Facts** have happened. Every handler is told, each in a task of its own, so it may wait; what it returns does not
matter, and its errors cost only itself. All handlers are told the facts in the same order.

What an event carries is its handler's own: a copy that stays true when things go on, and that no other handler sees
changed. A field that says *may be absent* is `nil` where there is nothing to say. A *stable* event keeps its name and
its fields as long as the first number of BTshare's version stays; it may get more fields. An *experimental* one may
change with any version, and the changes are in the release notes.
]]

---@return string
function document.write()
  local lines = { head }
  for _, subject in ipairs(subjects) do
    local names = {}
    for index, event in ipairs(subject.events) do names[index] = ("[%s](#%s)"):format(event.name, event.name) end
    lines[#lines + 1] = ("- **%s:** %s"):format(subject.title, table.concat(names, ", "))
  end
  for _, subject in ipairs(subjects) do
    lines[#lines + 1] = ("\n## %s"):format(subject.title)
    for _, event in ipairs(subject.events) do add_event(lines, event.name) end
  end
  lines[#lines + 1] = "\n## The tables that events carry"
  for _, shape in ipairs(shapes) do
    lines[#lines + 1] = ("\n### The table %s\n\n%s\n"):format(shape.name, shape.description)
    add_fields(lines, shape.fields)
  end
  return table.concat(lines, "\n") .. "\n"
end

if (...) ~= "quiet" then io.write(document.write()) end

return document
