-- Reads the HTML that a panel gives into a tree of the few elements that the console draws. What comes out is built
-- from what was understood, never passed on: text stays text, and a tag that is not known leaves only what it held.
--
-- The reading is linear, however wrong the input: each tag is looked for once, in at most `longest_tag` bytes.
local json = require "core.json"

local markup = {}

---@alias btshare.plugin.Markup (string|btshare.plugin.MarkupElement)[]

---@class btshare.plugin.MarkupElement
---@field tag string
---@field href string? of a link: http, https or mailto
---@field children btshare.plugin.Markup? none of "br"

-- Each element is two deep in JSON, of which 32 are read.
local longest, longest_tag, deepest, most_elements = 65536, 2200, 12, 4000

markup.tags = {
  "p", "a", "ul", "ol", "li", "b", "strong", "i", "em", "code", "pre", "br", "table", "caption", "thead", "tbody", "tr",
  "th", "td", "h3", "h4",
}
local is_known = {}
for _, name in ipairs(markup.tags) do is_known[name] = true end
-- What these hold is no text, or not to be read as markup.
local is_swallowed = {}
for name in ("script style title textarea iframe noembed noframes noscript template object svg math xmp select"):gmatch
  "%w+" do
  is_swallowed[name] = true
end

local function set(words)
  local names = {}
  for name in words:gmatch "%w+" do names[name] = true end
  return names
end

-- What may stand only in these, and what these hold alone.
local parents = {
  li = set "ul ol", tr = set "table thead tbody", td = set "tr", th = set "tr", thead = set "table",
  tbody = set "table", caption = set "table",
}
local holds = {
  ul = set "li", ol = set "li", table = set "caption thead tbody tr", thead = set "tr", tbody = set "tr",
  tr = set "td th",
}
local is_block = set "p ul ol pre table h3 h4"
-- What a start tag ends, up to the element in which it is looked for.
local ends = {
  li = { closes = set "li", within = set "ul ol" },
  tr = { closes = set "tr", within = set "table" },
  td = { closes = set "td th", within = set "tr table" }, th = { closes = set "td th", within = set "tr table" },
  thead = { closes = set "caption thead tbody", within = set "table" },
  tbody = { closes = set "caption thead tbody", within = set "table" },
  a = { closes = set "a", within = set "" },
}
for name in pairs(is_block) do ends[name] = { closes = set "p h3 h4", within = set "li td th" } end

local entities = {
  amp = "&", lt = "<", gt = ">", quot = '"', apos = "'", nbsp = "\u{A0}", copy = "©", hellip = "…", ndash = "–",
  mdash = "—", laquo = "«", raquo = "»", times = "×", larr = "←", rarr = "→", euro = "€",
}

local replacement = "\u{FFFD}"

local function character(number)
  local is_scalar = number and number <= 0x10FFFF and not (number >= 0xD800 and number <= 0xDFFF)
  local is_control = number and (number < 0x20 and number ~= 9 and number ~= 10 or number >= 0x7F and number < 0xA0)
  return is_scalar and not is_control and utf8.char(number) or replacement
end

