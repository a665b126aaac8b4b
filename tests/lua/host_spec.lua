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

  -- What the program prints whose first script is `script`.
  local function errors_of(script)
    local folder = helper.folder()
    for _, name in ipairs { "/lua", "/lua/btshare" } do assert(uv.fs_mkdir(folder .. name, 448)) end
    helper.write(folder .. "/lua/btshare/main.lua", script)
    local program = uv.exepath():gsub("%-lua$", "")
    local pipe = io.popen(("BTSHARE_DATA=%s %s 2>&1"):format(folder, program))
    local text = pipe:read "a"
    pipe:close()
    helper.remove(folder)
    return text
  end

  it("prints what nobody handles, and what a handler that fails was told", function()
    assert.matches("^btshare: .*boom\nstack traceback:", errors_of "error 'boom'")
    assert.matches("^btshare: .*boom\nstack traceback:",
      errors_of "require('core.host').on_error(function() error 'worse' end) error 'boom'")
  end)
end)
