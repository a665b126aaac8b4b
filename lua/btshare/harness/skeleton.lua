-- What a new plugin begins with: the plugin itself, its test, and what an editor needs to know.
local json = require "core.json"

local skeleton = {}

local plugin_text = [[
-- @NAME@: says in one sentence what it is for; the console and `btshare plugin list` show this line.
--
-- In config.lua:
--   plugin "@NAME@" { greeting = "Welcome" }
--
-- Run `btshare plugin check @NAME@.lua` and `btshare plugin test @NAME@.lua` after each change, then `btshare reload`.
local plugin = ... ---@type btshare.plugin

local types = require "btshare.types"

-- The options that config.lua may give. A plain value is a default; a check may be left out in config.lua, unless it
-- is `types.required`.
local options = plugin:options {
  greeting = "Hello",
  largest = types.size, -- such as "4GB"
}

-- A question is asked before something happens. Answer with `false, reason` to refuse it, or not at all.
plugin:on("share-create", function(event)
  if options.largest and event.size > options.largest then
    return false, event.name .. ": larger than this plugin lets through"
  end
end)

-- A fact has happened; a plugin is told of it.
plugin:on("recipient-finished", function(event)
  plugin:log("info", "%s, %s! You have %s.", options.greeting, event.who, event.share.name)
end)
]]

local test_text = [[
-- Tests of @NAME@: btshare plugin test @NAME@.lua
--
-- Each test has a BTshare of its own, without network and without files, that does only what the test says.
local test = ... ---@type btshare.test

test("greets whoever has it all", function(fake)
  fake:load { greeting = "Welcome" }
  fake:tell("recipient-finished", { who = "Marie", share = fake:share { name = "film.mkv" } })
  assert(fake:logged "Welcome, Marie! You have film.mkv.")
end)

test("refuses what is too large", function(fake)
  fake:load { largest = "4GB" }
  assert(fake:add { name = "small.iso", size = 700000000 })
  local share, reason = fake:add { name = "large.iso", size = 5000000000 }
  assert(not share)
  assert(reason == "large.iso: larger than this plugin lets through")
end)
]]

local editor_text = [[
{
  "runtime.version": "Lua 5.4",
  "runtime.builtin": { "io": "disable", "debug": "disable", "coroutine": "disable", "package": "disable" },
  "workspace.library": @LIBRARY@,
  "workspace.checkThirdParty": false
}
]]

---@param text string
---@return string|nil name
---@return string? message
function skeleton.check_name(text)
  if #text <= 64 and text:find("^%w[%w_-]*$") and not text:find("_test$") then return text end
  return nil, ("'%s': a plugin's name has letters, digits, '-' and '_'"):format(text)
end

local function fill(text, values)
  return (text:gsub("@(%u+)@", values))
end

---@param name string
---@param library string[] where editors find what there is
---@return {name: string, content: string, is_shared: boolean?}[] files; a shared one stays as it is where it is there
function skeleton.files(name, library)
  local values = { NAME = name, LIBRARY = json.encode(json.array(library)) }
  return {
    { name = name .. ".lua", content = fill(plugin_text, values) },
    { name = name .. "_test.lua", content = fill(test_text, values) },
    { name = ".luarc.json", content = fill(editor_text, values), is_shared = true },
  }
end

return skeleton