-- What is no reference stays as it is written.
local function decode(text)
  return (text:gsub("&(#?[xX]?%w+);", function(name)
    local hexadecimal, decimal = name:match "^#[xX](%x+)$", name:match "^#(%d+)$"
    if hexadecimal then return character(#hexadecimal <= 6 and tonumber(hexadecimal, 16) or nil) end
    if decimal then return character(#decimal <= 7 and math.tointeger(tonumber(decimal)) or nil) end
    return entities[name]
  end))
end

-- As UTF-8, without bytes that are none and without control characters.
local function clean(text)
  local parts, at = {}, 1
  while true do
    local _, bad = utf8.len(text, at)
    parts[#parts + 1] = text:sub(at, (bad or 0) - 1)
    if not bad then break end
    parts[#parts + 1], at = replacement, bad + 1
  end
  return (table.concat(parts):gsub("\r\n?", "\n"):gsub("[%z\1-\8\11\12\14-\31\127]", replacement))
end

---@param value string
---@return string? href where it leads somewhere by one of our schemes
local function address(value)
  local href = decode(value):match "^[ \t\n]*(.-)[ \t\n]*$"
  if #href > 2000 or href:find "[%z\1-\32\127\"'<>\\`]" then return nil end
  local scheme = (href:match "^(%a+):" or ""):lower()
  if scheme == "mailto" and href:find "^%a+:[^:/]+@" then return href end
  if (scheme == "http" or scheme == "https") and href:find "^%a+://[%w%[]" then return href end
  return nil
end

-- A value of an attribute that begins at `at`: the value and where it ends.
local function read_value(text, at, last)
  local quote = text:match("^[\"']", at)
  if not quote then
    local value, next_at = text:match("^([^%s\"'=<>`]+)()", at)
    return value, next_at
  end
  local stop = text:find(quote, at + 1, true)
  if not stop or stop > last then return nil end
  return text:sub(at + 1, stop - 1), stop + 1
end

-- A tag that begins at `at`: { name, is_end, href } and where it ends; nil where it is none.
local function read_tag(text, at)
  local last = at + longest_tag
  local slash, name, position = text:sub(at, last):match "^<(/?)(%a[%w:-]*)()"
  if not name then return nil end
  local tag = { name = name:lower(), is_end = slash == "/" }
  position = at + position - 1
  while position <= last do
    local finish = text:match("^[%s/]*>()", position)
    if finish then return tag, finish end
    local attribute, after = text:match("^[%s/]+([%a_:@*][%w_:@.*-]*)()", position)
    if not attribute then return nil end
    local value_at, value = text:match("^%s*=%s*()", after), nil
    if value_at then
      value, after = read_value(text, value_at, last)
      if not value then return nil end
    end
    if attribute:lower() == "href" and not tag.value then tag.value = value or "" end
    position = after
  end
  return nil
end

---@class btshare.plugin.Reader
---@field stack {tag: string?, children: table}[] what is open, from the whole on
---@field elements integer
local Reader = {}
Reader.__index = Reader

function Reader:top() return self.stack[#self.stack] end

function Reader:add_text(text)
  local children, tag = self:top().children, self:top().tag
  if text == "" or holds[tag] then return end -- between rows there is nothing to be read
  if type(children[#children]) == "string" then
    self.pieces[#self.pieces + 1] = text
    return
  end
  self:flush()
  children[#children + 1], self.pieces, self.into = text, { text }, children
end

-- Texts that follow one another are one, put together once.
function Reader:flush()
  if self.into and #self.pieces > 1 then self.into[#self.into] = table.concat(self.pieces) end
  self.into, self.pieces = nil, nil
end

function Reader:close_to(depth)
  self:flush()
  while #self.stack >= depth do self.stack[#self.stack] = nil end
end

function Reader:end_tag(name)
  for depth = #self.stack, 2, -1 do
    if self.stack[depth].tag == name then return self:close_to(depth) end
    -- A cell ends by its own tag or its table's, and not by one of what is around it.
    if holds[self.stack[depth].tag] and not holds[name] and not parents[name] then return end
  end
end

function Reader:end_what_it_ends(name)
  local rule = ends[name]
  if not rule then return end
  local found
  for depth = #self.stack, 2, -1 do
    local tag = self.stack[depth].tag
    if rule.within[tag] then break end
    if rule.closes[tag] then found = depth end
  end
  if found then self:close_to(found) end
end

function Reader:start_tag(tag)
  local name = tag.name
  if not is_known[name] then return end
  self:end_what_it_ends(name)
  local parent = self:top().tag
  if parents[name] and not parents[name][parent] or holds[parent] and not holds[parent][name] then return end
  if #self.stack > deepest or self.elements >= most_elements then return end
  local href
  if name == "a" then
    href = tag.value and address(tag.value)
    if not href then return end -- what it holds remains
  end
  self:flush()
  self.elements = self.elements + 1
  local children = name ~= "br" and json.array {} or nil
  local element = { tag = name, href = href, children = children }
  table.insert(self:top().children, element)
  if children then self.stack[#self.stack + 1] = element end
end

-- What begins with "<" and is no tag of ours: where it ends.
local function skip(text, lowered, at, tag, finish)
  if tag and not tag.is_end and is_swallowed[tag.name] then
    local _, close = lowered:find("</" .. tag.name, finish, true)
    local stop = close and lowered:find(">", close, true)
    return stop and stop + 1 or #text + 1
  end
  for opening, closing in pairs { ["<!--"] = "-->", ["<![CDATA["] = "]]>" } do
    if text:sub(at, at + #opening - 1) == opening then
      local _, stop = text:find(closing, at + #opening, true)
      return stop and stop + 1 or #text + 1
    end
  end
  if text:find("^<[!?]", at) then
    local stop = text:find(">", at, true)
    return stop and stop + 1 or #text + 1
  end
end

function Reader:read(text)
  local lowered, at = text:lower(), 1
  while at <= #text do
    local start = text:find("<", at, true) or #text + 1
    self:add_text(decode(text:sub(at, start - 1)))
    if start > #text then break end
    local tag, finish = read_tag(text, start)
    at = skip(text, lowered, start, tag, finish)
    if not at and tag then
      if tag.is_end then self:end_tag(tag.name) else self:start_tag(tag) end
      at = finish
    elseif not at then
      self:add_text "<"
      at = start + 1
    end
  end
  self:flush()
end

---@param text string as a plugin gave it
---@return btshare.plugin.Markup? tree
---@return string? message
function markup.read(text)
  if #text > longest then return nil, ("the data must have at most %d bytes"):format(longest) end
  local root = { children = json.array {} }
  setmetatable({ stack = { root }, elements = 0 }, Reader):read(clean(text))
  return root.children
end

return markup
