local helper = require "helper"
local host = require "core.host"
local uv = require "luv"

describe("the house", function()
  it("reports an error in a callback and lives on", function()
    local seen
    host.on_error(function(traceback) seen = traceback end)
    local timer = uv.new_timer()
    timer:start(1, 0, function() error("boom") end)
    helper.wait_for(function() return seen end)
    timer:close()
    assert.matches("boom", seen)
    assert.matches("stack traceback", seen)
  end)

  it("lets one process hold a lock", function()
    local folder = helper.folder()
    assert.is_true(host.lock(folder .. "/lock"))
    local locked, message, code = host.lock(folder .. "/lock")
    assert.is_nil(locked)
    assert.equal("exists", code)
    assert.matches("another btshare", message)
    helper.remove(folder)
  end)
end)
