-- What a spec does that this machine cannot run: it is shown as skipped, or, where it is meant to run, fails.
local skip = {}

---Stands in for the tests of `subject`. BTSHARE_TESTS_NO_SKIP=1 says that this machine is meant to run everything.
---@param subject string
---@param reason string "needs root …"
function skip.tests(subject, reason)
  local busted = require "busted"
  if os.getenv "BTSHARE_TESTS_NO_SKIP" == "1" then
    busted.it(subject, function() error("cannot be tested here: " .. reason, 0) end)
  else
    busted.pending(("%s: SKIPPED, %s"):format(subject, reason))
  end
end

return skip
