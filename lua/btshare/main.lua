-- The program's first script.
local cli = require "btshare.cli"
local host = require "core.host"
local log = require "btshare.log"

host.on_error(function(traceback) log.error("%s", traceback) end)
cli.main(host.arguments)
