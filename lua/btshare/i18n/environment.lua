-- Which language a person's environment asks for, as gettext reads it: LC_ALL, LC_MESSAGES, LANG, and LANGUAGE.

-- "fr_FR.UTF-8" → "fr"; nil for the locale that speaks no language of its own.
local function language_of(locale)
  local language = locale:lower():match("^%a+")
  return language ~= "c" and language ~= "posix" and language or nil
end

---@param variable fun(name: string): string? such as os.getenv
---@param known table<string, any> whose keys are the languages there are
---@return string? language nil where nothing known is asked for
return function(variable, known)
  local locale
  for _, name in ipairs { "LC_ALL", "LC_MESSAGES", "LANG" } do
    locale = variable(name)
    if locale and locale ~= "" then break end
  end
  local language = language_of(locale or "")
  if not language then return nil end -- LANGUAGE does not count then
  for wish in (variable("LANGUAGE") or ""):gmatch("[^:]+") do
    local wished = language_of(wish)
    if wished and known[wished] then return wished end
  end
  return known[language] and language or nil
end
