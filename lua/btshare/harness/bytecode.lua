-- Finds the names that a Lua file takes from its environment, by reading the byte code that Lua 5.4 makes of it.
--
-- Lua's own compiler decides what is a local variable and what a global one; what `string.dump` gives of its work
-- (ldump.c, lopcodes.h of Lua 5.4) has the line of every instruction.
local bytecode = {}

local header_size = 4 + 1 + 1 + 6 + 3 + 8 + 8 -- signature, version, format, data, sizes, an integer, a number
local get_tabup, get_field, set_tabup = 11, 14, 15 -- opcodes
local absolute = -0x80 -- in a line's difference: it stands in the other list

---@class btshare.harness.Use
---@field name string "string", or "string.trim" where a member of a global is read
---@field line integer
---@field is_set boolean? whether it is given a value

-- Reads values one after the other.
local Reader = {}
Reader.__index = Reader

function Reader:byte()
  local value = self.text:byte(self.at)
  self.at = self.at + 1
  return value
end

function Reader:count()
  local value = 0
  repeat
    local byte = self:byte()
    value = value << 7 | byte & 0x7f
  until byte & 0x80 ~= 0
  return value
end

function Reader:string()
  local size = self:count()
  if size == 0 then return nil end
  local text = self.text:sub(self.at, self.at + size - 2)
  self.at = self.at + size - 1
  return text
end

function Reader:skip(size) self.at = self.at + size end

local constant_readers = {
  [3] = function(reader) reader:skip(8) end,   -- an integer
  [19] = function(reader) reader:skip(8) end,  -- a float
  [4] = Reader.string, [20] = Reader.string,   -- short and long strings
}

local function read_constants(reader)
  local constants = {}
  for index = 0, reader:count() - 1 do
    local read = constant_readers[reader:byte()]
    constants[index] = read and read(reader)
  end
  return constants
end

-- The line of each instruction: differences, and now and then a line itself.
local function read_lines(reader, first_line)
  local differences, lines, absolutes = {}, {}, {}
  for index = 0, reader:count() - 1 do
    differences[index] = string.unpack("b", reader.text, reader.at)
    reader:skip(1)
  end
  for _ = 1, reader:count() do
    local index = reader:count()
    absolutes[index] = reader:count()
  end
  local line = first_line
  for index = 0, #differences do
    local difference = differences[index]
    line = difference == absolute and absolutes[index] or line + (difference or 0)
    lines[index] = line
  end
  return lines
end

local read_function

local function collect(uses, instructions, constants, names, lines)
  for index, word in ipairs(instructions) do
    local operation, a, b, c = word & 0x7f, word >> 7 & 0xff, word >> 16 & 0xff, word >> 24 & 0xff
    local line = lines[index - 1]
    if operation == get_tabup and names[b] == "_ENV" then
      local name, following = constants[c], instructions[index + 1]
      uses[#uses + 1] = { name = name, line = line }
      if following and following & 0x7f == get_field and following >> 16 & 0xff == a then
        uses[#uses + 1] = { name = name .. "." .. constants[following >> 24 & 0xff], line = lines[index] }
      end
    elseif operation == set_tabup and names[a] == "_ENV" then
      uses[#uses + 1] = { name = constants[b], line = line, is_set = true }
    end
  end
end

function read_function(reader, uses)
  reader:string() -- the source
  local first_line = reader:count()
  reader:count() -- the last line
  reader:skip(3) -- parameters, varargs, the stack
  local instructions = {}
  for index = 1, reader:count() do
    instructions[index] = string.unpack("<I4", reader.text, reader.at)
    reader:skip(4)
  end
  local constants = read_constants(reader)
  reader:skip(3 * reader:count()) -- where upvalues are taken from
  for _ = 1, reader:count() do read_function(reader, uses) end
  local lines = read_lines(reader, first_line)
  for _ = 1, reader:count() do -- local variables
    reader:string()
    reader:count()
    reader:count()
  end
  local names = {}
  for index = 0, reader:count() - 1 do names[index] = reader:string() end
  collect(uses, instructions, constants, names, lines)
end

---@param chunk function a Lua function with its names and lines
---@return btshare.harness.Use[] uses by line
function bytecode.globals(chunk)
  local reader = setmetatable({ text = string.dump(chunk), at = 1 + header_size + 1 }, Reader)
  local uses = {}
  read_function(reader, uses)
  table.sort(uses, function(left, right)
    if left.line ~= right.line then return left.line < right.line end
    return tostring(left.name) < tostring(right.name)
  end)
  return uses
end

return bytecode
