-- Forms with files (multipart/form-data, RFC 7578), read as their bytes come: nothing but a part's headers, and what
-- may be the beginning of a boundary, is ever kept.
local multipart = {}

---@class btshare.http.Multipart
---@field problem string? why nothing more is read
---@field is_done boolean whether its end has come
---@field private delimiter string
---@field private rest string
---@field private state "start"|"line"|"headers"|"body"
---@field private is_fresh boolean? whether the body has not begun
---@field private parts integer
local Multipart = {}
Multipart.__index = Multipart

local most_parts = 100
local most_headers = 4096 -- bytes of each part
local longest_boundary = 70
local longest_line = 70   -- of blanks behind a boundary

---@param content_type string? header
---@return string? boundary nil where it is no such form
function multipart.boundary(content_type)
  content_type = content_type or ""
  if not content_type:lower():find("^%s*multipart/form%-data%s*;") then return nil end
  local at = select(2, content_type:lower():find(";%s*boundary="))
  local value = at and content_type:sub(at + 1)
  local boundary = value and (value:match('^"([^"]*)"') or value:match("^[^%s;\"]+"))
  if not boundary or #boundary > longest_boundary or boundary == "" then return nil end
  return boundary:find("^[%w'()+_,./:=? -]+$") and boundary:find("[^ ]$") and boundary or nil
end

---@param boundary string
---@return btshare.http.Multipart
function multipart.new(boundary)
  return setmetatable({
    delimiter = "\r\n--" .. boundary, rest = "\r\n", state = "start", parts = 0, is_done = false,
  }, Multipart)
end

-- A browser writes quotes and line breaks as %22, %0D and %0A (WHATWG HTML); others put a backslash before a quote.
local function unquote(text)
  return (text:gsub('\\"', '"'):gsub("%%22", '"'):gsub("%%0[Dd]", "\r"):gsub("%%0[Aa]", "\n"))
end

-- A value, in quotes or without, and what follows it; nil where there is none.
local function read_value(value, start)
  if value:sub(start, start) ~= '"' then return value:match('^([^%s;"]+)()', start) end
  local stop = start
  repeat
    stop = value:find('"', stop + 1, true)
  until not stop or value:sub(stop - 1, stop - 1) ~= "\\"
  if stop then return unquote(value:sub(start + 1, stop - 1)), stop + 1 end
  -- A browser leaves a backslash as it is: the last one of all hides no quote.
  if value:sub(-2) == '\\"' then return unquote(value:sub(start + 1, -2)), #value + 1 end
end

-- One after another, so that what stands in quotes is taken for no parameter.
local function read_parameters(value)
  local found, at = {}, value:find(";", 1, true)
  while at do
    local name, start = value:match('^;%s*([^%s;="]+)=()', at)
    if not name then break end
    local text, stop = read_value(value, start)
    if not text then break end
    found[name], at = found[name] or text, value:match("^%s*()", stop)
  end
  return found
end

-- The headers of a part: what the field is called, and the file, where it is one.
local function read_headers(text)
  for line in (text .. "\r\n"):gmatch("(.-)\r\n") do
    local name, value = line:match("^([%w-]+):%s*(.*)$")
    if not name then return nil end
    if name:lower() == "content-disposition" and value:lower():find("^form%-data%s*;") then
      local found = read_parameters(value)
      return { name = found.name, filename = found.filename }
    end
  end
end

local function fail(self, problem)
  self.problem, self.rest = problem, ""
end

local steps = {}

-- It begins with a boundary: nothing that sends forms says anything before it.
function steps.start(self)
  if #self.rest < #self.delimiter then
    return self.delimiter:sub(1, #self.rest) ~= self.rest and fail(self, "does not begin with its boundary")
  elseif self.rest:sub(1, #self.delimiter) ~= self.delimiter then
    return fail(self, "does not begin with its boundary")
  end
  self.rest, self.state = self.rest:sub(#self.delimiter + 1), "line"
  return true
end

-- The end of a boundary's line: "--" is the end of all.
function steps.line(self)
  local stop = self.rest:find("\r\n", 1, true)
  if self.rest:sub(1, 2) == "--" then
    self.is_done, self.rest = true, ""
  elseif (stop and stop - 1 or #self.rest - 1) > longest_line then -- the last byte may begin its end
    return fail(self, "has a boundary that is none")
  elseif stop and self.rest:find("^[ \t]*\r\n") then
    self.parts = self.parts + 1
    if self.parts > most_parts then return fail(self, "has too many parts") end
    self.rest, self.state = self.rest:sub(stop + 2), "headers"
    return true
  elseif stop then
    return fail(self, "has a boundary that is none")
  end
end

function steps.headers(self, add)
  local stop = self.rest:find("\r\n\r\n", 1, true)
  if (stop or #self.rest - 2) > most_headers then -- the last three bytes may begin their end
    return fail(self, "has a part with too long headers")
  elseif stop then
    local about = read_headers(self.rest:sub(1, stop - 1))
    if not about or not about.name then return fail(self, "has a part without a name") end
    add("begin", about)
    self.rest, self.state = self.rest:sub(stop + 2), "body" -- an empty body begins with its boundary
    self.is_fresh = true
    return true
  end
end

-- The two bytes before the body are the end of the headers: they may be those of the boundary too.
local function add_data(self, add, data)
  if self.is_fresh and #data >= 2 then
    data, self.is_fresh = data:sub(3), false
  end
  if data ~= "" and not self.is_fresh then add("data", data) end
end

function steps.body(self, add)
  local start, stop = self.rest:find(self.delimiter, 1, true)
  if start then
    add_data(self, add, self.rest:sub(1, start - 1))
    add("finish")
    self.rest, self.state, self.is_fresh = self.rest:sub(stop + 1), "line", false
    return true
  end
  local certain = #self.rest - #self.delimiter + 1
  if certain > 2 then
    add_data(self, add, self.rest:sub(1, certain))
    self.rest = self.rest:sub(certain + 1)
  end
end

---Reads on.
---@param bytes string
---@param add fun(kind: "begin"|"data"|"finish", value: any) gets what is in them, in order: of a part
---{ name, filename? }, then its bytes, then nothing
function Multipart:feed(bytes, add)
  if self.problem or self.is_done then return end
  self.rest = self.rest .. bytes
  local goes_on = true
  while goes_on and not self.problem and not self.is_done do goes_on = steps[self.state](self, add) end
end

return multipart
