-- A hundred plugins with ten handlers each, for what they cost together.
local many_plugins = {}

many_plugins.count = 100

---What each of them is told or asked: nine facts and a question.
many_plugins.events = {
  "share-updated", "share-changed", "share-removed", "share-expired", "link-created", "recipient-announced",
  "recipient-finished", "transfer-finished", "download-finished", "share-open",
}

---The same, but that two are told of every share also when BTshare starts again.
many_plugins.events_at_start = table.move(many_plugins.events, 3, 10, 3, { "share-created", "share-ready" })

---@param events string[]
---@return string text of a plugin, after its first line
function many_plugins.text(events)
  local lines = { "local count = 0" }
  for index, name in ipairs(events) do
    lines[index + 1] = ("plugin:on(%q, function(event) count = count + (event.share and 1 or 0) end)"):format(name)
  end
  return table.concat(lines, "\n") .. "\n"
end

---@param index integer
---@return string
function many_plugins.name(index)
  return ("many%d"):format(index)
end

return many_plugins
