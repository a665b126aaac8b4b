-- What becomes of a plugin that is set aside: it is asked nothing any more, and what it was asked is answered with no.
local aside = {}

local first = math.huge -- before all others, where its own priority is not known

---Has the questions of an instance answered with no, until `release` is called.
---@param events btshare.events
---@param of btshare.plugin.instance
---@param questions table<string, number> by name, with a priority each
---@return fun() release
function aside.refuse(events, of, questions)
  local undos = {}
  for name, priority in pairs(questions) do
    undos[#undos + 1] = events:on(name, of.guard:refusal(), priority, of.owner)
  end
  return function()
    for _, undo in ipairs(undos) do undo() end
  end
end

---What a plugin was asked that is not even run. Where it never said that, it may be any question: it may be the one
---that keeps all shares closed.
---@param catalog table<string, btshare.catalog.entry>
---@param names string[]?
---@return table<string, number>
function aside.questions(catalog, names)
  local questions = {}
  for _, name in ipairs(names or {}) do
    if catalog[name] and catalog[name].kind == "question" then questions[name] = first end
  end
  if names then return questions end
  for name, entry in pairs(catalog) do
    if entry.kind == "question" then questions[name] = first end
  end
  return questions
end

---Tells the owner of this BTshare.
---@param events btshare.events
---@param entry btshare.plugin.entry
---@param notice string
function aside.tell(events, entry, notice)
  entry.lines:add("error", notice)
  events:tell("notice", { level = "error", message = notice })
  events:tell("plugin-set-aside", { name = entry.name, reason = entry.reason })
end

return aside
