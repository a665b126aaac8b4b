-- All events, by name. A question is asked before something happens and can be answered with no; a fact has happened.
--
-- What an event carries is its handlers' own: copies that stay true afterwards. docs/events.md is made of this.
local subjects = require "btshare.catalog.subjects"

---@class btshare.catalog.field
---@field name string
---@field type string "string", "integer", "number", "boolean", "list", or a shape of btshare.catalog.shapes
---@field text string what it is
---@field is_optional boolean? whether it may be absent
---@field check (fun(value: any, former: any): any, string?)? of a question: what a handler may put there

---@class btshare.catalog.entry
---@field kind "question"|"fact"
---@field description string
---@field fields btshare.catalog.field[]
---@field settable btshare.catalog.field[]? those that a handler may set; nil: none
---@field needs_yes boolean? of a question: whether it is a no unless a handler says true
---@field stability "stable"|"experimental"
---@field since string version of BTshare
---@field example string lines of config.lua

---@type table<string, btshare.catalog.entry>
local catalog = {}

for _, subject in ipairs(subjects) do
  for _, event in ipairs(subject.events) do
    assert(not catalog[event.name], event.name)
    local settable = {}
    for _, field in ipairs(event.fields) do
      if field.check then settable[#settable + 1] = field end
    end
    catalog[event.name] = {
      kind = event.kind, description = event.description, fields = event.fields,
      settable = settable[1] and settable or nil, needs_yes = event.needs_yes, stability = event.stability or "stable",
      since = event.since or "0.1.0", example = event.example,
    }
  end
end

return catalog
