-- What of core.mapper needs no router. All else is in tests/clients/mapping_spec.lua, which has one.
local mapper = require "core.mapper"

describe("the mapper", function()
  it("says what is wrong with its options", function()
    for message, options in pairs {
      ["ports: a list expected"] = {},
      ["ports: from 1 to 4 expected"] = { ports = {} },
      ["inner: an integer from 1 to 65535 expected"] = { ports = { { inner = 0 } } },
      ["address: an IPv4 literal expected"] = { ports = { { inner = 1 } }, address = "::1" },
      ["refresh_seconds: an integer from 1 to 86400 expected"] = { ports = { { inner = 1 } }, refresh_seconds = 0 },
    } do
      assert.has_error(function() mapper.open(options, print) end, message)
    end
  end)
end)
