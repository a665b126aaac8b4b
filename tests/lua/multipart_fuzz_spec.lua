-- Forms that were broken at random (security §9, T15): however they are cut, they are read as a reader of the whole
-- would. BTSHARE_SEED=NUMBER begins with the input that a failure names.
local checksum = require "btshare.routes.box.checksum"
local multipart = require "btshare.http.multipart"

local first_seed = tonumber(os.getenv "BTSHARE_SEED") or 1
local inputs = 10000
local most_parts, most_headers, longest_line = 100, 4096, 70

-- The model, of the whole body, letter by letter where the parser has patterns.

local function is_blank(letter) return letter == " " or letter == "\t" end

-- `name="text"` or `name=token` behind each ";": the text, and where it ends.
local function read_value(value, at)
  local text = {}
  if value:sub(at, at) ~= '"' then
    while at <= #value and not value:sub(at, at):find('[%s;"]') do
      text[#text + 1], at = value:sub(at, at), at + 1
    end
    return text[1] and table.concat(text), at
  end
  at = at + 1
  while at <= #value and value:sub(at, at) ~= '"' do
    local three = value:sub(at, at + 2):upper()
    local meant = three:sub(1, 2) == '\\"' and { '"', 2 } or three == "%22" and { '"', 3 }
      or three == "%0D" and { "\r", 3 } or three == "%0A" and { "\n", 3 } or { value:sub(at, at), 1 }
    text[#text + 1], at = meant[1], at + meant[2]
  end
  if at <= #value then return table.concat(text), at + 1 end
  if value:sub(-2) ~= '\\"' then return nil, at end
  text[#text] = "\\" -- the name's own
  return table.concat(text), at
end

local function skip_spaces(value, at)
  while value:sub(at, at):find("%s") do at = at + 1 end
  return at
end

local function model_parameters(value)
  local found, at = {}, (value:find(";", 1, true))
  while value:sub(at, at) == ";" do
    at = skip_spaces(value, at + 1)
    local name = value:sub(at):match('^[^%s;="]*')
    at = at + #name
    if name == "" or value:sub(at, at) ~= "=" then break end
    local text
    text, at = read_value(value, at + 1)
    if not text then break end
    found[name] = found[name] or text
    at = skip_spaces(value, at)
  end
  return found
end

local function model_headers(text)
  local at, found = 1, nil
  while at <= #text + 1 do
    local stop = text:find("\r\n", at, true) or #text + 1
    local line = text:sub(at, stop - 1)
    local name = line:match("^[%w-]+:")
    if not name then return found end
    local value = line:sub(skip_spaces(line, #name + 1))
    if not found and name:lower() == "content-disposition:" and value:lower():find("^form%-data%s*;") then
      found = model_parameters(value)
      return found.name and { name = found.name, filename = found.filename }
    end
    at = stop + 2
  end
end

---@return table[] parts, as `read` gives them
---@return string state "done", "problem" or "more"
local function model(body, boundary)
  local text, delimiter, parts = "\r\n" .. body, "\r\n--" .. boundary, {}
  if text:sub(1, #delimiter) ~= delimiter:sub(1, #text) then return parts, "problem" end
  if #text < #delimiter then return parts, "more" end
  local at = #delimiter + 1
  while true do
    if text:sub(at, at + 1) == "--" then return parts, "done" end
    local stop = text:find("\r\n", at, true)
    if (stop or #text) - at > longest_line then return parts, "problem" end
    if not stop then return parts, "more" end
    for index = at, stop - 1 do
      if not is_blank(text:sub(index, index)) then return parts, "problem" end
    end
    if #parts == most_parts then return parts, "problem" end
    at = stop + 2
    stop = text:find("\r\n\r\n", at, true)
    if (stop or #text - 2) - at + 1 > most_headers then return parts, "problem" end
    if not stop then return parts, "more" end
    local about = model_headers(text:sub(at, stop - 1))
    if not about then return parts, "problem" end
    parts[#parts + 1] = about
    at = stop + 4
    stop = text:find(delimiter, at - 2, true) -- the end of the headers may be the boundary's beginning
    about.body = text:sub(at, (stop or #text + 1) - 1)
    if not stop then return parts, "more" end
    about.is_whole, at = true, stop + #delimiter
  end
end

-- What the parser makes of it, fed in pieces of lengths that `next_length` gives. What may not be whole yet is held
-- back, so that of the last part only the beginning is certain.
local function read(body, boundary, next_length)
  local parser, parts, current = multipart.new(boundary), {}, nil
  local function add(kind, value)
    assert(not parser.problem and not parser.is_done, "added something behind the end")
    if kind == "begin" then
      assert(not current, "began a part in a part")
      assert(#value.name + #(value.filename or "") <= most_headers, "names are too long")
      current = { name = value.name, filename = value.filename, body = {} }
      parts[#parts + 1] = current
    elseif kind == "data" then
      assert(current and value ~= "", "data of no part, or none")
      current.body[#current.body + 1] = value
    else
      assert(kind == "finish" and current, "finished no part")
      current.is_whole, current = true, nil
    end
  end
  local at = 1
  while at <= #body do
    local length = next_length()
    parser:feed(body:sub(at, at + length - 1), add)
    assert(#parser.rest <= most_headers + 4, "keeps too much")
    at = at + length
  end
  assert(#parts <= most_parts, "has too many parts")
  for _, part in ipairs(parts) do part.body = table.concat(part.body) end
  return parts, parser.is_done and "done" or parser.problem and "problem" or "more"
end

local function check_same(boundary, wanted, state, parts, parts_state)
  assert(state == parts_state, ("is %s, not %s"):format(parts_state, state))
  assert(#wanted == #parts, ("has %d parts, not %d"):format(#parts, #wanted))
  for index, part in ipairs(wanted) do
    local other = parts[index]
    assert(part.name == other.name and part.filename == other.filename, "names differ")
    assert(part.is_whole == other.is_whole, "one is whole, one is not")
    local held = part.is_whole and 0 or #part.body - #other.body
    assert(held >= 0 and held <= #boundary + 6, "holds back too much: " .. held)
    assert(part.body:sub(1, #part.body - held) == other.body, "bodies differ")
  end
end

-- What is broken.

local boundaries = { "XX", "-", "a", "----WebKitFormBoundary7MA4", ("b"):rep(70), "(x y)" }
local function pieces_of(boundary)
  return {
    "\r", "\n", "\r\n", "\r\n\r\n", "-", "--", '"', '\\"', "%22", "%0d", ";", "; name=", '; filename="', ":", "\0",
    "\255", "--" .. boundary, "\r\n--" .. boundary, "\r\n--" .. boundary .. "--", "\r\n--" .. boundary .. "\r\n",
    "Content-Disposition: form-data; name=x", (" "):rep(69), (" "):rep(71), "A: " .. ("h"):rep(math.random(4070, 4100)),
  }
end

local function bytes(most, letters)
  local list = {}
  for index = 1, math.random(0, most) do
    local at = math.random(#letters)
    list[index] = letters:sub(at, at)
  end
  return table.concat(list)
end

local function form(boundary)
  local list = {}
  local count = math.random() < 0.004 and math.random(98, 102) or math.random(0, 4)
  for index = 1, count do
    local file = math.random() < 0.6 and ('; filename="%s"'):format(bytes(12, 'ab.;= \\%22"\195\169')) or ""
    local more = math.random() < 0.3 and "\r\nContent-Type: text/plain" or ""
    list[index] = ('--%s\r\nContent-Disposition: form-data; name="%s"%s%s\r\n\r\n%s\r\n'):format(
      boundary, bytes(4, "note"), file, more, bytes(count > 5 and 3 or 80, "\r\n-" .. boundary .. "a\0"))
  end
  return table.concat(list) .. "--" .. boundary .. "--\r\n"
end

local ways = {
  function(text, from, to) return text:sub(1, from - 1) .. text:sub(to + 1) end,
  function(text, from, to) return text:sub(1, to) .. text:sub(from) end,
  function(text, from) return text:sub(1, from) end,
  function(text, from) return text:sub(1, from - 1) .. string.char(math.random(0, 255)) .. text:sub(from + 1) end,
  function(text, from, _, pieces) return text:sub(1, from) .. pieces[math.random(#pieces)] .. text:sub(from + 1) end,
  function(text, from, to, pieces) return text:sub(1, from) .. pieces[math.random(#pieces)] .. text:sub(to + 1) end,
}

local function break_up(text, pieces)
  for _ = 1, math.random(0, 4) do
    local from = math.random(math.max(1, #text))
    text = ways[math.random(#ways)](text, from, math.min(#text, from + math.random(0, 30)), pieces)
  end
  return text
end

local function try(seed)
  math.randomseed(seed)
  local boundary = boundaries[math.random(#boundaries)]
  local body = break_up(form(boundary), pieces_of(boundary))
  local wanted, state = model(body, boundary)
  local most = math.random(2, 60)
  for _, next_length in ipairs {
    function() return #body end, function() return math.random(most) end,
    seed % 40 == 0 and function() return 1 end or nil,
  } do
    check_same(boundary, wanted, state, read(body, boundary, next_length))
  end
  return state
end

describe("a broken form", function()
  it("is read as a whole one would be, however it is cut", function()
    local states = { done = 0, problem = 0, more = 0 }
    for seed = first_seed, first_seed + inputs - 1 do
      local succeeded, result = xpcall(try, debug.traceback, seed)
      assert(succeeded, ("BTSHARE_SEED=%d: %s"):format(seed, result))
      states[result] = states[result] + 1
    end
    for state, count in pairs(states) do assert.is_true(count > inputs // 20, state .. ": " .. count) end
  end)

  it("is announced as one, or not, by any header", function()
    local pieces = { "multipart/form-data", ";", " ", "boundary=", '"', "x", "\0", "=", ("y"):rep(69) }
    for seed = first_seed, first_seed + inputs - 1 do
      math.randomseed(seed)
      local header = break_up('multipart/form-data; boundary="a b"', pieces)
      local boundary = multipart.boundary(header)
      assert(not boundary or #boundary > 0 and #boundary <= 70 and not boundary:find("[\r\n\0\"]"),
        ("BTSHARE_SEED=%d: %q"):format(seed, header))
      header = break_up("sha1 EZBKTot39iQuLSiHBQI62tAKkxA=", pieces)
      local sum = checksum.of { headers = { ["upload-checksum"] = header } }
      assert(not sum or sum.digest == "SHA1", ("BTSHARE_SEED=%d"):format(seed))
    end
  end)
end)
