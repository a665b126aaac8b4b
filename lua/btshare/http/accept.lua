-- What a client would rather have: Accept and Accept-Language with their q values (RFC 9110 §12).
local accept = {}

---@param header string? "text/html, */*;q=0.8"
---@return {name: string, quality: number}[] items in lower case, best first, equals in their order
function accept.items(header)
  local items = {}
  for element in (header or ""):sub(1, 2048):gmatch("[^,]+") do
    local name, parameters = element:match("^%s*([^;%s]+)%s*(.*)$")
    if name then
      local quality = tonumber(parameters:match(";%s*[qQ]%s*=%s*([01]%.?%d*)") or 1)
      items[#items + 1] = { name = name:lower(), quality = math.min(quality or 0, 1), index = #items }
    end
  end
  table.sort(items, function(a, b)
    if a.quality ~= b.quality then return a.quality > b.quality end
    return a.index < b.index
  end)
  return items
end

---@param header string? Accept-Language
---@param available table<string, any> its keys are languages, "fr"
---@return string? language nil where none of them is wanted
function accept.language(header, available)
  for _, item in ipairs(accept.items(header)) do
    local language = item.name:match("^%a+")
    if item.quality > 0 and language and available[language] then
      return language
    end
  end
end

---How much a media type is wanted: the most specific range that covers it says so.
---@param header string? Accept
---@param media string "text/html"
---@return number quality 0 where it is not wanted
---@return boolean is_named whether it was named itself and not only covered by */*
function accept.media(header, media)
  local found = {}
  for _, item in ipairs(accept.items(header)) do
    found[item.name] = found[item.name] or item.quality
  end
  local family = found[media:match("^[^/]+") .. "/*"]
  return found[media] or family or found["*/*"] or 0, found[media] ~= nil or family ~= nil
end

---Whether somebody asks for another form by its name, at least as much as for JSON.
---@param header string? Accept
---@param media string "text/csv"
---@return boolean
function accept.wants(header, media)
  local quality, is_named = accept.media(header, media)
  return is_named and quality > 0 and quality >= accept.media(header, "application/json")
end

return accept
