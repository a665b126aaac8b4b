-- The plugins that come with BTshare, as btshare plugin check sees them, and as docs/plugins lists them.
local check = require "btshare.harness.check"
local helper = require "helper"
local host = require "core.host"
local paths = require "btshare.paths"
local rehearsal = require "btshare.rehearsal"
local runner = require "btshare.harness.runner"
local task = require "btshare.task"
local uv = require "luv"

describe("the plugin", function()
  local table_of_plugins = helper.read(host.data .. "/docs/plugins/README.md")
  local readme = helper.read(host.data .. "/README.md")
  local home

  setup(function()
    home = helper.folder()
    uv.fs_mkdir(home .. "/Films", 448)
    helper.write(home .. "/secret.txt", "open sesame")
  end)
  teardown(function() helper.remove(home) end)

  -- A block of the documentation shows several ways to write one line; each is tried by itself.
  local function ways(block)
    local list, before = {}, block:match("^(.-)plugin \"") or block
    for way in ("\n" .. block:sub(#before + 1)):gsub("\nplugin ", "\0plugin "):gmatch("%z([^%z]+)") do
      list[#list + 1] = before .. way
    end
    return list
  end

  local function try(text)
    helper.write(home .. "/config.lua", text)
    local _, found = rehearsal.read(home .. "/config.lua", { home = home }, {
      paths = paths.find({}, { HOME = home }), plugins_too = true,
    })
    assert.same({}, found.mistakes, text)
  end

  for file in uv.fs_scandir_next, uv.fs_scandir(host.data .. "/plugins") do
    local name = file:match("^(.*)%.lua$")
    if name then
      it(name .. " passes its check, but for options that it must be given", function()
        local report = check.run(("%s/plugins/%s"):format(host.data, file), {})
        assert.is_string(report.description)
        for _, mistake in ipairs(report.mistakes) do
          assert.is_true(mistake.is_option or not mistake.line, mistake.message)
        end
        for _, warning in ipairs(report.warnings) do -- what comes with BTshare changes with it
          assert.matches("is experimental: it may change$", warning.message)
        end
      end)

      it(name .. " stands in the tables of docs/plugins and of the README, in the same words", function()
        local words = table_of_plugins:match(("\n| %%[%s%%]%%(%s%%.md%%)( | [^\n]+ |)\n"):format(name, name))
        assert.is_string(words)
        assert.is_truthy(readme:find(("\n| [%s](docs/plugins/%s.md)%s\n"):format(name, name, words), 1, true))
      end)

      it(name .. " takes the lines that its documentation shows", function()
        local count = 0
        for block in helper.read(("%s/docs/plugins/%s.md"):format(host.data, name)):gmatch "```lua\n(.-)```" do
          for _, way in ipairs(ways(block)) do
            try(way)
            count = count + 1
          end
        end
        assert.is_true(count > 0)
      end)
    end
  end

  it("expiry counts anew how many people have what is shared again", function()
    helper.write(home .. "/expiry_test.lua", [[
      local test = ...
      test("copies", function(fake)
        fake:load { copies = 2 }
        local share = fake:share { complete = 2 }
        fake:advance "3s"
        assert(share.state == "expired")
        share.state = "ready"
        fake:tell("share-created", { share = share, from_restore = false })
        share.complete = 3
        fake:advance "10s"
        assert(share.state == "ready")
        share.complete = 4
        fake:advance "3s"
        assert(share.state == "expired")
      end)
    ]])
    local failure, ended
    local job = task.spawn(function()
      ended = runner.run(host.data .. "/plugins/expiry.lua", home .. "/expiry_test.lua",
        function(result) failure = result.message end)
    end)
    while not job:has_ended() do uv.run "once" end
    assert.is_nil(failure)
    assert.is_truthy(ended)
  end)

  for name, cases in pairs {
    schedule = { { {}, "option number 1 must be given: a rule in braces, such as" } },
    quota = {
      { { share = {} }, "option 'share' limits nothing: it wants downloads or bytes, such as { downloads = 100 }" },
      { { day = {} }, "option 'day' limits nothing" },
    },
    notify = {
      { {}, "nobody would be told: it wants webhook, ntfy, mail, desktop or program" },
      { { desktop = true, on = {} }, "nothing would be told: on wants events" },
    },
  } do
    it(name .. " says what is missing where its options would do nothing", function()
      for _, case in ipairs(cases) do
        local report = check.run(("%s/plugins/%s.lua"):format(host.data, name), case[1])
        assert.equal(1, #report.mistakes)
        assert.matches(case[2], report.mistakes[1].message, 1, true)
      end
    end)
  end
end)
