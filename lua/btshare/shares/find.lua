-- Finds the shares that a person means by a name.

---Shares that a person means by `name`: its id, else exactly this name, else the beginning of one.
---@param self btshare.Shares
---@param name string
---@return btshare.Share[] matches
return function(self, name)
  local share = self.by_id[name]
  if share and not share.is_stopped then
    return { share }
  end
  local exact, beginning = {}, {}
  for _, candidate in ipairs(self:list()) do
    if candidate.entry == name then
      exact[#exact + 1] = candidate
    elseif candidate.entry:sub(1, #name) == name then
      beginning[#beginning + 1] = candidate
    end
  end
  return #exact > 0 and exact or beginning
end
