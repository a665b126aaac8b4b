-- Finds the word that was probably meant.
local suggest = {}

-- Edits between two words: a letter added, dropped, changed, or two neighbours swapped.
local function distance(left, right)
  local rows = { [0] = {} }
  for column = 0, #right do rows[0][column] = column end
  for row = 1, #left do
    rows[row] = { [0] = row }
    for column = 1, #right do
      local same = left:byte(row) == right:byte(column)
      local least = math.min(rows[row - 1][column] + 1, rows[row][column - 1] + 1,
        rows[row - 1][column - 1] + (same and 0 or 1))
      local swapped = row > 1 and column > 1 and left:byte(row) == right:byte(column - 1)
        and left:byte(row - 1) == right:byte(column)
      if swapped then least = math.min(least, rows[row - 2][column - 2] + 1) end
      rows[row][column] = least
    end
  end
  return rows[#left][#right]
end

---@param word string
---@param known string[]
---@return string? nearest at most two edits away
function suggest.nearest(word, known)
  if #word > 40 then return nil end
  local best, nearest = math.max(1, math.min(2, #word // 2)) + 1, nil
  for _, candidate in ipairs(known) do
    local edits = distance(word:lower(), candidate)
    if edits < best then
      best, nearest = edits, candidate
    end
  end
  return nearest
end

return suggest
