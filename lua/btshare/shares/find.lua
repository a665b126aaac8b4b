-- Finds the shares that a person means by a name.

local shortest_id = 6 -- of what is taken for the beginning of an id

---Shares that a person means by `name`: its id, else exactly this name, else the beginning of one, or of an id.
---@param self btshare.Shares
---@param name string
---@return btshare.Share[] matches
return function(self, name)
  local share = self.by_id[name]
  if share and not share.is_stopped then
    return { share }
  end
  local exact, beginning = {}, {}
  if name == "" then return exact end
  local may_be_id = #name >= shortest_id
  for _, candidate in ipairs(self:list()) do
    if candidate.entry == name then
      exact[#exact + 1] = candidate
    elseif candidate.entry:sub(1, #name) == name or may_be_id and candidate.id:sub(1, #name) == name then
      beginning[#beginning + 1] = candidate
    end
  end
  return #exact > 0 and exact or beginning
end
