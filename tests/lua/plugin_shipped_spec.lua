-- The plugins that come with BTshare, as btshare plugin check sees them, and as docs/plugins lists them.
local check = require "btshare.harness.check"
local helper = require "helper"
local host = require "core.host"
local uv = require "luv"

describe("the plugin", function()
  local table_of_plugins = helper.read(host.data .. "/docs/plugins/README.md")

  for file in uv.fs_scandir_next, uv.fs_scandir(host.data .. "/plugins") do
    local name = file:match("^(.*)%.lua$")
    if name then
      it(name .. " passes its check, but for options that it must be given", function()
        local report = check.run(("%s/plugins/%s"):format(host.data, file), {})
        assert.is_string(report.description)
        for _, mistake in ipairs(report.mistakes) do
          assert.is_true(mistake.is_option or not mistake.line, mistake.message)
        end
        assert.same({}, report.warnings)
      end)

      it(name .. " stands in the table of docs/plugins", function()
        assert.is_truthy(table_of_plugins:find(("\n| [%s]("):format(name), 1, true)
          or table_of_plugins:find(("\n| %s |"):format(name), 1, true))
      end)
    end
  end
end)
