-- Numbers of files as people write them: "1,3-5".
local numbers = {}

local most = 50000

---@param words string
---@return integer[]? list
---@return string? message
function numbers.parse(words)
  local list = {}
  for part in (words .. ","):gmatch("([^,]*),") do
    local first, last = part:match("^%s*(%d+)%s*%-%s*(%d+)%s*$")
    first = first or part:match("^%s*(%d+)%s*$")
    first, last = math.tointeger(tonumber(first)), math.tointeger(tonumber(last or first))
    if not first or first < 1 or last < first or last > most then
      return nil, ("%s: not numbers of files, such as 1,3-5"):format(words)
    end
    for number = first, last do list[#list + 1] = number end
  end
  return list
end

return numbers
