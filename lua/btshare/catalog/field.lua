-- How the catalogue writes the fields of an event: `field("name", "string", "what it is")`.
local field = {}

---@param name string
---@param kind string
---@param text string
---@return btshare.catalog.field
function field.always(name, kind, text)
  return { name = name, type = kind, text = text }
end

---@param name string
---@param kind string
---@param text string
---@return btshare.catalog.field
function field.optional(name, kind, text)
  return { name = name, type = kind, text = text, is_optional = true }
end

---One that a handler of a question may set.
---@param name string
---@param kind string
---@param text string
---@param check fun(value: any, former: any): any, string?
---@param is_always boolean? whether it is there before anybody sets it
---@return btshare.catalog.field
function field.settable(name, kind, text, check, is_always)
  return { name = name, type = kind, text = text, is_optional = not is_always or nil, check = check }
end

return field
