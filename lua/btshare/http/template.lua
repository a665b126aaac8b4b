-- Templates that escape: HTML in which Lua decides what is shown, and only the author of the file writes markup.
--
--   {{ expression }}   a text or number, always escaped; only in text and in quoted attributes. In text it may also be
--                      what `template.markup` made, which stands as it is
--   {% statement %}    Lua: if … then, else, for … do, end; alone on a line it leaves no line behind
--   {{> name }}        another template, with the same values
--
-- A name that was not given is an error, not an empty string. Errors name file and line. There is no other way to write
-- a value without escaping it, and none to write one into a script, a style sheet or an unquoted attribute.
local uv = require "luv"

local template = {}

---@class btshare.Templates
---@field private chunks table<string, function>
local Templates = {}
Templates.__index = Templates

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;", ["`"] = "&#96;" }

---@param value string|number
---@return string html for text and quoted attributes
function template.escape(value)
  if math.type(value) then return tostring(value) end
  if type(value) ~= "string" then
    error("a " .. type(value) .. " cannot be shown", 2)
  end
  return (value:gsub("[&<>\"'`]", entities))
end

---@class btshare.Markup
---@field private html string
local Markup = {}

---HTML that stands in a page as it is. Only for what was made to be safe whoever wrote it: by core.markdown.
---@param html string
---@return btshare.Markup
function template.markup(html)
  return setmetatable({ html = html }, Markup)
end

local function escape_text(value)
  if getmetatable(value) == Markup then return value.html end
  return template.escape(value)
end

-- Where a value begins the address of a link or an image, it must not be able to name a script.
local function escape_address(value)
  local scheme = template.escape(value):match("^%s*([^/?#]-):")
  if scheme and scheme ~= "http" and scheme ~= "https" and scheme ~= "magnet" then
    error("an address may not begin with " .. scheme .. ":", 2)
  end
  return template.escape(value)
end

local forbidden = { "<%s*[sS][cC][rR][iI][pP][tT]", "<%s*[sS][tT][yY][lL][eE]%f[%A]", "%sstyle%s*=", "%son%a+%s*=" }

-- Follows markup from one context to the next: "text", "tag", or the quote of an attribute's value.
local function follow(context, literal)
  local position = 1
  while true do
    if context == "text" then
      position = literal:find("<[%a/!]", position)
      context = position and "tag" or context
    elseif context == "tag" then
      position = literal:find("[\"'>]", position)
      local character = position and literal:sub(position, position)
      context = character == ">" and "text" or character or context
    else
      position = literal:find(context, position, true)
      context = position and "tag" or context
    end
    if not position then return context end
    position = position + 1
  end
end

local function fail(name, line, message)
  error(("%s:%d: %s"):format(name, line, message), 0)
end

local addresses = { href = true, src = true, action = true, formaction = true }

local function begins_address(before)
  return addresses[before:match("(%a+)%s*=%s*[\"']$")]
end

-- One piece of a template as Lua on the same number of lines, so that Lua's own messages have the right line.
local function translate(kind, inner, context, before)
  local body = inner:match("^%s*(.-)%s*$")
  if kind == "%" then
    return inner
  elseif body:sub(1, 1) == ">" then
    return ("_include(%q)"):format(body:match("^>%s*(.*)$"))
  elseif context ~= "text" and begins_address(before) then
    return ("_write(_address(%s))"):format(inner)
  end
  return (context == "text" and "_write(_text(%s))" or "_write(_escape(%s))"):format(inner)
end

-- A script of ours, from a file whose address is a value, is the one that may be in a page.
local function without_own_script(literal, value)
  return value and value:match("^%s*script%s*$") and literal:gsub('<script defer src="$', "") or literal
end

local function add_literal(code, name, line, literal, value)
  local checked = without_own_script(literal, value)
  for _, pattern in ipairs(forbidden) do
    if checked:find(pattern) then
      fail(name, line, "scripts and styles have no place in a page")
    end
  end
  if literal ~= "" then
    code[#code + 1] = ("_write(%q);"):format(literal)
  end
end

local function compile(name, text)
  -- A statement alone on its line takes the line with it; its line break goes on inside the statement.
  text = ("\n" .. text):gsub("\n[ \t]*{%%([^\n%%]-)%%}[ \t]*%f[\n]", "{%%\n%1%%}"):gsub("^\n", ""):gsub("^{%%\n", "{%%")
  local code = { "local _ENV, _write, _text, _escape, _address, _include = ...;" }
  local context, position, line = "text", 1, 1
  while true do
    local start, stop, opening, inner, closing = text:find("{([{%%])(.-)([}%%]})", position)
    local literal = text:sub(position, (start or 0) - 1)
    add_literal(code, name, line, literal, opening == "{" and inner or nil)
    context = follow(context, literal)
    line = line + select(2, literal:gsub("\n", ""))
    if not start then break end
    if (opening == "%") ~= (closing == "%}") then
      fail(name, line, "{" .. opening .. " is not closed")
    elseif opening == "{" and (context == "tag" or literal:find("</?$")) then
      fail(name, line, "a value in a tag must be in quotes")
    end
    code[#code + 1] = translate(opening, inner, context, literal) .. " "
    line = line + select(2, inner:gsub("\n", ""))
    position = stop + 1
  end
  return assert(load(table.concat(code), "@" .. name, "t"))
end

-- What templates may use besides what they are given.
local base = { ipairs = ipairs, pairs = pairs }

local function environment(values)
  return setmetatable({}, { __index = function(_, name)
    local value = values[name]
    if value == nil then value = base[name] end
    if value == nil then error(name .. ": was not given", 2) end
    return value
  end, __newindex = function(_, name) error(name .. ": a template sets no values", 2) end })
end

---Compiles templates. Raises on a mistake in one.
---@param sources table<string, string> name → text
---@return btshare.Templates
function template.compile(sources)
  local self = setmetatable({ chunks = {} }, Templates)
  for name, text in pairs(sources) do
    self.chunks[name] = compile(name, text)
  end
  return self
end

---Reads and compiles every .html file of a folder. Raises on a mistake in one.
---@param folder string
---@return btshare.Templates
function template.load(folder)
  local sources = {}
  local entries = assert(uv.fs_scandir(folder))
  for name in function() return uv.fs_scandir_next(entries) end do
    if name:find("%.html$") then
      local file <close> = assert(io.open(folder .. "/" .. name, "rb"))
      sources[name] = file:read("a")
    end
  end
  return template.compile(sources)
end

---@param name string
---@param values table<string, any> what the template may show; false for what there is not
---@return string html
function Templates:render(name, values)
  local pieces = {}
  local shown = environment(values)
  local function write(piece) pieces[#pieces + 1] = piece end
  local function include(other)
    local chunk = self.chunks[other] or error(other .. ": no such template", 2)
    chunk(shown, write, escape_text, template.escape, escape_address, include)
  end
  include(name)
  return table.concat(pieces)
end

return template
