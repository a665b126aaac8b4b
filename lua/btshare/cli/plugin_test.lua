-- `btshare plugin test [FILE]`: runs the tests of a plugin, or of all plugins in this folder.
local exit = require "btshare.exit"
local paths = require "btshare.paths"
local places = require "btshare.harness.places"
local plugin_file = require "btshare.cli.plugin_file"
local speaker = require "btshare.terminal.speaker"
local task = require "btshare.task"
local text = require "btshare.terminal.text"
local uv = require "luv"

local function is_there(path)
  return uv.fs_stat(path) ~= nil
end

-- "x.lua" and "x_test.lua" both mean the two of them.
local function pair(file)
  local path = paths.absolute(file)
  local stem = path:match("^(.*)_test%.lua$") or path:match("^(.*)%.lua$") or path
  return { plugin = stem .. ".lua", test = stem .. "_test.lua", name = stem:match("[^/]+$") or stem }
end

local function pairs_here()
  local found, listing = {}, uv.fs_scandir(uv.cwd())
  while listing do
    local name = uv.fs_scandir_next(listing)
    if not name then break end
    if name:find("^%w[%w_-]*_test%.lua$") then found[#found + 1] = pair(name) end
  end
  table.sort(found, function(left, right) return left.name < right.name end)
  return found
end

local function say_lines(context, lines, one)
  for line in places.shorten(lines, { one.plugin, one.test }):gmatch("[^\n]+") do
    context:print("    " .. text.escape((line:gsub("\t", "  "))))
  end
end

local function say_result(context, result, one)
  context:print(("  %s %s"):format(result.message and "✗" or "✓", text.escape(result.name)))
  if result.message then say_lines(context, result.message, one) end
  if result.trace then say_lines(context, result.trace, one) end
end

local function run_pair(one, context, count)
  context:print(text.escape(one.name))
  local passed, failed = require("btshare.harness.runner").run(one.plugin, one.test, function(result)
    say_result(context, result, one)
  end)
  if not passed then
    say_lines(context, failed, one)
    count.failed = count.failed + 1
    return
  end
  count.passed, count.failed = count.passed + passed, count.failed + failed
end

local function run_all(list, context)
  local count = { passed = 0, failed = 0 }
  local job = task.spawn(function()
    for _, one in ipairs(list) do run_pair(one, context, count) end
  end)
  while not job:has_ended() do uv.run("once") end
  local total = count.passed + count.failed
  local summary = speaker:text("cli.plugin.test.passed", { n = total })
  if count.failed > 0 then summary = speaker:text("cli.plugin.test.failed", { n = count.failed, total = total }) end
  context:say(summary)
  return (count.failed > 0 or job.state ~= "ended") and exit.failed or exit.ok
end

return function(options, context)
  local list = options.name and { pair(plugin_file(options)) } or pairs_here()
  if #list == 0 then return context:fail(speaker:text("cli.plugin.test.none"), exit.missing) end
  for _, one in ipairs(list) do
    for _, file in ipairs { one.plugin, one.test } do
      if not is_there(file) then
        local shown = text.escape(places.from_here(file))
        return context:fail(speaker:text("cli.plugin.no.file", { file = shown }), exit.missing)
      end
    end
  end
  return run_all(list, context)
end
