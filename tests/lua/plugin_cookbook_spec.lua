-- The plugins of docs/plugins.md, as they are printed there: each is looked over with the options that are printed
-- below it, and does what is said of it, which the tests in cookbook/ hold against it.
local check = require "btshare.harness.check"
local helper = require "helper"
local host = require "core.host"
local runner = require "btshare.harness.runner"
local task = require "btshare.task"

local function section(text, title)
  return assert(text:match("\n## " .. title .. "\n(.-)\n## ")) or text
end

-- { name, code, options } of each recipe, in the order of the document.
local function recipes()
  local list = {}
  local text = section(helper.read(host.data .. "/docs/plugins.md"), "The cookbook")
  for recipe in (text:gsub("\n### ", "\n\0### ") .. "\0"):gmatch("(### [^\0]*)") do
    local name = recipe:match("\n`([%w-]+)%.lua`\n")
    local code, line = recipe:match("\n```lua\n(.-)```.-\n```lua\n(.-)```")
    list[#list + 1] = { title = recipe:match("^### ([^\n]+)"), name = name, code = code, line = line }
  end
  return list
end

describe("the cookbook", function()
  local folder

  before_each(function() folder = helper.folder() end)
  after_each(function() helper.remove(folder) end)

  local list = recipes()

  it("has fifteen recipes", function()
    assert.equal(15, #list)
  end)

  for _, recipe in ipairs(list) do
    describe(("has %q, which"):format(recipe.title), function()
      local path

      before_each(function()
        path = ("%s/%s.lua"):format(folder, recipe.name)
        helper.write(path, recipe.code)
      end)

      it("passes the check with the line of config.lua that is printed with it", function()
        local named, options
        local chunk = assert(load(recipe.line, "=config.lua", "t", {
          plugin = function(name)
            named = name
            return function(given) options = given end
          end,
        }))
        chunk()
        assert.equal(recipe.name, named)
        local report = check.run(path, options or {})
        assert.same({}, report.mistakes)
        assert.same({}, report.warnings)
        assert.is_string(report.description)
      end)

      it("does what is said of it", function()
        local test = ("%s/tests/lua/cookbook/%s_test.lua"):format(host.data, recipe.name)
        local failures, passed, problem = {}, nil, nil
        local job = task.spawn(function()
          passed, problem = runner.run(path, test, function(result)
            if result.message then
              failures[#failures + 1] = table.concat({ result.name, result.message, result.trace }, "\n")
            end
          end)
        end)
        helper.wait_for(function() return job:has_ended() end)
        assert.is_truthy(passed, problem)
        assert.equal("", table.concat(failures, "\n"))
        assert.is_true(passed > 0)
      end)
    end)
  end
end)
