-- Finds the name that was probably meant by one that does not exist.
local suggest = {}

-- How many letters must be inserted, removed, changed or swapped to make `right` of `left`.
local function distance(left, right)
  local before, above = nil, {}
  for column = 0, #right do above[column] = column end
  for row = 1, #left do
    local current = { [0] = row }
    for column = 1, #right do
      local same = left:byte(row) == right:byte(column)
      local cost = math.min(above[column] + 1, current[column - 1] + 1, above[column - 1] + (same and 0 or 1))
      local swapped = row > 1 and column > 1 and left:byte(row) == right:byte(column - 1)
        and left:byte(row - 1) == right:byte(column)
      if swapped then cost = math.min(cost, before[column - 2] + 1) end
      current[column] = cost
    end
    before, above = above, current
  end
  return above[#right]
end

---The name in `names` that is nearest to `wrong`, if one is near enough to have been meant.
---@param wrong string
---@param names string[]
---@return string? nearest
function suggest.nearest(wrong, names)
  if #wrong > 64 then return nil end
  local limit = math.max(1, #wrong // 3)
  local best, best_distance
  for _, name in ipairs(names) do
    local steps = distance(wrong:lower(), name:lower())
    if steps <= limit and (not best or steps < best_distance or (steps == best_distance and name < best)) then
      best, best_distance = name, steps
    end
  end
  return best
end

---", did you mean 'x'?" or nothing, to end a message with.
---@param wrong string
---@param names string[]|table<string, any> a list, or a table whose keys are the names
---@return string
function suggest.phrase(wrong, names)
  local list = names
  if type(names[1]) ~= "string" then
    list = {}
    for name in pairs(names) do list[#list + 1] = tostring(name) end
  end
  local nearest = suggest.nearest(tostring(wrong), list)
  return nearest and nearest ~= wrong and (", did you mean '%s'?"):format(nearest) or ""
end

return suggest
