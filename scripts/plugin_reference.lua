-- Writes docs/plugin-reference.md out of the descriptions that editors read:
-- `build/btshare-lua scripts/plugin_reference.lua > docs/plugin-reference.md`.
--
-- It knows of LuaCATS (https://luals.github.io/wiki/annotations/) what these descriptions use: classes with fields,
-- functions with parameters and returns, and aliases.
local host = require "core.host"
local uv = require "luv"

local folder = host.data .. "/lua/meta/plugin"
local fake = host.data .. "/lua/btshare/harness/fake.lua" -- described where it is

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  return text
end

-- A type may hold spaces inside brackets, and goes on after "|" and ":": "fun(a: string): string?, string?".
local function take_type(text)
  local depth, at = 0, 1
  while at <= #text do
    local character = text:sub(at, at)
    if character:find("[%(%[{<]") then depth = depth + 1 end
    if character:find("[%)%]}>]") then depth = depth - 1 end
    if character == '"' then at = text:find('"', at + 1, true) or #text end
    if character == " " and depth == 0 and not text:sub(at - 1, at - 1):find("[:|,]")
      and not text:sub(at + 1):find("^|") then
      return text:sub(1, at - 1), text:sub(at + 1)
    end
    at = at + 1
  end
  return text, ""
end

---@class Block what stands above something
---@field text string[] lines for people
---@field parameters {name: string, type: string, text: string}[]
---@field returns {type: string, text: string}[]
---@field fields {name: string, type: string, text: string}[]

local function new_block()
  return { text = {}, parameters = {}, returns = {}, fields = {} }
end

-- A further line of what was described last.
local function add_more(block, line)
  local last = block.last
  if last then last.text = last.text .. " " .. line else block.text[#block.text + 1] = line end
end

local readers = {}

function readers.param(block, rest)
  local name, more = rest:match("^(%S+)%s+(.*)$")
  local kind, text = take_type(more)
  if name:sub(-1) == "?" then name, kind = name:sub(1, -2), kind .. "?" end
  block.last = { name = name, type = kind, text = text }
  table.insert(block.parameters, block.last)
end

readers["return"] = function(block, rest)
  local kind, text = take_type(rest)
  block.last = { type = kind, text = text }
  table.insert(block.returns, block.last)
end

function readers.field(block, rest)
  local name, more = rest:match("^(%S+)%s+(.*)$")
  local kind, text = take_type(more)
  block.last = { name = name, type = kind, text = text }
  table.insert(block.fields, block.last)
end

function readers.class(block, rest) block.class, block.last = rest:match("^([%w_.]+)"), nil end

function readers.alias(block, rest)
  local name, more = rest:match("^(%S+)%s+(.*)$")
  block.alias, block.type = name, (take_type(more))
  block.last = nil
end

function readers.generic() end

function readers.deprecated(block, rest) block.deprecated = rest ~= "" and rest or true end

-- { kind = "class"|"function"|"alias", … } in their order, and what the file says of itself.
local function parse(path)
  local items, block, about, is_head = {}, new_block(), {}, true
  local function flush()
    if block.class then items[#items + 1] = { kind = "class", name = block.class, block = block } end
    if block.alias then items[#items + 1] = { kind = "alias", name = block.alias, block = block } end
    block = new_block()
  end
  for line in read(path):gmatch("([^\n]*)\n") do
    local tag, rest = line:match("^%-%-%-@(%a+)%s*(.*)$")
    local signature = line:match("^function (.+) end$") or line:match("^function methods(:.+)$")
    if signature and signature:sub(1, 1) == ":" then signature = "fake" .. signature end
    if tag == "meta" then
      about.module = rest ~= "" and rest or nil
    elseif is_head and line:find("^%-%- ") then
      about[#about + 1] = line:sub(4)
    elseif tag == "alias" then
      readers.alias(block, rest)
      flush()
    elseif tag and readers[tag] then
      readers[tag](block, rest)
    elseif line:find("^%-%-%-|") then
      items[#items].block.type = (items[#items].block.type or "") .. line:match("^%-%-%-(|.*)$")
    elseif line:find("^%-%-%-") then
      add_more(block, (line:match("^%-%-%-%s?(.*)$")))
    elseif signature then
      items[#items + 1] = { kind = "function", name = signature, block = block }
      block = new_block()
    else
      flush()
      if line ~= "" then is_head = false end
    end
  end
  return items, about
end

local function item_of(name, kind, text)
  local head = name and ("`%s`: `%s`"):format(name, kind) or ("`%s`"):format(kind)
  return text ~= "" and ("%s, %s"):format(head, text) or head
end

local function write_list(out, head, rows)
  if #rows == 0 then return end
  table.move({ head, "" }, 1, 2, #out + 1, out)
  for _, row in ipairs(rows) do out[#out + 1] = "- " .. row end
  out[#out + 1] = ""
end

local function named(rows)
  local list = {}
  for index, row in ipairs(rows) do list[index] = item_of(row.name, row.type, row.text) end
  return list
end

local function given(rows)
  local list = {}
  for index, row in ipairs(rows) do
    local name, text = row.text:match("^([%a_][%w_]*)%s*(.*)$")
    list[index] = item_of(name, row.type, text or row.text)
  end
  return list
end

local function write_text(out, block)
  if block.deprecated then
    out[#out + 1] = "**Deprecated.** " .. (block.deprecated ~= true and block.deprecated or "")
    out[#out + 1] = ""
  end
  if #block.text > 0 then
    table.move(block.text, 1, #block.text, #out + 1, out)
    out[#out + 1] = ""
  end
end

local writers = {}

writers["function"] = function(out, item)
  out[#out + 1] = ("### `%s`"):format(item.name)
  out[#out + 1] = ""
  write_text(out, item.block)
  write_list(out, "Takes", named(item.block.parameters))
  write_list(out, "Gives", given(item.block.returns))
end

function writers.class(out, item)
  if #item.block.fields == 0 and #item.block.text == 0 then return end
  out[#out + 1] = ("### `%s`"):format(item.name)
  out[#out + 1] = ""
  write_text(out, item.block)
  write_list(out, "Has", named(item.block.fields))
end

function writers.alias(out, item)
  out[#out + 1] = ("### `%s`"):format(item.name)
  out[#out + 1] = ""
  write_text(out, item.block)
  out[#out + 1] = ("`%s`"):format(item.block.type)
  out[#out + 1] = ""
end

local function files()
  local list, listing = {}, assert(uv.fs_scandir(folder))
  while true do
    local name = uv.fs_scandir_next(listing)
    if not name then break end
    -- docs/events.md has what editors know of events
    if name:find("%.lua$") and name ~= "events.lua" then list[#list + 1] = name end
  end
  table.sort(list, function(one, other) -- the handle first
    if one == "plugin.lua" or other == "plugin.lua" then return other ~= "plugin.lua" end
    return one < other
  end)
  for index, name in ipairs(list) do
    list[index] = { title = name:match("^(.*)%.lua$"), path = folder .. "/" .. name }
  end
  list[#list + 1] = { title = "fake", path = fake }
  return list
end

local function render()
  local out = {
    "# What plugins have", "",
    "<!-- Made by scripts/plugin_reference.lua out of lua/meta/plugin; to be changed there. -->",
    "",
    "How to begin: [plugins.md](plugins.md); the events: [events.md](events.md). A `?` behind a type says that it may",
    "be nil. What can fail in daily life gives `nil, message, code`; the codes are invalid, denied, missing, exists,",
    "gone, busy, full and failed. What is misused raises an error.",
    "",
  }
  for _, file in ipairs(files()) do
    local items, about = parse(file.path)
    local title = about.module and ('require "%s"'):format(about.module) or file.title
    out[#out + 1] = ("## `%s`"):format(title)
    out[#out + 1] = ""
    table.move(about, 1, #about, #out + 1, out)
    out[#out + 1] = ""
    for _, item in ipairs(items) do writers[item.kind](out, item) end
  end
  return (table.concat(out, "\n"):gsub("\n+$", "")) .. "\n"
end

io.stdout:write(render())
