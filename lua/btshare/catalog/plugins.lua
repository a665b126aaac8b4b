-- The events of plugins: how they come, and go.
local field = require "btshare.catalog.field"

local name = field.always("name", "string", "of the plugin")

return {
  { name = "plugin-load", kind = "question", description = "May this plugin be loaded?", fields = {
    name, field.always("path", "string", "of its file, absolute"),
  }, example = [[
on("plugin-load", function(event)
  if event.path:find("^/tmp/") then return false, "not from there" end
end)]] },

  { name = "plugin-loaded", kind = "fact", description = "A plugin is loaded and runs.", fields = { name },
    example = [[
on("plugin-loaded", function(event) print(event.name, "runs") end)]] },

  { name = "plugin-reloaded", kind = "fact", description = "The new form of a plugin has taken the place of the old.",
    fields = { name }, example = [[
on("plugin-reloaded", function(event) print(event.name, "runs in its new form") end)]] },

  { name = "plugin-unloaded", kind = "fact", description = "A plugin is unloaded; all that it did is undone.",
    fields = { name }, example = [[
on("plugin-unloaded", function(event) print(event.name, "is gone") end)]] },

  { name = "plugin-set-aside", kind = "fact",
    description = "A plugin made too many errors and runs no more; the questions that it answered are answered with "
      .. "no until it is reloaded or unloaded.",
    fields = { name, field.always("reason", "string", "its last error") }, example = [[
on("plugin-set-aside", function(event) print(event.name, event.reason) end)]] },
}
