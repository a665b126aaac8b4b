-- The log: lines on stderr, which nothing that came from outside can forge or colour.
local host = require "core.host"
local uv = require "luv"

---@class btshare.log
local log = {}

---@alias btshare.log.level "error"|"warning"|"info"|"debug"

local stderr = 2
local ranks = { error = 1, warning = 2, info = 3, debug = 4 }
local colours = { error = "\27[31m", warning = "\27[33m", info = "", debug = "\27[2m" }
local threshold = ranks.info
local write -- where lines go; nil is stderr

local function hexadecimal(bytes)
  return (bytes:gsub(".", function(byte) return ("\\x%02X"):format(byte:byte()) end))
end

-- Besides C0 and DEL: C1, which terminals obey too, line separators, and what turns the direction of
-- writing, with which a name can make a line read as another one.
local function is_treacherous(codepoint)
  return codepoint < 0x20 or (codepoint >= 0x7F and codepoint < 0xA0)
    or codepoint == 0x200E or codepoint == 0x200F or codepoint == 0x061C
    or (codepoint >= 0x2028 and codepoint <= 0x202E) or (codepoint >= 0x2066 and codepoint <= 0x2069)
end

---Makes `text` one line of harmless UTF-8: control characters and invalid bytes become `\xNN`.
---@param text string
---@return string
function log.escape(text)
  if not text:find("[^\x20-\x7E]") then return text end
  local parts, position = {}, 1
  while position <= #text do
    local valid, broken = utf8.len(text, position)
    local good = valid and text:sub(position) or text:sub(position, broken - 1)
    parts[#parts + 1] = good:gsub(utf8.charpattern, function(character)
      return is_treacherous(utf8.codepoint(character)) and hexadecimal(character) or nil
    end)
    if valid then break end
    parts[#parts + 1] = hexadecimal(text:sub(broken, broken))
    position = broken + 1
  end
  return table.concat(parts)
end

-- How often each text is to be hidden. One of a few letters stands in too many words to hide it.
local hidden, shortest_hidden = {}, 4

---Has "(secret)" written in place of a text, wherever it stands in a line.
---@param text string
---@return fun() undo
function log.hide(text)
  if #text < shortest_hidden then return function() end end
  hidden[text] = (hidden[text] or 0) + 1
  return function()
    hidden[text] = hidden[text] > 1 and hidden[text] - 1 or nil
  end
end

local function without_secrets(text)
  for secret in pairs(hidden) do
    local first, last = text:find(secret, 1, true)
    while first do
      text = text:sub(1, first - 1) .. "(secret)" .. text:sub(last + 1)
      first, last = text:find(secret, first + 8, true)
    end
  end
  return text
end

---What may be shown of a secret.
---@param text string
---@return string
function log.secret(text)
  return #text > 4 and text:sub(1, 4) .. "…" or "…"
end

-- A full pipe that nobody reads costs log lines, never the loop: an error, and EAGAIN is one, ends
-- the attempt.
local function write_to_stderr(text)
  while #text > 0 do
    local count = uv.fs_write(stderr, text, -1)
    if not count or count <= 0 then return end
    text = text:sub(count + 1)
  end
end

-- A traceback keeps its lines, indented, so that none of them can pass for a line of the log.
local function layout(text)
  local message, trace = text:match("^(.-)\n(stack traceback:\n.*)$")
  if not message then return log.escape(text) end
  local lines = { log.escape(message) }
  for line in trace:gmatch("[^\n]+") do
    lines[#lines + 1] = "    " .. log.escape((line:gsub("^\t", "  ")))
  end
  return table.concat(lines, "\n")
end

local function emit(level, body)
  if write then return write(level, body) end
  local head = level == "info" and "" or level .. ": "
  if not host.is_terminal(stderr) then
    write_to_stderr(os.date("!%Y-%m-%dT%H:%M:%SZ ") .. head .. body .. "\n")
  elseif head == "" or (os.getenv("NO_COLOR") or "") ~= "" then
    write_to_stderr(head .. body .. "\n")
  else
    write_to_stderr(colours[level] .. head .. body .. "\27[0m\n")
  end
end

-- The last warnings and errors by their form alone: it and its place are ours, while what is filled in may be
-- anybody's.
local forms, most_forms = {}, 20

---@class btshare.log.form
---@field time integer seconds since 1970
---@field level "error"|"warning"
---@field plugin string? whose it was; what plugins say is theirs from the first word on, so it has no form here
---@field form string? "%s: %s" as it stands in the code, with "…" for what was filled in
---@field place string? "btshare/scope.lua:25"

local function note(level, plugin, text, count)
  local entry = { time = os.time(), level = level, plugin = plugin }
  if not plugin then
    local caller = debug.getinfo(4, "Sl") -- who called log.warning
    text = tostring(text)
    entry.form = count > 0 and text:gsub("%%[%-+#0]*%d*%.?%d*%a", "…"):gsub("%%%%", "%%") or text
    entry.place = caller and ("%s:%d"):format(caller.source:match("lua/(btshare/.*)$") or "?", caller.currentline)
  end
  table.insert(forms, entry)
  if #forms > most_forms then table.remove(forms, 1) end
end

---@return btshare.log.form[] newest last, at most 20
function log.forms()
  return table.move(forms, 1, #forms, 1, {})
end

-- Without arguments the format is the text itself: messages of others hold percent signs. Returns what was said, if it
-- was important enough, as it stands in the log.
local function say(level, plugin, text, ...)
  if ranks[level] <= ranks.warning then note(level, plugin, text, select("#", ...)) end
  if ranks[level] > threshold then return nil end
  text = tostring(text)
  if select("#", ...) > 0 then
    local fine, formatted = pcall(string.format, text, ...)
    text = fine and formatted or text .. " (" .. formatted .. ")"
  end
  local body = layout(next(hidden) and without_secrets(text) or text)
  emit(level, plugin and "plugin " .. plugin .. ": " .. body or body)
  return body
end

---@class btshare.log.voice
---@field error fun(format: string, ...)
---@field warning fun(format: string, ...)
---@field info fun(format: string, ...)
---@field debug fun(format: string, ...)

---The same four functions, whose lines begin with the name of a plugin.
---@param name string
---@param on_line (fun(level: btshare.log.level, text: string))? is given what was written, too, without the name
---@return btshare.log.voice
function log.for_plugin(name, on_line)
  local voice, owner = {}, log.escape(name)
  for level in pairs(ranks) do
    voice[level] = function(...)
      local said = say(level, owner, ...)
      if said and on_line then on_line(level, said) end
    end
  end
  return voice
end

---@param text string `string.format`'s format; the text itself where no argument follows
function log.error(text, ...) say("error", nil, text, ...) end

---@param text string
function log.warning(text, ...) say("warning", nil, text, ...) end

---@param text string
function log.info(text, ...) say("info", nil, text, ...) end

---@param text string
function log.debug(text, ...) say("debug", nil, text, ...) end

---@param level btshare.log.level the least important level that is still written
function log.set_level(level)
  threshold = ranks[level] or error("log: '" .. tostring(level) .. "' is no level", 2)
end

---@param level string
---@return boolean
function log.is_level(level) return ranks[level] ~= nil end

---Sends lines to `writer` instead of stderr; nil sends them back.
---@param writer (fun(level: btshare.log.level, text: string))?
function log.set_writer(writer) write = writer end

return log
